import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import { headerParamFault, headerParams } from "./header-params.ts";
import { checkHeaders, checkParamHeaders, decodeHeaderValue, encodeHeaderValue, headerText, requestHeaders } from "./headers.ts";

const MODERN = "2026-07-28";

describe("header values", () => {
  it.each([
    ["us-west1", "us-west1"],
    ["two words", "two words"],
    ["", ""],
    ["Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="],
    [" padded ", "=?base64?IHBhZGRlZCA=?="],
    ["line1\nline2", "=?base64?bGluZTEKbGluZTI=?="],
    ["a\tb", "=?base64?YQli?="],
    ["=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="],
    ["\uFEFFx", "=?base64?77u/eA==?="],
  ])("%j travels as %j", (text, header) => {
    expect(encodeHeaderValue(text)).toBe(header);
    expect(decodeHeaderValue(header)).toBe(text);
  });

  it("come back as they were, and are always plain ASCII", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const header = encodeHeaderValue(text);
        expect(header).toMatch(/^[ -~]*$/);
        expect(header.trim()).toBe(header);
        expect(decodeHeaderValue(header)).toBe(text);
      }),
    );
  });

  it.each(["=?base64?!!?=", "=?base64?YQ?=", "=?base64?/w==?=", "é", "a\u0000"])("refuses %j", (header) =>
    expect(decodeHeaderValue(header)).toBeUndefined(),
  );

  it.each([
    [42, "42"],
    [-7, "-7"],
    [true, "true"],
    ["x", "x"],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
    [2 ** 53, undefined],
  ])("%j is %j in a header", (value, text) => expect(headerText(value)).toBe(text));
});

describe("x-mcp-header", () => {
  const on = (name: unknown, type: unknown = "string"): JsonObject => ({ type, "x-mcp-header": name }) as JsonObject;
  const object = (properties: JsonObject): JsonObject => ({ type: "object", properties });

  it("is found at any depth of properties", () => {
    const schema = object({ region: on("Region"), at: object({ zone: on("Zone", "integer") }), sql: { type: "string" } });
    expect(headerParamFault(schema)).toBeUndefined();
    expect(headerParams(schema)).toEqual([
      { name: "Region", path: ["region"], type: "string" },
      { name: "Zone", path: ["at", "zone"], type: "integer" },
    ]);
  });

  it.each([
    ["an empty name", object({ a: on("") })],
    ["a name that is no text", object({ a: on(7) })],
    ["a name with a space", object({ a: on("My Region") })],
    ["a name with a line end", object({ a: on("A\r\nB") })],
    ["a number", object({ a: on("A", "number") })],
    ["an object", object({ a: on("A", "object") })],
    ["no type", object({ a: { "x-mcp-header": "A" } })],
    ["a name twice, in other case", object({ a: on("Region"), b: on("REGION") })],
    ["the root", { ...object({}), "x-mcp-header": "A" }],
    ["items", object({ a: { type: "array", items: on("A") } })],
    ["a branch", object({ a: { oneOf: [on("A")] } })],
    ["properties inside a branch", object({ a: { anyOf: [object({ b: on("A") })] } })],
    ["a definition", { ...object({ a: { $ref: "#/$defs/a" } }), $defs: { a: on("A") } }],
    ["additionalProperties", { type: "object", additionalProperties: on("A") }],
  ])("is refused on %s", (_, schema) => {
    expect(headerParamFault(schema)).toEqual(expect.any(String));
    expect(headerParams(schema)).toEqual([]);
  });

  it("is no annotation as the name of a property, nor inside data", () => {
    const schema = object({ "x-mcp-header": { type: "string" }, a: { type: "object", default: { "x-mcp-header": "A" } } });
    expect(headerParamFault(schema)).toBeUndefined();
    expect(headerParams(schema)).toEqual([]);
  });

  it("does not follow a schema into the depths", () => {
    let schema: JsonObject = {};
    for (let depth = 0; depth < 5_000; depth++) schema = { properties: { a: schema } };
    expect(headerParamFault(schema)).toContain("deeper");
  });

  it.each([undefined, null, "x", []])("is absent from %j", (schema) => expect(headerParamFault(schema)).toBeUndefined());
});

