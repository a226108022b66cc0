import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import type { Item, Section } from "../catalog/item.ts";
import { snapshotOf } from "../catalog/snapshot.ts";
import { resolve, targetOf } from "./resolve.ts";

const APP = { _meta: { ui: { resourceUri: "ui://page" } } };

function item(kind: Item["kind"], server: string, origin: string, definition: JsonObject = {}): Item {
  const name = kind === "tool" || kind === "prompt" ? `${server}__${origin}` : origin;
  return { kind, server, origin, id: `${server}/${origin}`, name, definition };
}

function section(server: string, ...extensions: string[]): Section {
  const capabilities = { extensions: Object.fromEntries(extensions.map((extension) => [extension, {}])) };
  return { server, prefix: `${server}__`, source: "live", items: [], hidden: [], instructions: undefined, capabilities };
}

const tools = [
  item("tool", "a", "look", APP),
  item("tool", "a", "move"),
  item("tool", "a", "both"),
  item("tool", "b", "both", APP),
  item("tool", "c", "move"),
  item("tool", "c", "plain"),
];
const snapshot = snapshotOf({
  version: 1,
  sections: new Map([section("a", "x.org/one", "x.org/two"), section("b", "x.org/two"), section("c")].map((each) => [each.server, each])),
  tools,
  prompts: [item("prompt", "b", "greet")],
  resources: [item("resource", "c", "c://thing")],
  templates: [item("template", "a", "a://{id}")],
  hidden: [],
});

const to = (method: string, params: JsonObject): string => {
  const { server, item: found } = resolve(snapshot, targetOf({ method, params: Body.of(params) }));
  return found === undefined ? server : `${server}/${found.origin}`;
};

describe("names that the page of an App knows", () => {
  it("are those of its own server, where only one with Apps has the tool", () => {
    expect(to("tools/call", { name: "look" })).toBe("a/look");
    expect(to("tools/call", { name: "move" })).toBe("a/move"); // c has no Apps
  });

  it.each(["both", "plain", "greet"])("are unknown where that is not so: %s", (name) => {
    expect(() => to("tools/call", { name })).toThrow(/Unknown tool/);
  });
});

describe("addresses that nobody lists", () => {
  const read = (uri: string, linked?: (uri: string) => string | undefined): string =>
    resolve(snapshot, targetOf({ method: "resources/read", params: Body.of({ uri }) }), linked).server;

  it("belong to the server whose result has named them, if the caller sees it", () => {
    expect(read("x://1", (uri) => (uri === "x://1" ? "c" : undefined))).toBe("c");
    expect(() => read("x://1", () => "hidden")).toThrow(/Unknown resource/);
  });

  it("belong to the server of the tool whose page they are, if there is only one", () => {
    const own = item("tool", "b", "own", { _meta: { ui: { resourceUri: "ui://b" } } });
    const made = snapshotOf({ ...snapshot, tools: [...tools, own] });
    expect(resolve(made, targetOf({ method: "resources/read", params: Body.of({ uri: "ui://b" }) })).server).toBe("b");
    expect(() => read("ui://page")).toThrow(/Unknown resource/);
    const moved = { ...item("tool", "b", "moved", { _meta: { ui: { resourceUri: "ui://b/x" } } }), ownPage: "ui://x" };
    const found = resolve(
      snapshotOf({ ...snapshot, tools: [...tools, moved] }),
      targetOf({ method: "resources/read", params: Body.of({ uri: "ui://b/x" }) }),
    );
    expect(found).toMatchObject({ server: "b", name: "ui://b/x", item: { kind: "resource", origin: "ui://x", name: "ui://b/x" } });
  });
});

describe("methods that the core of the protocol does not have", () => {
  it("go to the server of what they name", () => {
    expect(to("acme/do", { name: "a__move" })).toBe("a/move");
    expect(to("acme/do", { name: "b__greet" })).toBe("b/greet");
    expect(to("acme/do", { uri: "c://thing" })).toBe("c/c://thing");
    expect(to("acme/do", { uri: "a://7" })).toBe("a/a://{id}");
  });

  it("go to the only server that has their extension", () => {
    expect(to("x.org/one/do", {})).toBe("a");
  });

  it.each(["x.org/two/do", "x.org/onerous/do", "x.org/one", "tasks/list", ""])("are unknown otherwise: %s", (method) => {
    expect(() => to(method, {})).toThrow(expect.objectContaining({ code: "METHOD_NOT_FOUND" }));
  });
});
