/** The table of switches is whole: each is documented, and each is used by a test beside this one. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseFlags, Switchboard, toArguments } from "./hostile/switchboard.ts";
import { SWITCHES, switchTable } from "./hostile/switches.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const tests = readdirSync(new URL(".", import.meta.url))
  .filter((name) => /^hostile-.*\.test\.ts$/.test(name))
  .map(read)
  .join("");
// Set by the fixtures for every server that they start.
const fixtures = read("../support/fixture.ts");

describe("switches", () => {
  it("stand in the README as they are", () => {
    expect(read("README.md"), "run `node hostile.mjs --help` and put its table into README.md").toContain(switchTable());
  });

  it.each(Object.keys(SWITCHES).filter((name) => name !== "stdio"))("--%s has a test", (name) => {
    expect(new RegExp(`["\\s{]${name}"?[:,\\s]`).test(`${tests}${fixtures}`)).toBe(true);
  });

  it("come through the command line unchanged", () => {
    const flags = {
      http: 0,
      name: "a b",
      exit: ["1@call", "2@list"],
      session: true,
      "no-get": false,
      tool: ['{"name":"x","d":"1,2"}'],
      only: ["a", "b"],
    };
    expect(parseFlags([...toArguments(flags), "--", "--not-ours"])).toMatchObject(flags);
    expect(parseFlags(["--only", "a,b"]).only).toEqual(["a", "b"]);
  });

  it.each([[["--exitt", "1"]], [["--http", "x"]], [["--era", "stone"]]])("%o is refused", (argv) => {
    expect(() => parseFlags(argv)).toThrow(/hostile server has no switch|wants a number|is one of/);
  });

  it.each([
    ["x", ["x", "x", "x", "x"]],
    ["x@call#2", [undefined, "x", undefined, undefined]],
    ["x@call#2-3", [undefined, "x", "x", undefined]],
    ["x@list+call#3-", [undefined, undefined, "x", "x"]],
    ["x@list", [undefined, undefined, undefined, undefined]],
    ['{"a":"@"}@call', Array(4).fill('{"a":"@"}')],
  ])("%s is due at the right calls", (answer, expected) => {
    const board = new Switchboard(parseFlags(["--answer", answer]));
    expect([1, 2, 3, 4].map(() => board.take("answer", ["tools/call", "call"]))).toEqual(expected);
    board.set({ answer });
    expect(board.take("answer", ["call"])).toBe(expected[0]);
  });
});
