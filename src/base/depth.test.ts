import { describe, expect, it } from "vitest";
import { Body } from "./body.ts";
import { isTooDeep } from "./depth.ts";

const nested = (depth: number): Body => Body.from(Buffer.from(`{"x":${"[".repeat(depth)}${"]".repeat(depth)}}`));

describe("isTooDeep", () => {
  it.each([
    [1, false],
    [2_000, false],
    [100_000, true],
  ])("%i levels: %s", (depth, tooDeep) => {
    expect(isTooDeep(nested(depth))).toBe(tooDeep);
  });

  it("size alone is no depth", () => {
    expect(isTooDeep(Body.of({ text: "x".repeat(100_000) }))).toBe(false);
  });
});
