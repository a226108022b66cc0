import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import type { ArgumentOverride } from "../config/config.ts";
import { applyArguments, overrideTool } from "./override.ts";

const tool: JsonObject = {
  name: "create_issue",
  description: "Creates.",
  annotations: { readOnlyHint: false },
  inputSchema: {
    type: "object",
    properties: {
      repo: { type: "string", "x-mcp-header": "Repo" },
      title: { type: "string", description: "Title." },
      labels: { type: "array", items: { type: "string" } },
      any: true,
    },
    required: ["repo", "title", "labels"],
    additionalProperties: false,
  },
};

const changed = (overrides: Record<string, ArgumentOverride>): JsonObject =>
  overrideTool(tool, { arguments: new Map(Object.entries(overrides)) })["inputSchema"] as JsonObject;

const sent = (overrides: Record<string, ArgumentOverride>, args: JsonObject): JsonObject =>
  applyArguments({ arguments: new Map(Object.entries(overrides)) }, Body.of(args)).object;

describe("overrideTool", () => {
  it("replaces words, keeps the rest, and leaves the server's own definition as it is", () => {
    const before = structuredClone(tool);
    expect(overrideTool(tool, { title: "New issue", description: "Opens an issue." })).toEqual({
      ...tool,
      title: "New issue",
      description: "Opens an issue.",
    });
    changed({ repo: { value: 1 }, title: { name: "headline", description: "Short." } });
    expect(tool).toEqual(before);
  });

  it("takes an argument with a fixed value out of sight, and with it its header", () => {
    const schema = changed({ repo: { value: "a/b" } });
    expect(Object.keys(schema["properties"] as JsonObject)).toEqual(["title", "labels", "any"]);
    expect(schema["required"]).toEqual(["title", "labels"]);
    expect(JSON.stringify(schema)).not.toContain("x-mcp-header");
    expect(schema["additionalProperties"]).toBe(false);
  });

  it("renames in place, where it is required too", () => {
    const schema = changed({ title: { name: "headline" } });
    expect(Object.keys(schema["properties"] as JsonObject)).toEqual(["repo", "headline", "labels", "any"]);
    expect(schema["required"]).toEqual(["repo", "headline", "labels"]);
  });

  it("shows a default, and no longer asks for the argument", () => {
    const schema = changed({ labels: { default: [] }, title: { description: "Short." }, any: { description: "Whatever." } });
    expect(schema["properties"]).toMatchObject({
      labels: { type: "array", default: [] },
      title: { type: "string", description: "Short." },
      any: { description: "Whatever." },
    });
    expect(schema["required"]).toEqual(["repo", "title"]);
  });

  it("copes with a schema that has no properties", () => {
    const bare = overrideTool({ name: "x", inputSchema: { type: "object" } }, { arguments: new Map([["a", { value: 1 }]]) });
    expect(bare["inputSchema"]).toEqual({ type: "object", properties: {} });
  });
});

describe("applyArguments", () => {
  it("passes arguments of a tool without overrides untouched", () => {
    const args = Body.of({ a: 1 });
    expect(applyArguments({}, args)).toBe(args);
  });

  it.each<[string, Record<string, ArgumentOverride>, JsonObject, JsonObject]>([
    ["puts a fixed value in", { repo: { value: "a/b" } }, { title: "t" }, { title: "t", repo: "a/b" }],
    ["puts null in, when that is the value", { repo: { value: null } }, {}, { repo: null }],
    ["does not let the client change it", { repo: { value: "a/b" } }, { repo: "evil/x" }, { repo: "a/b" }],
    ["nor by its other name", { repo: { value: "a/b", name: "r" } }, { r: "evil/x" }, { repo: "a/b" }],
    ["names an argument back", { title: { name: "headline" } }, { headline: "t", x: 1 }, { x: 1, title: "t" }],
    ["takes the shown name before the server's own", { title: { name: "headline" } }, { title: "old", headline: "t" }, { title: "t" }],
    ["can swap two", { a: { name: "b" }, b: { name: "a" } }, { a: 1, b: 2 }, { b: 1, a: 2 }],
    ["fills in a default", { labels: { default: [] } }, {}, { labels: [] }],
    ["but not over what is there", { labels: { default: [] } }, { labels: ["x"] }, { labels: ["x"] }],
    ["under the server's own name", { labels: { default: [], name: "tags" } }, { tags: ["x"] }, { labels: ["x"] }],
  ])("%s", (_, overrides, args, expected) => {
    expect(sent(overrides, args)).toEqual(expected);
  });

  it("leaves what it does not touch as it came, numbers that JavaScript would round included", () => {
    const args = Body.from(Buffer.from('{ "big": 9007199254740993, "r": 1e400 }'));
    const overrides = new Map(Object.entries({ repo: { value: 1 }, rest: { name: "r" } }));
    expect(String(applyArguments({ arguments: overrides }, args).bytes)).toBe('{ "big": 9007199254740993,"repo":1,"rest":1e400 }');
  });

  it("treats `__proto__` as a name like any other", () => {
    const result = sent({ a: { value: 1 } }, JSON.parse('{"__proto__":{"b":2}}') as JsonObject);
    expect(Object.keys(result)).toEqual(["__proto__", "a"]);
    expect(result["b"]).toBeUndefined();
  });
});
