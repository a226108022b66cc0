import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, parseRate, parseSize } from "./units.ts";

describe("parseDuration", () => {
  it.each([
    ["0ms", 0],
    ["250ms", 250],
    ["1.5s", 1500],
    ["60s", 60_000],
    ["10 m", 600_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    [1500, 1500],
    [0.4, 0],
  ])("reads %j as %d", (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  it.each([
    "",
    "60",
    "s",
    "-1s",
    "1 day",
    "1e3s",
    " 1s",
    "1s ",
    "1S",
    "١s",
    "1..5s",
    "9".repeat(16) + "s",
    -1,
    Number.NaN,
    Infinity,
    true,
    null,
    [],
    {},
  ])("refuses %j", (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });

  it("means by a unit what a number of them means", () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...Object.entries(units)), (count, [unit, ms]) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * ms);
        expect(parseDuration(count * ms)).toBe(count * ms);
      }),
    );
  });

  it("gives a whole, finite, positive number or nothing, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^[\d. ]{0,8}[a-z]{0,3}$/)), (value) => {
        for (const found of [parseDuration(value), parseSize(value)]) {
          if (found !== undefined) expect(Number.isInteger(found) && found >= 0).toBe(true);
        }
      }),
    );
  });
});

describe("parseSize", () => {
  it.each([
    ["500B", 500],
    ["128KB", 131_072],
    ["128kb", 131_072],
    ["1KiB", 1024],
    ["10MB", 10_485_760],
    ["1.5 MB", 1_572_864],
    ["1GB", 1_073_741_824],
    [2048, 2048],
  ])("reads %j as %d", (value, bytes) => {
    expect(parseSize(value)).toBe(bytes);
  });

  it.each(["", "10", "10M", "10 megabytes", "-1KB", -1, null])("refuses %j", (value) => {
    expect(parseSize(value)).toBeUndefined();
  });
});

describe("parseRate", () => {
  it("reads a count in a window", () => {
    expect(parseRate("5/60s")).toEqual({ count: 5, windowMs: 60_000 });
    expect(parseRate("1/1h")).toEqual({ count: 1, windowMs: 3_600_000 });
  });

  it.each(["5", "5/", "/60s", "5/60", "5/60s/1", "-5/60s", "5.5/60s", 5, null])("refuses %j", (value) => {
    expect(parseRate(value)).toBeUndefined();
  });
});
