/**
 * Structured results that legacy clients cannot take: until 2025-11-25 `outputSchema` and `structuredContent` are
 * objects, from 2026-07-28 on any JSON. What is no object is put under one key, `result`, in both.
 */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";

const KEY = "result";
const ROOT = `#/properties/${KEY}`;

/** Keywords whose value is data, not schemas. */
const DATA: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);
/** Keywords whose value is schemas by name. */
const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
/** Deeper schemas go out as they are; a bound for hostile ones. */
const MAX_DEPTH = 100;

/** Must a tool with this output schema be wrapped for legacy clients? They take `type: "object"` alone. */
export function needsWrap(outputSchema: unknown): boolean {
  return isObject(outputSchema) && outputSchema["type"] !== "object";
}

/** The schema of the wrapped value; references into itself lead to their new place. */
export function wrapSchema(outputSchema: JsonObject): JsonObject {
  const { $schema } = outputSchema;
  return {
    ...($schema === undefined ? {} : { $schema }),
    type: "object",
    properties: { [KEY]: rebase(outputSchema, 0) },
    required: [KEY],
  };
}

export function wrapValue(value: JsonValue): JsonObject {
  return { [KEY]: value };
}

/** A schema that moved one step down. Below an `$id` of its own, references are relative to that and stay. */
function rebase(schema: JsonValue, depth: number): JsonValue {
  if (depth > MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item) => rebase(item, depth + 1));
  if (!isObject(schema) || hasOwnBase(schema)) return schema;
  return mapMembers(schema, (keyword, value) => {
    if (DATA.has(keyword)) return value;
    if (keyword === "$ref" || keyword === "$dynamicRef") return rebaseReference(value);
    if (NAMED.has(keyword) && isObject(value)) return mapMembers(value, (_, named) => rebase(named, depth + 2));
    return rebase(value, depth + 1);
  });
}

/** An `$id` that is a fragment alone is only a name (JSON Schema draft 7). */
function hasOwnBase({ $id }: JsonObject): boolean {
  return typeof $id === "string" && !$id.startsWith("#");
}

function rebaseReference(reference: JsonValue): JsonValue {
  if (reference === "#") return ROOT;
  return typeof reference === "string" && reference.startsWith("#/") ? ROOT + reference.slice(1) : reference;
}

function mapMembers(object: JsonObject, change: (key: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === undefined ? value : change(key, value)]));
}
