import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../support/fixture.ts";
import type { Check } from "./suite.ts";
import { judge, readKnown } from "./verdict.ts";

const check = (key: string, status: Check["status"], message = "why"): Check => {
  const [scenario = "", id = ""] = key.split(":");
  return { scenario, id, status, message };
};
const known = (...entries: string[]): { entry: string; reason: string }[] => entries.map((entry) => ({ entry, reason: "because" }));
const keys = (failures: readonly { key: string }[]): string[] => failures.map(({ key }) => key);

describe("judge", () => {
  it("counts failures and warnings, and takes a check that stands several times for its worst", () => {
    const found = [
      check("a:1", "SUCCESS"),
      check("a:1", "FAILURE"),
      check("a:2", "WARNING"),
      check("a:3", "SUCCESS"),
      check("a:4", "INFO"),
    ];
    const verdict = judge(found, []);
    expect(keys(verdict.unexpected)).toEqual(["a:1", "a:2"]);
    expect(verdict).toMatchObject({ passed: 1, known: [], stale: [] });
  });

  it("excuses what is known, by check or by scenario, and names entries that nothing stands behind", () => {
    const found = [check("a:1", "FAILURE"), check("b:1", "FAILURE"), check("b:2", "SUCCESS"), check("c:1", "SUCCESS")];
    const verdict = judge(found, known("a:1", "b", "c:1", "d"));
    expect(keys(verdict.known)).toEqual(["a:1", "b:1"]);
    expect(verdict).toMatchObject({ unexpected: [], stale: ["c:1", "d"] });
  });

  it("holds a run against what the reference passed: worse, not reached, or bad where the reference had nothing", () => {
    const yardstick = [check("a:1", "SUCCESS"), check("a:2", "SUCCESS"), check("a:3", "FAILURE"), check("a:4", "SUCCESS")];
    const found = [check("a:1", "FAILURE"), check("a:3", "FAILURE"), check("a:4", "INFO"), check("a:5", "FAILURE")];
    const verdict = judge(found, [], yardstick);
    expect(verdict.unexpected).toEqual([
      { key: "a:1", message: "why" },
      { key: "a:2", message: "It was not reached." },
      { key: "a:4", message: "INFO: why" },
      { key: "a:5", message: "why" },
    ]);
  });
});

describe("readKnown", () => {
  it("reads every file of this folder", async () => {
    const folder = join(import.meta.dirname, "expected");
    for (const file of readdirSync(folder)) for (const { reason } of await readKnown(join(folder, file))) expect(reason).not.toBe("");
  });

  it.each(["  - a:1", "  - a:1 #", "- a:1 # why", "other: []"])("wants a reason for each entry, and no other form: %j", async (line) => {
    using directory = tempDir();
    const file = directory.file("known.yaml");
    writeFileSync(file, `# of this cell\nserver:\n${line}\n`);
    await expect(readKnown(file)).rejects.toThrow("with its reason");
  });
});
