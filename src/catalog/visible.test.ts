import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load.ts";
import type { Snapshot } from "./item.ts";
import { buildSection, nothingListed } from "./section.ts";
import { buildSnapshot } from "./snapshot.ts";
import { mayShow, serverSnapshot, visibleSnapshot } from "./visible.ts";

const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: "object" }, ...more });

const listed: Record<string, object> = {
  crm: { tools: [tool("find.one"), tool("update"), tool("")], prompts: [{ name: "greet" }], instructions: "I am crm." },
  git: {
    tools: [tool("search_code"), tool("search_logs"), tool("push", { _meta: { ui: { resourceUri: "ui://push" } } })],
    resources: [
      { uri: "ui://push", name: "push" },
      { uri: "git://head", name: "head" },
    ],
  },
  idle: {},
};

function whole(entries: Record<string, object> = {}): Snapshot {
  const mcpServers = Object.fromEntries(Object.keys(listed).map((name) => [name, { command: "x", ...entries[name] }]));
  const config = parseConfig({ mcpServers });
  const sections = [...config.servers.values()].map((server) =>
    buildSection(server, config.naming, { ...nothingListed, ...listed[server.name] }, "live"),
  );
  return buildSnapshot(sections, config.naming, 7);
}

const ids = ({ tools, prompts, resources }: Snapshot): string[] => [...tools, ...prompts, ...resources].map((item) => item.id);

describe("visibleSnapshot", () => {
  it("shows everything without a toolset, or with an empty one", () => {
    const all = whole();
    expect(visibleSnapshot(all, undefined)).toBe(all);
    expect(visibleSnapshot(all, { servers: undefined, tools: undefined })).toBe(all);
  });

  it("shows all of its servers, and of the others only the tools that it picks", () => {
    const seen = visibleSnapshot(whole(), { servers: ["crm"], tools: ["git/search_*"] });
    expect(ids(seen)).toEqual(["crm/find.one", "crm/update", "git/search_code", "git/search_logs", "crm/greet"]);
    expect(seen.tool("git__search_code")?.id).toBe("git/search_code");
    expect(seen.tool("git__push")).toBeUndefined();
    expect(seen.resource("git://head")).toBeUndefined();
    expect(seen.version).toBe(7);
    expect(seen.sections.get("git")?.items.map((item) => item.id)).toEqual(["git/search_code", "git/search_logs"]);
  });

  it("shows nothing of the servers beside it, not even what they hide", () => {
    const seen = visibleSnapshot(whole(), { servers: undefined, tools: ["git/search_*"] });
    expect([...seen.sections.keys()]).toEqual(["git"]);
    expect(visibleSnapshot(whole(), { servers: ["idle"], tools: undefined }).sections.get("idle")?.items).toEqual([]);
  });

  it("shows the app of a tool that it picks", () => {
    expect(ids(visibleSnapshot(whole(), { servers: undefined, tools: ["git/push"] }))).toEqual(["git/push", "git/ui://push"]);
  });

  it("shows the same names as the whole", () => {
    const all = whole();
    for (const item of visibleSnapshot(all, { servers: ["git"], tools: ["crm/*"] }).tools) expect(all.tool(item.name)).toBe(item);
  });
});

describe("serverSnapshot", () => {
  it("gives one server under its own names, whatever they look like", () => {
    const seen = serverSnapshot(whole(), "crm");
    expect(seen.tools.map((item) => [item.name, item.definition["name"], item.id])).toEqual([
      ["find.one", "find.one", "crm/find.one"],
      ["update", "update", "crm/update"],
    ]);
    expect(seen.prompt("greet")?.origin).toBe("greet");
    expect([...seen.sections.keys()]).toEqual(["crm"]);
    expect(seen.sections.get("crm")?.prefix).toBe("");
  });

  it("keeps the addresses of resources", () => {
    expect(serverSnapshot(whole(), "git").resource("git://head")?.definition).toEqual({ uri: "git://head", name: "head" });
  });

  it("keeps names that the configuration chose, before another tool's own", () => {
    const override = { "find.one": { name: "update" } };
    const seen = serverSnapshot(whole({ crm: { tools: { override } } }), "crm");
    expect(seen.tools.map((item) => [item.name, item.origin])).toEqual([["update", "find.one"]]);
    expect(seen.sections.get("crm")?.hidden.map(({ id }) => id)).toContain("crm/update");
  });

  it("gives back what a clash with another server hid", () => {
    const all = whole({ crm: { namespace: "" }, git: { namespace: "", tools: { override: { push: { name: "update" } } } } });
    expect(all.tool("update")?.server).toBe("crm");
    expect(serverSnapshot(all, "git").tool("update")?.origin).toBe("push");
  });

  it("is empty where there is no such server", () => {
    const seen = serverSnapshot(whole(), "nobody");
    expect([ids(seen), seen.sections.size]).toEqual([[], 0]);
  });
});

describe("mayShow", () => {
  it.each([
    [undefined, "crm", true],
    [{ servers: undefined, tools: undefined }, "crm", true],
    [{ servers: ["git"], tools: undefined }, "crm", false],
    [{ servers: ["git"], tools: ["crm/find*"] }, "crm", true],
    [{ servers: undefined, tools: ["c*/x"] }, "crm", true],
    [{ servers: undefined, tools: ["git/x"] }, "crm", false],
    [{ servers: [], tools: undefined }, "crm", false],
  ])("%j shows something of %s: %s", (toolset, server, expected) => expect(mayShow(toolset, server)).toBe(expected));
});
