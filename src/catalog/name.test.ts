import { assert, array, constantFrom, oneof, property, shuffledSubarray, string, stringMatching, tuple, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { exposedNames, namePrefix, type NameRules } from "./name.ts";

const rules: NameRules = { server: "github", namespace: "github", separator: "__", maxLength: 64, hostPrefix: "" };

const names = (origins: readonly unknown[], changes: Partial<NameRules> = {}): Record<string, string> =>
  Object.fromEntries(exposedNames(origins, { ...rules, ...changes }));

describe("exposedNames", () => {
  it.each([
    ["puts namespace and separator before the name", "search", {}, "github__search"],
    ["takes any separator", "query", { namespace: "db", separator: "_" }, "db_query"],
    ["does not repeat the namespace", "github_search", {}, "github__search"],
    ["does not repeat it with its separator", "github__search", {}, "github__search"],
    ["nor where the name is complete already", "db_query", { namespace: "db", separator: "_" }, "db_query"],
    ["nor in other spelling", "Google_Calendar-list", { namespace: "google-calendar" }, "google-calendar__list"],
    ["nor across a dot", "github.search", {}, "github__search"],
    ["keeps a tool that is called as its namespace", "github", {}, "github__github"],
    ["keeps a word that only begins so", "githubber", {}, "github__githubber"],
    ["keeps leading underscores", "__node_version", {}, "github____node_version"],
    ["gives bare names without a namespace", "search", { namespace: "" }, "search"],
    ["makes a namespace legal too", "search", { namespace: "my server" }, "my_server__search"],
  ])("%s", (_, origin, changes, expected) => {
    expect(names([origin], changes)).toEqual({ [origin]: expected });
  });

  it("adds a hash to what was replaced, so that nothing passes for its look-alike", () => {
    const found = names(["se.arch", "se_arch", "sеarch", "se-arch"]);
    expect(found["se_arch"]).toBe("github__se_arch");
    expect(found["se-arch"]).toBe("github__se-arch");
    expect(found["se.arch"]).toMatch(/^github__se_arch_[0-9a-f]{6}$/);
    expect(found["sеarch"]).toMatch(/^github__s_arch_[0-9a-f]{6}$/);
  });

  it("leaves the plain name to the sibling that needed no change", () => {
    expect(names(["github_add", "add"])["add"]).toBe("github__add");
    expect(names(["github_add", "add"])["github_add"]).toMatch(/^github__add_[0-9a-f]{6}$/);
  });

  it("gives the plain name to none of several that needed one", () => {
    expect(Object.values(names(["github_add", "github-add"]))).toEqual([
      expect.stringMatching(/_[0-9a-f]{6}$/),
      expect.stringMatching(/_[0-9a-f]{6}$/),
    ]);
  });

  it("tells names apart by case alone", () => {
    expect(names(["getUser", "getuser"])).toEqual({ getUser: "github__getUser", getuser: "github__getuser" });
  });

  it("shortens to the limit less the host's own prefix, and keeps long siblings apart", () => {
    const long = "a".repeat(60);
    const found = names([`${long}1`, `${long}2`, "short"], { hostPrefix: "mcp__toolyard__" });
    expect(found["short"]).toBe("github__short");
    expect(found[`${long}1`]).toMatch(/^github__a{34}_[0-9a-f]{6}$/);
    expect(new Set(Object.values(found)).size).toBe(3);
  });

  it("gives way to names that are taken", () => {
    expect(names(["search"], { taken: new Set(["github__search"]) })["search"]).toMatch(/^github__search_[0-9a-f]{6}$/);
  });

  it("takes more of the hash where somebody has built the name that a hash makes", () => {
    const hashed = names(["a.b"])["a.b"] ?? "";
    const found = names(["a.b", hashed.slice("github__".length)]);
    expect(Object.values(found)).toContain(hashed);
    expect(found["a.b"]).toMatch(/^github__a_b_[0-9a-f]{12}$/);
  });

  it("gives no name to what has none, or where none fits", () => {
    expect(names(["", null, 7, undefined, {}, "ok"])).toEqual({ ok: "github__ok" });
    expect(names(["a.b", "c"], { namespace: "n".repeat(60) })).toEqual({ c: `${"n".repeat(60)}__c` });
  });
});

const word = stringMatching(/^[a-zA-Z0-9_.-]{1,8}$/);
const origin: Arbitrary<string> = oneof(
  word,
  word.map((text) => `gh_${text}`),
  word.map((text) => `gh__${text}`),
  word.map((text) => text.replaceAll("_", ".")),
  string({ unit: "binary", maxLength: 6 }),
  word.map((text) => text.repeat(20)),
);
const anyRules: Arbitrary<NameRules> = tuple(
  constantFrom("gh", "", "a b"),
  constantFrom("_", "__", "-"),
  constantFrom("", "mcp__toolyard__"),
).map(([namespace, separator, hostPrefix]) => ({ server: "gh", namespace, separator, maxLength: 64, hostPrefix }));

describe("exposed names, whatever a server lists", () => {
  it("are legal, short enough, one for each tool, and begin with their namespace", () => {
    assert(
      property(array(origin, { maxLength: 40 }), anyRules, (origins, rule) => {
        const found = exposedNames(origins, rule);
        expect(found.size).toBe(new Set(origins.filter((each) => each !== "")).size);
        expect(new Set(found.values()).size).toBe(found.size);
        for (const name of found.values()) {
          expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(name.length).toBeLessThanOrEqual(64 - rule.hostPrefix.length);
          expect(name.startsWith(namePrefix(rule))).toBe(true);
        }
      }),
    );
  });

  it("do not depend on the order, or on who is listed twice", () => {
    const shuffled = array(origin, { maxLength: 30 }).chain((origins) =>
      tuple(constantFrom(origins), shuffledSubarray(origins, { minLength: origins.length }), shuffledSubarray(origins)),
    );
    assert(
      property(shuffled, anyRules, ([origins, mixed, again], rule) => {
        expect(Object.fromEntries(exposedNames([...mixed, ...again], rule))).toEqual(Object.fromEntries(exposedNames(origins, rule)));
      }),
    );
  });

  it("stay when siblings come that fold onto nobody", () => {
    const plain = array(stringMatching(/^[a-z]{1,8}$/), { maxLength: 20 });
    assert(
      property(plain, array(stringMatching(/^[A-Z]{1,3}\.[A-Z]{1,3}$/), { maxLength: 20 }), (settled, coming) => {
        const before = exposedNames(settled, rules);
        const after = exposedNames([...coming, ...settled], rules);
        for (const [own, name] of before) expect(after.get(own)).toBe(name);
      }),
    );
  });
});
