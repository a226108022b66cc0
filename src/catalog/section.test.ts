import { describe, expect, it } from "vitest";
import type { ServerConfig } from "../config/config.ts";
import { parseConfig } from "../config/load.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import type { Section } from "./item.ts";
import { buildSection, nothingListed } from "./section.ts";

const inputSchema = { type: "object" };

function section(lists: Partial<RawLists>, entry: object = {}, naming: object = {}): Section {
  const config = parseConfig({ mcpServers: { gh: { command: "gh-mcp", ...entry } }, naming });
  const server = config.servers.get("gh") as ServerConfig;
  return buildSection(server, config.naming, { ...nothingListed, ...lists }, "live");
}

const shown = ({ items }: Section): Record<string, string> => Object.fromEntries(items.map((item) => [item.origin, item.name]));
const reasons = ({ hidden }: Section): Record<string, string> => Object.fromEntries(hidden.map(({ id, reason }) => [id, reason]));

describe("buildSection", () => {
  it("gives tools and prompts their exposed names, each kind among its own, and keeps unknown fields", () => {
    const made = section({
      tools: [{ name: "a.b", inputSchema, "x-new": [1] }],
      prompts: [{ name: "a_b", _meta: { k: 1 } }],
    });
    const [tool, prompt] = made.items;
    expect(tool).toMatchObject({ kind: "tool", server: "gh", origin: "a.b", id: "gh/a.b", definition: { inputSchema, "x-new": [1] } });
    expect(tool?.name).toMatch(/^gh__a_b_[0-9a-f]{6}$/);
    expect(tool?.definition["name"]).toBe(tool?.name);
    expect(prompt).toMatchObject({ kind: "prompt", name: "gh__a_b", definition: { name: "gh__a_b", _meta: { k: 1 } } });
  });

  it("gives no tool the name of one of Toolyard's own, by whatever rule", () => {
    const bare = shown(section({ tools: [{ name: "find_tools", inputSchema }] }, { namespace: "" }));
    expect(bare["find_tools"]).toMatch(/^find_tools_[0-9a-f]{6}$/);
    const joined = shown(section({ tools: [{ name: "tool", inputSchema }] }, { namespace: "call" }, { separator: "_" }));
    expect(joined["tool"]).toMatch(/^call_tool_[0-9a-f]{6}$/);
    const chosen = section({ tools: [{ name: "x", inputSchema }] }, { tools: { override: { x: { name: "read_result" } } } });
    expect(chosen.items).toEqual([]);
    expect(reasons(chosen)["gh/x"]).toContain("one of Toolyard's own tools");
  });

  it("keeps the addresses of resources and templates, and of the app that a tool names", () => {
    const made = section({
      tools: [{ name: "show", inputSchema, _meta: { ui: { resourceUri: "ui://gh/app" } } }],
      resources: [{ uri: "ui://gh/app", name: "app" }],
      templates: [{ uriTemplate: "repo://{owner}", name: "repo" }],
    });
    expect(made.items.map((item) => [item.kind, item.name])).toEqual([
      ["tool", "gh__show"],
      ["resource", "ui://gh/app"],
      ["template", "repo://{owner}"],
    ]);
    expect(made.items[0]?.definition["_meta"]).toEqual({ ui: { resourceUri: "ui://gh/app" } });
    expect(made.items[1]?.definition).toEqual({ uri: "ui://gh/app", name: "app" });
  });

  it("drops each broken entry alone, with its reason", () => {
    const made = section({
      tools: [null, { name: "" }, { name: "nul", inputSchema: null }, { name: "ok", inputSchema }, { name: "ok", inputSchema }],
      prompts: [{ name: "p", arguments: [{}] }],
      resources: [{ name: "no uri" }],
    });
    expect(shown(made)).toEqual({ ok: "gh__ok" });
    expect(reasons(made)).toEqual({
      "gh/#1": expect.stringContaining("Its `uri` is no text") as string,
      "gh/#2": expect.stringContaining("Its `name` is no text") as string,
      "gh/nul": "Its `inputSchema` is not an object.",
      "gh/ok": expect.stringContaining("twice") as string,
      "gh/p": "Its `arguments.name` is missing.",
    });
  });

  it("offers what `allow` and `deny` leave, without changing the names of the rest", () => {
    const tools = ["read", "gh_read", "delete_all", "list"].map((name) => ({ name, inputSchema }));
    const all = shown(section({ tools }));
    const some = section({ tools }, { tools: { allow: ["*read", "delete_*"], deny: ["delete_*", "read"] } });
    expect(shown(some)).toEqual({ gh_read: all["gh_read"] });
    expect(reasons(some)).toEqual({
      "gh/read": "Denied by `tools.deny` of its server.",
      "gh/delete_all": "Denied by `tools.deny` of its server.",
      "gh/list": "Not among `tools.allow` of its server.",
    });
  });

  it("gives a tool the name that the configuration chose, and its old one to nobody by force", () => {
    const tools = ["a", "gh__b", "b"].map((name) => ({ name, inputSchema }));
    const made = section({ tools }, { tools: { override: { a: { name: "gh__b" } } } });
    expect(made.items[0]).toMatchObject({ origin: "a", name: "gh__b", chosen: "gh__b", definition: { name: "gh__b" } });
    expect(shown(made)["b"]).toMatch(/^gh__b_[0-9a-f]{6}$/);
    expect(new Set(Object.values(shown(made))).size).toBe(3);
  });

  it("hides a tool whose chosen name leaves the host's prefix no room", () => {
    const override = { a: { name: "n".repeat(60) } };
    const made = section({ tools: [{ name: "a", inputSchema }] }, { tools: { override } }, { host: "claude-code" });
    expect(reasons(made)["gh/a"]).toContain("is longer than 49 characters");
  });

  it("remembers the server's own schema where an override changed what clients get", () => {
    const schema = { type: "object", properties: { a: { type: "string", "x-mcp-header": "A" } } };
    const tools = ["t", "u"].map((name) => ({ name, inputSchema: schema }));
    const [t, u] = section({ tools }, { tools: { override: { t: { arguments: { a: { value: "x" } } } } } }).items;
    expect(t).toMatchObject({ definition: { inputSchema: { properties: {} } }, ownSchema: schema });
    expect(u).toMatchObject({ definition: { inputSchema: schema } });
    expect(u?.ownSchema).toBeUndefined();
  });

  it("hides a tool whose schema an override has cut a part from that it needs", () => {
    const schema = { type: "object", properties: { a: { type: "string" }, b: { $ref: "#/properties/a" } } };
    const override = { t: { arguments: { a: { value: 1 } } } };
    const made = section({ tools: [{ name: "t", inputSchema: schema }] }, { tools: { override } });
    expect(reasons(made)["gh/t"]).toContain("tools.override");
  });

  it.each([
    ["own", "Use me.", "Use me."],
    ["off", "Use me.", undefined],
    [{ text: "Ask first." }, undefined, "Ask first."],
  ])("takes instructions as the configuration says: %j", (rule, own, expected) => {
    expect(section({ instructions: own }, { instructions: rule }).instructions).toBe(expected);
  });
});
