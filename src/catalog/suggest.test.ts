import { describe, expect, it } from "vitest";
import { suggestNames } from "./suggest.ts";

const names = ["github__create_issue", "github__search_code", "linear__createIssue", "db__query", "fs__read_file", "fs__write_file"];

describe("suggestNames", () => {
  it.each([
    ["a forgotten namespace", "search_code", "github__search_code"],
    ["one separator too few", "github_create_issue", "github__create_issue"],
    ["other case and separators", "FS.readFile", "fs__read_file"],
    ["swapped letters", "db__qurey", "db__query"],
    ["swapped letters and no namespace", "qurey", "db__query"],
    ["a letter too few", "fs__wrte_file", "fs__write_file"],
    ["another namespace", "jira__createIssue", "linear__createIssue"],
  ])("sees through %s", (_, unknown, expected) => {
    expect(suggestNames(unknown, names)[0]).toBe(expected);
  });

  it("names several that may be meant, three at the most", () => {
    expect(suggestNames("create_issue", names)).toEqual(["linear__createIssue", "github__create_issue"]);
    expect(suggestNames("x_search", ["a__search", "b__search", "c__search", "d__search"])).toHaveLength(3);
  });

  it.each(["", "__", "launch_rocket", "日本"])("names nothing for %j", (unknown) => {
    expect(suggestNames(unknown, names)).toEqual([]);
  });

  it("takes bounded time, whatever is asked for", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `server_${index % 40}__some_tool_of_many_words_${index}`);
    const started = performance.now();
    suggestNames("some_tool".repeat(100_000), many);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