describe("requestHeaders", () => {
  const schema = {
    type: "object",
    properties: { region: { type: "string", "x-mcp-header": "Region" }, n: { type: "integer", "x-mcp-header": "N" } },
  };

  it.each([
    ["2024-11-05", "tools/list", {}],
    ["2025-03-26", "tools/list", {}],
    ["2025-11-25", "initialize", {}],
    ["2025-06-18", "tools/list", { "mcp-protocol-version": "2025-06-18" }],
    [MODERN, "tools/list", { "mcp-protocol-version": MODERN, "mcp-method": "tools/list" }],
  ])("%s %s", (version, method, headers) => expect(requestHeaders(version, method, Body.empty)).toEqual(headers));

  it.each([
    ["tools/call", { name: "sök" }, "=?base64?c8O2aw==?="],
    ["prompts/get", { name: "p" }, "p"],
    ["resources/read", { uri: "file:///a" }, "file:///a"],
    ["tasks/get", { taskId: "t" }, "t"],
    ["completion/complete", { name: "x" }, undefined],
  ])("%s names what it is about", (method, params, name) => expect(requestHeaders(MODERN, method, Body.of(params))["mcp-name"]).toBe(name));

  it("repeats annotated arguments, and leaves out those without a value", () => {
    const params = Body.of({ name: "t", arguments: { region: "é", n: null } });
    expect(requestHeaders(MODERN, "tools/call", params, schema)).toEqual({
      "mcp-protocol-version": MODERN,
      "mcp-method": "tools/call",
      "mcp-name": "t",
      "mcp-param-region": "=?base64?w6k=?=",
    });
  });

  it("writes what checkHeaders and checkParamHeaders accept", () => {
    const argument = fc.oneof(fc.string({ unit: "grapheme" }), fc.constant(null), fc.maxSafeInteger(), fc.boolean());
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), argument, fc.maxSafeInteger(), (name, region, n) => {
        const params = Body.of({ name, arguments: { region, n } });
        const headers = requestHeaders(MODERN, "tools/call", params, schema);
        expect(checkHeaders(headers, "tools/call", params, MODERN)).toBeUndefined();
        expect(checkParamHeaders(headers, params, schema)).toBeUndefined();
      }),
    );
  });
});

describe("checkHeaders", () => {
  const good = { "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": "t" };
  const params = Body.of({ name: "t" });
  const check = (headers: Record<string, string | undefined>): string | undefined =>
    checkHeaders({ ...good, ...headers }, "tools/call", params, MODERN)?.code;

  it.each([
    ["version", { "mcp-protocol-version": undefined }],
    ["version", { "mcp-protocol-version": "2025-11-25" }],
    ["method", { "mcp-method": undefined }],
    ["method", { "mcp-method": "Tools/Call" }],
    ["name", { "mcp-name": undefined }],
    ["name", { "mcp-name": "other" }],
    ["name", { "mcp-name": "=?base64?!?=" }],
  ])("refuses a %s that is missing or differs", (_, headers) => expect(check(headers)).toBe("HEADER_MISMATCH"));

  it("accepts blanks around a value, and base64 where it was not needed", () => {
    expect(check({})).toBeUndefined();
    expect(check({ "mcp-name": " t\t", "mcp-method": " tools/call" })).toBeUndefined();
    expect(check({ "mcp-name": "=?base64?dA==?=" })).toBeUndefined();
  });

  it("asks no name of a method that has none, nor of a body without one", () => {
    expect(checkHeaders({ ...good, "mcp-method": "tools/list" }, "tools/list", Body.empty, MODERN)).toBeUndefined();
    expect(checkHeaders(good, "tools/call", Body.empty, MODERN)).toBeUndefined();
  });
});

describe("checkParamHeaders", () => {
  const schema = {
    type: "object",
    properties: { region: { type: "string", "x-mcp-header": "Region" }, n: { type: "integer", "x-mcp-header": "N" } },
  };
  it.each([
    [{ region: "a" }, { "mcp-param-region": "a" }, true],
    [{ region: "a" }, {}, false],
    [{ region: "a" }, { "mcp-param-region": "b" }, false],
    [{ region: null }, {}, true],
    [{}, { "mcp-param-region": "stray" }, true],
    [{ n: 42 }, { "mcp-param-n": "42.0" }, true],
    [{ n: 42 }, { "mcp-param-n": "43" }, false],
    [{ n: "42" }, { "mcp-param-n": "42.0" }, false],
  ])("%j with %j: %s", (args, headers, good) => {
    const error = checkParamHeaders(headers, Body.of({ name: "t", arguments: args }), schema);
    expect(error?.code).toBe(good ? undefined : "HEADER_MISMATCH");
  });
});
