import { describe, expect, it } from "vitest";
import {
  atLeast,
  commonModern,
  eraOf,
  isKnown,
  LATEST_LEGACY,
  LATEST_MODERN,
  LEGACY_REVISIONS,
  MODERN_REVISIONS,
  negotiateLegacy,
} from "./revisions.ts";

describe("revisions", () => {
  it("have one era each, unknown ones by their date", () => {
    for (const version of LEGACY_REVISIONS) expect(eraOf(version)).toBe("legacy");
    for (const version of MODERN_REVISIONS) expect(eraOf(version)).toBe("modern");
    expect(eraOf("2027-01-01")).toBe("modern");
    expect(eraOf("2025-12-31")).toBe("legacy");
  });

  it("stand in the order of their age, the latest last", () => {
    const all = [...LEGACY_REVISIONS, ...MODERN_REVISIONS];
    expect(all.toSorted()).toEqual(all);
    expect(LEGACY_REVISIONS.at(-1)).toBe(LATEST_LEGACY);
    expect(MODERN_REVISIONS.at(-1)).toBe(LATEST_MODERN);
    expect(all.every(isKnown)).toBe(true);
    expect(isKnown("2025-01-01")).toBe(false);
  });

  it("compare by age", () => {
    expect(atLeast("2025-06-18", "2025-06-18")).toBe(true);
    expect(atLeast("2025-11-25", "2025-06-18")).toBe(true);
    expect(atLeast("2025-03-26", "2025-06-18")).toBe(false);
  });
});

describe("negotiateLegacy", () => {
  it.each([
    ["2024-11-05", "2024-11-05"],
    ["2025-11-25", "2025-11-25"],
    ["2026-07-28", "2025-11-25"],
    ["1999-01-01", "2025-11-25"],
    [undefined, "2025-11-25"],
    [7, "2025-11-25"],
  ])("%s is answered with %s", (requested, answer) => expect(negotiateLegacy(requested)).toBe(answer));
});

describe("commonModern", () => {
  it.each([
    [["2025-11-25", "2026-07-28"], "2026-07-28"],
    [["2025-11-25"], undefined],
    [["2030-01-01"], undefined],
    ["2026-07-28", undefined],
    [undefined, undefined],
  ])("of %j is %s", (supported, version) => expect(commonModern(supported)).toBe(version));
});
