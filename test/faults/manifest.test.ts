/** The manifest: every row of the catalogue that is wanted has a test that carries its id, or a reason why it has none. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FAULTS } from "./manifest.ts";

/** How many rows each group has; of authentication only single ones are wanted now. */
const COUNTS = {
  CFG: 8,
  PRC: 11,
  TRN: 9,
  PRO: 10,
  DSC: 7,
  RTE: 7,
  CAL: 11,
  ISO: 9,
  CAN: 6,
  OVL: 8,
  SHD: 6,
  SEC: 6,
  BIG: 5,
  PER: 6,
  CLI: 5,
};
const AUTHENTICATION = [1, 2, 4, 5, 6, 11, 13];

const rows = (group: string, numbers: readonly number[]): string[] =>
  numbers.map((number) => `${group}-${String(number).padStart(2, "0")}`);
const WANTED = [
  ...Object.entries(COUNTS).flatMap(([group, count]) =>
    rows(
      group,
      Array.from({ length: count }, (_, index) => index + 1),
    ),
  ),
  ...rows("AUT", AUTHENTICATION),
];

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts") && name !== "manifest.test.ts");
const sources = new Map(files.map((name) => [name, readFileSync(join(import.meta.dirname, name), "utf8")]));
const inTitle = (id: string): RegExp => new RegExp(`["'\`]${id}[ "'\`]`);

describe("the manifest", () => {
  it("has every wanted row, and no other", () => {
    expect(Object.keys(FAULTS).toSorted()).toEqual(WANTED.toSorted());
  });

  it.each(WANTED)("%s has a test of its name, or the reason why not", (id) => {
    const { test, deferred, title, source } = FAULTS[id] ?? { title: "", source: "" };
    expect(title.length).toBeGreaterThan(5);
    expect(source.length).toBeGreaterThan(2);
    if (test === undefined) return expect(deferred?.length).toBeGreaterThan(20);
    expect(existsSync(join(import.meta.dirname, test)), `${test} is not there`).toBe(true);
    expect(sources.get(test), `${test} has no test named ${id}`).toMatch(inTitle(id));
  });

  it("knows every id that a test carries", () => {
    const carried = [...sources].flatMap(([name, text]) =>
      [...text.matchAll(/["'`]([A-Z]{3}-\d\d)[ "'`]/g)].map(([, id = ""]) => ({ name, id })),
    );
    expect(carried.filter(({ id }) => FAULTS[id] === undefined)).toEqual([]);
    expect(carried.length).toBeGreaterThan(0);
  });
});
