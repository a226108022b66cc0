import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import { META } from "./meta.ts";
import { type Crossing, errorToClient, toClient, toolToClient } from "./results.ts";

const MODERN = "2026-07-28";
const LEGACY = "2025-11-25";
const serverInfo = { name: "toolyard", version: "1" };

const cross = (method: string, result: JsonObject, crossing: Crossing): JsonValue => toClient(method, Body.of(result), crossing).value;

describe("toClient within an era", () => {
  it.each([
    ["modern", MODERN],
    ["legacy", LEGACY],
    ["legacy", "2025-06-18"],
  ] as const)("gives the same Body from a %s server to %s", (from, toVersion) => {
    const type = from === "modern" ? { resultType: "complete" } : {};
    const body = Body.of({ ...type, content: [{ type: "audio" }, { type: "resource_link" }], anything: 1 });
    expect(toClient("tools/call", body, { from, toVersion, serverInfo })).toBe(body);
  });
});

describe("toClient from a modern server to a modern client", () => {
  const read = (hints: JsonObject): JsonValue => cross("resources/read", { contents: [], ...hints }, { from: "modern", toVersion: MODERN });

  it.each([
    [
      { ttlMs: 5, cacheScope: "public" },
      { ttlMs: 5, cacheScope: "public" },
    ],
    [
      { ttlMs: 0, cacheScope: "private" },
      { ttlMs: 0, cacheScope: "private" },
    ],
    [{}, { ttlMs: 0, cacheScope: "private" }],
    [
      { ttlMs: -1, cacheScope: "public" },
      { ttlMs: 0, cacheScope: "public" },
    ],
    [
      { ttlMs: 1.5, cacheScope: "shared" },
      { ttlMs: 0, cacheScope: "private" },
    ],
    [
      { ttlMs: "60", cacheScope: null },
      { ttlMs: 0, cacheScope: "private" },
    ],
  ])("passes good hints and mends others: %j", (from, to) => {
    expect(read(from)).toEqual({ resultType: "complete", contents: [], ...to });
  });
});

describe("toClient from a legacy server to a modern client", () => {
  const to: Crossing = { from: "legacy", toVersion: MODERN, serverInfo };

  it("adds what every modern result has, and leaves the rest", () => {
    expect(cross("tools/call", { content: [], extra: { a: 1 }, _meta: { "x/y": 1 } }, to)).toEqual({
      content: [],
      extra: { a: 1 },
      resultType: "complete",
      _meta: { "x/y": 1, [META.serverInfo]: serverInfo },
    });
  });

  it.each(["tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read", "server/discover"])(
    "says how long %s may be kept",
    (method) => {
      expect(cross(method, {}, to)).toMatchObject({ ttlMs: 0, cacheScope: "private" });
      const hints = { ttlMs: 60_000, cacheScope: "public" } as const;
      expect(cross(method, {}, { ...to, hints })).toMatchObject(hints);
    },
  );

  it("says nothing of keeping where the protocol does not", () => {
    expect(cross("tools/call", { content: [] }, to)).not.toHaveProperty("ttlMs");
    expect(cross("prompts/get", { messages: [] }, to)).not.toHaveProperty("cacheScope");
  });

  it("drops `execution` of tools", () => {
    const tools = [{ name: "a", execution: { taskSupport: "optional" } }, { name: "b" }, null];
    expect(cross("tools/list", { tools }, to)).toMatchObject({ tools: [{ name: "a" }, { name: "b" }, null] });
    expect(JSON.stringify(cross("tools/list", { tools }, to))).not.toContain("execution");
  });
});

describe("toClient from a modern server to a legacy client", () => {
  const to: Crossing = { from: "modern", toVersion: LEGACY };

  it("removes what legacy clients do not know, and leaves the rest", () => {
    const result = { resultType: "complete", contents: [], ttlMs: 5, cacheScope: "public", extra: 1 };
    const meta = { [META.serverInfo]: serverInfo, [META.subscriptionId]: 4, "x/y": 1 };
    expect(cross("resources/read", { ...result, _meta: meta }, to)).toEqual({ contents: [], extra: 1, _meta: { "x/y": 1 } });
    expect(cross("tools/call", { resultType: "complete", content: [], _meta: { [META.serverInfo]: serverInfo } }, to)).toEqual({
      content: [],
    });
  });

  it("keeps `ttlMs` where it means something else", () => {
    expect(cross("tools/call", { resultType: "complete", content: [], ttlMs: 5 }, to)).toEqual({ content: [], ttlMs: 5 });
  });

  it.each<[string, JsonValue, JsonValue | undefined, JsonValue]>([
    ["an array", [1], undefined, { result: [1] }],
    ["null", null, undefined, { result: null }],
    ["a number", 7, { type: "number" }, { result: 7 }],
    ["an object of an object schema", { a: 1 }, { type: "object" }, { a: 1 }],
    ["an object without a schema", { a: 1 }, undefined, { a: 1 }],
    ["an object of a schema that also allows others", { a: 1 }, { anyOf: [{ type: "object" }, { type: "null" }] }, { result: { a: 1 } }],
  ])("wraps structured content where it must: %s", (_, structuredContent, outputSchema, wanted) => {
    const result = { resultType: "complete", content: [{ type: "text", text: "t" }], structuredContent };
    expect(cross("tools/call", result, { ...to, outputSchema })).toEqual({
      content: [{ type: "text", text: "t" }],
      structuredContent: wanted,
    });
  });
});

