/**
 * Does what a model passes on to a tool fit what the tool takes? Only what its schema says outright at its top is looked at:
 * a wrong word costs a whole round trip, but a right one may never be refused. The server has the last word on the rest.
 */

import { isObject, objectOr, type JsonObject, type JsonValue } from "../../base/json.ts";
import { requiredIn } from "./signature.ts";

/** What is wrong with these arguments, as sentences; none: nothing that can be said from here. */
export function faultsIn(args: JsonObject, inputSchema: JsonValue | undefined): string[] {
  const schema = objectOr(inputSchema);
  const properties = objectOr(schema["properties"]);
  const missing = requiredIn(schema).filter((name) => !Object.hasOwn(args, name));
  const faults = missing.map((name) => `${quoted(name)} is missing.`);
  for (const [name, value] of Object.entries(args)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) {
      if (isClosed(schema)) faults.push(`${quoted(name)} is not one of its parameters.`);
    } else faults.push(...typeFaults(name, value, property));
  }
  return faults;
}

/** Nothing but its properties is taken. */
function isClosed(schema: JsonObject): boolean {
  return schema["additionalProperties"] === false && schema["patternProperties"] === undefined;
}

function typeFaults(name: string, value: JsonValue | undefined, property: JsonValue): string[] {
  if (!isObject(property) || value === undefined) return [];
  const { type } = property;
  const types = typeof type === "string" ? [type] : Array.isArray(type) ? type.filter((one) => typeof one === "string") : [];
  if (types.length === 0 || !types.every((one) => KNOWN.has(one)) || types.some((one) => KNOWN.get(one)?.(value))) return [];
  return [`${quoted(name)} must be ${types.join(" or ")}.`];
}

const KNOWN: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ["string", (value: JsonValue) => typeof value === "string"],
  ["number", (value: JsonValue) => typeof value === "number"],
  ["integer", (value: JsonValue) => typeof value === "number" && Number.isInteger(value)],
  ["boolean", (value: JsonValue) => typeof value === "boolean"],
  ["object", (value: JsonValue) => isObject(value)],
  ["array", (value: JsonValue) => Array.isArray(value)],
  ["null", (value: JsonValue) => value === null],
]);

function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
