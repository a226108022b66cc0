/** Tool definitions that a careful client must leave out, or must not choke on. */

import type { JsonObject, JsonValue } from "../../../../src/base/json.ts";

const object = (properties: JsonObject): JsonObject => ({ type: "object", properties });
const header = (name: string, type = "string"): JsonObject => ({ type, "x-mcp-header": name });

function nested(depth: number): JsonObject {
  let schema: JsonObject = { type: "string" };
  for (let level = 0; level < depth; level++) schema = object({ deeper: schema });
  return schema;
}

function wide(width: number): JsonObject {
  return object(Object.fromEntries(Array.from({ length: width }, (_, index) => [`p${index}`, { type: "string" }])));
}

const SCHEMAS: Readonly<Record<string, (canary: string) => JsonValue>> = {
  null: () => null,
  string: () => "object",
  "network-ref": (canary) => object({ text: { $ref: canary } }),
  "dangling-ref": () => object({ text: { $ref: "#/$defs/nowhere" } }),
  depth: () => nested(2000),
  wide: () => wide(20_000),
  regex: () => object({ text: { type: "string", pattern: "^(a+)+$" } }),
  "bad-regex": () => object({ text: { type: "string", pattern: "([" } }),
  huge: () => ({ ...object({}), description: "x".repeat(5 * 1024 * 1024) }),
  "header-empty": () => object({ text: header("") }),
  "header-crlf": () => object({ text: header("X\r\nEvil: 1") }),
  "header-twice": () => object({ one: header("Same"), two: header("same") }),
  "header-object": () => object({ text: header("Thing", "object") }),
  "header-number": () => object({ text: header("Ratio", "number") }),
  "local-defs": () => ({ ...object({ text: { $ref: "#/$defs/line" } }), $defs: { line: { type: "string", maxLength: 80 } } }),
};

/** @throws Error when there is no such kind */
export function brokenTool(kind: string, canary: string): JsonValue {
  const name = `broken_${kind.replaceAll("-", "_")}`;
  const description = `A tool that is broken: ${kind}.`;
  const good = object({ text: { type: "string" } });
  if (kind === "null-tool") return null;
  if (kind === "missing") return { name, description };
  if (kind === "empty-name") return { name: "", description, inputSchema: good };
  if (kind === "no-name") return { description, inputSchema: good };
  if (kind === "number-name") return { name: 42, description, inputSchema: good };
  const schema = SCHEMAS[kind]?.(canary);
  if (schema === undefined) throw new Error(`--bad-schema knows no "${kind}".`);
  const output = kind === "network-ref" ? { outputSchema: object({ out: { $ref: `${canary}?output` } }) } : {};
  return { name, description, inputSchema: schema, ...output };
}
