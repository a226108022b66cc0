/** What the configuration changes in a tool: its words, and which arguments are seen, fixed or renamed. */

import type { Body, Change } from "../base/body.ts";
import { isObject, objectOr, type JsonObject, type JsonValue } from "../base/json.ts";
import type { ArgumentOverride, Override } from "../config/config.ts";
import type { Item } from "./item.ts";

type ArgumentOverrides = ReadonlyMap<string, ArgumentOverride>;

/** The definition as clients get it, but for the name, which the catalog sets. */
export function overrideTool(definition: JsonObject, override: Override): JsonObject {
  const changed: JsonObject = { ...definition };
  if (override.title !== undefined) changed["title"] = override.title;
  if (override.description !== undefined) changed["description"] = override.description;
  if (override.arguments !== undefined) changed["inputSchema"] = overrideSchema(objectOr(definition["inputSchema"]), override.arguments);
  return changed;
}

function overrideSchema(schema: JsonObject, overrides: ArgumentOverrides): JsonObject {
  const changed: JsonObject = { ...schema };
  const properties = Object.entries(objectOr(schema["properties"]));
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const isFilled = (key: JsonValue): boolean => {
    const override = typeof key === "string" ? overrides.get(key) : undefined;
    return override?.value !== undefined || override?.default !== undefined;
  };
  const rename = (key: JsonValue): JsonValue => (typeof key === "string" ? (overrides.get(key)?.name ?? key) : key);
  changed["properties"] = Object.fromEntries(properties.flatMap(([key, property]) => overrideProperty(key, property, overrides.get(key))));
  if (schema["required"] !== undefined) changed["required"] = required.filter((key) => !isFilled(key)).map(rename);
  return changed;
}

/** The property's new entry, or none where a fixed value hides it. */
function overrideProperty(key: string, property: JsonValue | undefined, override: ArgumentOverride | undefined): [string, JsonValue][] {
  if (property === undefined || override?.value !== undefined) return [];
  if (override === undefined) return [[key, property]];
  const changed: JsonObject = isObject(property) ? { ...property } : {};
  if (override.description !== undefined) changed["description"] = override.description;
  if (override.default !== undefined) changed["default"] = override.default;
  const untouched = override.description === undefined && override.default === undefined;
  return [[override.name ?? key, untouched ? property : changed]];
}

/**
 * The arguments that the server gets for those that a client sent: renamed back, fixed values put in
 * whatever the client says, defaults where it says nothing. All others stay as they came, byte for byte.
 */
export function applyArguments({ arguments: overrides }: Pick<Item, "arguments">, args: Body): Body {
  if (overrides === undefined) return args;
  const changes = new Map<string, Change>();
  for (const [origin, { name = origin }] of overrides) if (name !== origin) changes.set(name, undefined);
  for (const [origin, override] of overrides) {
    const change = changeOf(origin, override, args);
    if (change !== undefined) changes.set(origin, change);
  }
  return args.with(Object.fromEntries(changes));
}

/** What the server gets in the place of one argument; undefined: what the client sent, if anything. */
function changeOf(origin: string, { name = origin, value, default: preset }: ArgumentOverride, args: Body): Change {
  if (value !== undefined) return value;
  const given = args.member(name);
  if (given !== undefined) return name === origin ? undefined : given;
  return args.member(origin) === undefined ? preset : undefined;
}
