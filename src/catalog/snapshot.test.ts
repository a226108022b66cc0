import { array, assert, constantFrom, dictionary, property, shuffledSubarray } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import type { Snapshot } from "./item.ts";
import { buildSection, nothingListed } from "./section.ts";
import { buildSnapshot } from "./snapshot.ts";

const tool = (name: string): object => ({ name, inputSchema: { type: "object" } });

/** A yard of servers, each with its entry's changes and the names of its tools, or its lists. */
function snapshot(servers: Record<string, { entry?: object; tools?: string[]; lists?: Partial<RawLists> }>, naming: object = {}): Snapshot {
  const mcpServers = Object.fromEntries(Object.entries(servers).map(([name, { entry }]) => [name, { command: "x", ...entry }]));
  const config = parseConfig({ mcpServers, naming });
  const sections = [...config.servers.values()].map((server) => {
    const { tools = [], lists = {} } = servers[server.name] ?? {};
    return buildSection(server, config.naming, { ...nothingListed, tools: tools.map(tool), ...lists }, "live");
  });
  return buildSnapshot(sections, config.naming, 1);
}

const bare = { namespace: "" };
const owners = ({ tools }: Snapshot): Record<string, string> => Object.fromEntries(tools.map((item) => [item.name, item.id]));

describe("buildSnapshot", () => {
  it("makes one list of all servers, in the order of the configuration and of each server", () => {
    const made = snapshot({ b: { tools: ["z", "a"] }, a: { tools: ["query"] }, c: { tools: ["query"] } });
    expect(made.tools.map((item) => item.name)).toEqual(["b__z", "b__a", "a__query", "c__query"]);
    expect(made.tool("c__query")?.id).toBe("c/query");
    expect(made.tool("query")).toBeUndefined();
    expect(made.tool("__proto__")).toBeUndefined();
    expect([...made.sections.keys()]).toEqual(["b", "a", "c"]);
  });

  it.each([
    ["error", { search: "a/search" }, ["b/search"]],
    ["first", { search: "a/search" }, ["b/search"]],
    ["suffix", { search: "a/search", search_5a0fb5: "b/search" }, []],
  ])("lets the first in the file keep a bare name that two have: %s", (onConflict, expected, hidden) => {
    const made = snapshot({ a: { entry: bare, tools: ["search"] }, b: { entry: bare, tools: ["search"] } }, { onConflict });
    const found = Object.fromEntries(Object.entries(owners(made)).map(([name, id]) => [name.replace(/_[0-9a-f]{6}$/, "_5a0fb5"), id]));
    expect(found).toEqual(expected);
    expect(made.hidden.map(({ id }) => id)).toEqual(hidden);
    for (const item of made.tools) expect(item.definition["name"]).toBe(item.name);
  });

  it("says who holds the name that another wanted", () => {
    const override = { find: { name: "search" } };
    const made = snapshot({ a: { entry: bare, tools: ["search"] }, b: { entry: { tools: { override } }, tools: ["find"] } });
    expect(made.hidden).toEqual([{ kind: "tool", id: "b/find", reason: expect.stringContaining("held by a/search") as string }]);
  });

  it("keeps a chosen name out of the namespace of another, whether that has such a tool or not", () => {
    const override = { find: { name: "github__search" } };
    const made = snapshot({ evil: { entry: { tools: { override } }, tools: ["find"] }, github: { tools: [] } }, { onConflict: "suffix" });
    expect(owners(made)).toEqual({});
    expect(made.hidden[0]?.reason).toContain("begins as those of the server github do");
  });

  it("gives an address to the first in the file, and reports the other", () => {
    const lists = { resources: [{ uri: "console://logs", name: "logs" }], templates: [{ uriTemplate: "log://{id}", name: "log" }] };
    const made = snapshot({ a: { lists }, b: { lists } });
    expect(made.resource("console://logs")?.server).toBe("a");
    expect(made.templates.map((item) => item.server)).toEqual(["a"]);
    expect(made.hidden.map(({ kind, id }) => [kind, id])).toEqual([
      ["resource", "b/console://logs"],
      ["template", "b/log://{id}"],
    ]);
  });

  it("never lets two tools share a name, and never lets a server change the names of another's namespace", () => {
    const names = constantFrom("search", "b__search", "b_search", "a.b", "a_b", "c", "x".repeat(70));
    const yards = dictionary(constantFrom("a", "b", "c", "d"), array(names, { maxLength: 6 }));
    assert(
      property(yards, shuffledSubarray(["a", "b", "c", "d"]), constantFrom("error", "suffix"), (tools, withBareNames, onConflict) => {
        const entries = Object.entries(tools).map(
          ([name, list]) => [name, { tools: list, entry: withBareNames.includes(name) ? bare : {} }] as const,
        );
        const all = snapshot(Object.fromEntries(entries), { onConflict });
        expect(new Set(all.tools.map((item) => item.name)).size).toBe(all.tools.length);
        for (const [name, entry] of entries.filter(([server]) => !withBareNames.includes(server))) {
          const alone = snapshot({ [name]: entry }, { onConflict });
          expect(all.tools.filter((item) => item.server === name).map((item) => item.name)).toEqual(alone.tools.map((item) => item.name));
        }
      }),
    );
  });
});
