import { assert, array, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeInstructions } from "./instructions.ts";
import type { Section } from "./item.ts";

function merge(...texts: (string | undefined)[]): string | undefined {
  const sections = texts.map((instructions, index): Section => {
    const server = `s${index}`;
    return { server, prefix: `${server}__`, source: "live", items: [], hidden: [], instructions, capabilities: {} };
  });
  return mergeInstructions({ sections: new Map(sections.map((section) => [section.server, section])) });
}

describe("mergeInstructions", () => {
  it("gives each server that says something its heading, in order", () => {
    expect(merge(" Ask before writing.\n", undefined, "", "Dates are UTC.")).toBe(
      "# s0 (s0__…)\n\nAsk before writing.\n\n# s3 (s3__…)\n\nDates are UTC.",
    );
  });

  it("is undefined when nobody says anything", () => {
    expect(merge(undefined, "  \n")).toBeUndefined();
  });

  it("cuts a long text at a word, and marks it", () => {
    const text = merge("häufig ".repeat(1_000)) ?? "";
    expect(text).toMatch(/häufig \[…\]$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_048 + 20);
    expect(Buffer.byteLength(text)).toBeGreaterThan(2_000);
  });

  it("cuts a text without words where it must, and never inside a character", () => {
    expect(merge("😀".repeat(2_000))).toMatch(/^# s0 \(s0__…\)\n\n(😀)+ \[…\]$/u);
  });

  it("keeps all together within their bound, whatever they say", () => {
    assert(
      property(array(string({ unit: "grapheme", maxLength: 1_500 }), { maxLength: 12 }), (texts) => {
        const merged = merge(...texts) ?? "";
        expect(Buffer.byteLength(merged)).toBeLessThanOrEqual(8_192);
        expect(merged).not.toContain("\uFFFD");
      }),
      { numRuns: 50 },
    );
    expect(Buffer.byteLength(merge(...Array.from({ length: 12 }, () => "word ".repeat(500))) ?? "")).toBeGreaterThan(8_000);
  });
});
