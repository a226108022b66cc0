import { describe, expect, it } from "vitest";
import type { JsonObject } from "../base/json.ts";
import { checkDefinition, readEntry } from "./definition.ts";

const tool = (more: JsonObject): JsonObject => ({ name: "t", inputSchema: { type: "object" }, ...more });
const withSchema = (inputSchema: unknown): JsonObject => tool({ inputSchema: inputSchema as JsonObject });

function nested(levels: number): JsonObject {
  let schema: JsonObject = { type: "string" };
  for (let level = 0; level < levels; level++) schema = { type: "array", items: schema };
  return schema;
}

describe("readEntry", () => {
  it.each([
    ["tool", { name: "a.b/c d" }, "a.b/c d"],
    ["prompt", { name: "日本" }, "日本"],
    ["resource", { uri: "file:///a", name: "" }, "file:///a"],
    ["template", { uriTemplate: "x://{y}" }, "x://{y}"],
  ] as const)("reads the own name of a %s", (kind, raw, origin) => {
    expect(readEntry(kind, raw)).toEqual({ origin, definition: raw });
  });

  it.each([
    ["null", null, "not an object"],
    ["an array", [], "not an object"],
    ["a name that is missing", {}, "no text"],
    ["a name that is a number", { name: 7 }, "no text"],
    ["an empty name", { name: "" }, "no text"],
    ["an absurd name", { name: "n".repeat(2_000) }, "longer than"],
    ["a zero-width character", { name: "sea\u200brch" }, "sea\\u{200b}rch"],
    ["a turn of direction", { name: "\u202esearch" }, "\\u{202e}search"],
    ["a line break", { name: "search\n" }, "search\\u{a}"],
    ["a tag character", { name: "search\u{e0041}" }, "\\u{e0041}"],
    ["an invisible letter", { name: "search\u3164" }, "\\u{3164}"],
    ["only that: the rest stays", { name: "é日\u200d😀" }, ": é日\\u{200d}😀"],
    ["half a character", { name: "search\ud800" }, "\\u{d800}"],
  ])("refuses %s", (_, raw, reason) => {
    expect(readEntry("tool", raw)).toContain(reason);
  });
});

describe("checkDefinition", () => {
  it.each<[string, JsonObject]>([
    ["unknown fields", tool({ "x-new": { deep: [1, null] }, _meta: { "a/b": null } })],
    ["a schema without a type", withSchema({})],
    ["any dialect", withSchema({ $schema: "http://json-schema.org/draft-07/schema#", type: "object" })],
    ["local references", withSchema({ $defs: { a: { type: "string" } }, properties: { a: { $ref: "#/$defs/a" }, b: { $ref: "#" } } })],
    ["references to any part", withSchema({ properties: { "a/b ~": {}, c: { $ref: "#/properties/a~1b%20~0" } } })],
    ["references into an array", withSchema({ anyOf: [{}], properties: { c: { $ref: "#/anyOf/0" } } })],
    ["references by anchor", withSchema({ $defs: { a: { $anchor: "here" } }, properties: { c: { $ref: "#here" } } })],
    [
      "references by identifier",
      withSchema({ $defs: { a: { $id: "https://x.example/a", $defs: { b: {} } } }, $ref: "https://x.example/a#/$defs/b" }),
    ],
    ["references inside a schema of its own", withSchema({ $defs: { a: { $id: "urn:a", $ref: "#/$defs/b", $defs: { b: {} } } } })],
    ["a property that is called $ref", withSchema({ properties: { $ref: { type: "string" }, pattern: { type: "string" } } })],
    [
      "data that looks like a reference",
      withSchema({ properties: { a: { default: { $ref: "http://x.example" }, enum: [{ $ref: "#/no" }] } } }),
    ],
    [
      "patterns of either kind",
      withSchema({ properties: { a: { pattern: "^\\p{L}+$" }, b: { pattern: "\\_" } }, patternProperties: { "^x-": {} } }),
    ],
    ["deep but usable schemas", withSchema(nested(40))],
  ])("passes %s untouched", (_, definition) => {
    expect(checkDefinition("tool", definition)).toBe(definition);
  });

  it.each<[string, JsonObject, string]>([
    ["a missing schema", { name: "t" }, "`inputSchema` is missing"],
    ["a null schema", withSchema(null), "`inputSchema` is not an object"],
    ["a schema that is text", withSchema("object"), "`inputSchema` is not an object"],
    ["properties that are a list", withSchema({ properties: [] }), "`inputSchema.properties` is not an object"],
    ["required that is a flag", withSchema({ required: true }), "`inputSchema.required` is not an array of strings"],
    ["a reference to nowhere", withSchema({ properties: { a: { $ref: "#/$defs/gone" } } }), '"#/$defs/gone", which is not in it'],
    ["a reference through a prototype", withSchema({ $ref: "#/constructor" }), "not in it"],
    ["a reference that cannot be read", withSchema({ $ref: "#/%" }), "not in it"],
    ["a reference to a network", withSchema({ $ref: "http://canary.example/s.json" }), "no schema is fetched"],
    ["one in an output schema", tool({ outputSchema: { items: { $ref: "https://canary.example#/a" } } }), "no schema is fetched"],
    ["a reference to a file", withSchema({ $ref: "other.json" }), "not in it"],
    ["a broken pattern", withSchema({ properties: { a: { pattern: "(" } } }), '"(", which is no regular expression'],
    ["a broken pattern for names", withSchema({ patternProperties: { "[": {} } }), '"[", which is no regular expression'],
    ["an absurd depth", withSchema(nested(80)), "nested deeper than 64"],
    ["an absurd size", withSchema({ description: "x".repeat(5_000_000) }), "larger than 512 KiB"],
    ["a header for no argument", withSchema({ properties: { a: { type: "object", "x-mcp-header": "A" } } }), "x-mcp-header"],
    ["words that are none", tool({ description: 42 }), "`description` is not a string"],
    ["a hint that is text", tool({ annotations: { readOnlyHint: "yes" } }), "`annotations.readOnlyHint` is not true or false"],
  ])("drops %s", (_, definition, reason) => {
    expect(checkDefinition("tool", definition)).toContain(reason);
  });

  it("drops what refers to itself without an end", () => {
    const endless: JsonObject = { type: "object" };
    endless["not"] = endless;
    expect(checkDefinition("tool", withSchema(endless))).toContain("nested deeper");
  });

  it("takes null for what is not there, where strict clients would refuse the whole list", () => {
    const raw = tool({ title: null, outputSchema: null, annotations: { title: null, readOnlyHint: true, own: null }, "x-own": null });
    expect(checkDefinition("tool", raw)).toEqual(tool({ annotations: { readOnlyHint: true, own: null }, "x-own": null }));
    expect(raw["title"]).toBeNull();
    const prompt = { name: "p", description: null, arguments: [{ name: "a", description: null }, { name: "b" }] };
    expect(checkDefinition("prompt", prompt)).toEqual({ name: "p", arguments: [{ name: "a" }, { name: "b" }] });
  });

  it.each([
    ["prompt", { name: "p", arguments: {} }, "`arguments` is not an array of objects"],
    ["prompt", { name: "p", arguments: [{ description: "no name" }] }, "`arguments.name` is missing"],
    ["resource", { uri: "a:b" }, "`name` is missing"],
    ["template", { uriTemplate: "a:{b}", name: 1 }, "`name` is not a string"],
  ] as const)("drops a broken %s: %j", (kind, raw, reason) => {
    expect(checkDefinition(kind, raw as unknown as JsonObject)).toContain(reason);
  });
});