describe("toClient to old revisions", () => {
  const audio = { type: "audio", mimeType: "audio/wav", data: "UklGRg==", annotations: { priority: 1 } };
  const link = { type: "resource_link", uri: "file:///a", name: "a", description: "first" };
  const text = { type: "text", text: "t" };
  const content = [audio, link, text, { type: "later" }];
  const types = (result: JsonValue): unknown => (result as { content: { type: string }[] }).content.map(({ type }) => type);

  it.each([
    ["2024-11-05", ["text", "text", "text", "later"]],
    ["2025-03-26", ["audio", "text", "text", "later"]],
    ["2025-06-18", ["audio", "resource_link", "text", "later"]],
  ])("turns content that %s does not know into text, from either era", (toVersion, wanted) => {
    expect(types(cross("tools/call", { content }, { from: "legacy", toVersion }))).toEqual(wanted);
    expect(types(cross("tools/call", { content }, { from: "modern", toVersion }))).toEqual(wanted);
  });

  it("keeps what a reader needs", () => {
    const result = cross("tools/call", { content }, { from: "legacy", toVersion: "2024-11-05" });
    expect(result).toMatchObject({
      content: [
        { text: expect.stringContaining("audio/wav"), annotations: { priority: 1 } },
        { text: 'Resource "a": file:///a (first)' },
        text,
        {},
      ],
    });
    expect(JSON.stringify(result)).not.toContain("UklGRg");
  });

  it("does the same in the messages of a prompt", () => {
    const messages = [{ role: "user", content: audio }, { role: "user", content: text }, "rubbish"];
    expect(cross("prompts/get", { messages }, { from: "legacy", toVersion: "2024-11-05" })).toMatchObject({
      messages: [{ role: "user", content: { type: "text" } }, { role: "user", content: text }, "rubbish"],
    });
  });

  it("leaves every other method alone", () => {
    const body = Body.of({ contents: [{ uri: "file:///a", blob: "" }] });
    expect(toClient("resources/read", body, { from: "legacy", toVersion: "2024-11-05" })).toBe(body);
  });
});

describe("toolToClient", () => {
  it("gives back the same object where nothing changes", () => {
    const tool = { name: "a", outputSchema: { type: "object" }, unknown: 1 };
    expect(toolToClient(tool, LEGACY)).toBe(tool);
    expect(toolToClient(tool, MODERN)).toBe(tool);
  });

  it("wraps an output that is no object for legacy clients, references included", () => {
    const outputSchema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      anyOf: [{ $ref: "#/$defs/node" }, { $ref: "#" }, { $ref: "https://example.com/a" }],
      $defs: {
        node: { properties: { next: { $ref: "#/$defs/node" }, $ref: { type: "string" } }, default: { $ref: "#/x" } },
        apart: { $id: "urn:apart", $ref: "#/$defs/own" },
      },
    };
    expect(toolToClient({ name: "a", outputSchema }, MODERN)).toMatchObject({ outputSchema });
    expect(toolToClient({ name: "a", outputSchema }, LEGACY)).toEqual({
      name: "a",
      outputSchema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        required: ["result"],
        properties: {
          result: {
            $schema: "https://json-schema.org/draft/2020-12/schema",
            anyOf: [{ $ref: "#/properties/result/$defs/node" }, { $ref: "#/properties/result" }, { $ref: "https://example.com/a" }],
            $defs: {
              node: {
                properties: { next: { $ref: "#/properties/result/$defs/node" }, $ref: { type: "string" } },
                default: { $ref: "#/x" },
              },
              apart: { $id: "urn:apart", $ref: "#/$defs/own" },
            },
          },
        },
      },
    });
  });
});

describe("errorToClient", () => {
  it.each([
    [-32002, LEGACY, -32002],
    [-32002, MODERN, -32602],
    [-32602, LEGACY, -32602],
    [-32601, MODERN, -32601],
    [-32042, LEGACY, -32042],
    [-32042, MODERN, -32603],
    [-32020, LEGACY, -32603],
    [-32022, MODERN, -32603],
    [-32021, MODERN, -32021],
    [-32021, LEGACY, -32603],
    [-32050, MODERN, -32603],
    [-32050, LEGACY, -32050],
    [-32000, MODERN, -32000],
    [-1, MODERN, -1],
    [1234, LEGACY, 1234],
  ])("%i to a client of %s is %i", (code, toVersion, wanted) => {
    const error = { code, message: "m", data: { uri: "file:///a" } };
    expect(errorToClient(error, toVersion)).toEqual({ ...error, code: wanted });
    if (code === wanted) expect(errorToClient(error, toVersion)).toBe(error);
  });
});
