import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./digest.ts";

describe("canonicalJson", () => {
  it("is JSON of the same value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(turned(value))).toBe(text);
      }),
    );
  });

  it("leaves out what is undefined, but not in lists", () => {
    expect(canonicalJson({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}');
    expect(canonicalJson(undefined)).toBe("null");
  });

  it("takes what is nested more deeply than the stack, and what is wide", () => {
    const depth = 200_000;
    const text = `${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`;
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(canonicalJson(Array.from({ length: 300_000 }, () => 7))).toHaveLength(600_001);
  });
});

/** The same value with its keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  );
}
