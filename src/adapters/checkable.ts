/** A schema that may be checked in this process, although a server wrote it. */

import { isObject } from "../base/json.ts";

/** Members of a schema whose values are schemas by name: there `pattern` is the name of an argument. */
const byName = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
/** Members whose values are data. */
const data = new Set(["const", "enum", "default", "examples", "required"]);

/**
 * The same schema without regular expressions, which may be broken, or written to take for ever: LangChain runs them on
 * every call. The model reads them in the description instead, and the server checks them.
 */
export function checkable(schema: Record<string, unknown>): Record<string, unknown> {
  const { pattern, patternProperties, ...rest } = schema;
  const kept = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, memberOf(key, value)]));
  if (patternProperties !== undefined) delete kept["additionalProperties"];
  if (typeof pattern !== "string") return kept;
  const description = typeof kept["description"] === "string" ? `${kept["description"]} ` : "";
  return { ...kept, description: `${description}(pattern: ${pattern})` };
}

function memberOf(key: string, value: unknown): unknown {
  if (data.has(key)) return value;
  if (!byName.has(key)) return inside(value);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inside(each)])) : value;
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  return isObject(value) ? checkable(value) : value;
}
