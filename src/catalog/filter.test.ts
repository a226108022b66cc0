import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilter, compilePatterns } from "./filter.ts";

describe("compilePatterns", () => {
  it.each([
    ["search", "search", true],
    ["search", "search_code", false],
    ["search_*", "search_code", true],
    ["search_*", "search_", true],
    ["search_*", "research_code", false],
    ["*_code", "search_code", true],
    ["*_code", "code", false],
    ["s*_*e", "search_code", true],
    ["a*a", "a", false],
    ["*aa*aa*", "aaa", false],
    ["*aa*aa*", "aaaa", true],
    ["*", "", true],
    ["github/search_*", "github/search_code", true],
    ["Search", "search", false],
    ["a.c", "abc", false],
    ["[a]*", "[a]b", true],
  ])("%s against %s: %s", (pattern, text, expected) => {
    expect(compilePatterns([pattern])(text)).toBe(expected);
  });

  it("matches when any of several does, and never without one", () => {
    expect(compilePatterns(["a", "b*"])("bc")).toBe(true);
    expect(compilePatterns([])("a")).toBe(false);
  });

  it("agrees with the same pattern as a regular expression", () => {
    const letters = string({ unit: constantFrom("a", "b", "*"), maxLength: 8 });
    assert(
      property(letters, array(constantFrom("a", "b"), { maxLength: 10 }), (pattern, characters) => {
        const text = characters.join("");
        expect(compilePatterns([pattern])(text)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is not slowed down by a hostile pattern", () => {
    const matches = compilePatterns([`${"*a".repeat(500)}b`]);
    const started = performance.now();
    expect(matches("a".repeat(10_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe("compileFilter", () => {
  const filter = compileFilter({ allow: ["read_*", "list"], deny: ["*_secret"] });

  it("lets through what is allowed", () => {
    expect(filter("read_file")).toBeUndefined();
    expect(filter("list")).toBeUndefined();
  });

  it("lets deny win, and says which rule it was", () => {
    expect(filter("read_secret")).toContain("tools.deny");
    expect(filter("write_file")).toContain("tools.allow");
  });
});
