/**
 * The outer shape of definitions. Strict clients refuse a whole list for one member of the wrong type, so that
 * entry is dropped instead; null in place of an optional member (as some servers write "none") is taken out.
 */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { ItemKind } from "./item.ts";

interface Rule {
  readonly what: string;
  readonly holds: (value: unknown) => boolean;
  readonly needed?: boolean;
  /** Rules of an object's members, or of those of each object in an array. */
  readonly members?: Shape;
}

type Shape = Readonly<Record<string, Rule>>;

const text: Rule = { what: "a string", holds: (value) => typeof value === "string" };
const flag: Rule = { what: "true or false", holds: (value) => typeof value === "boolean" };
const object: Rule = { what: "an object", holds: isObject };
const objects: Rule = { what: "an array of objects", holds: (value) => Array.isArray(value) && value.every(isObject) };
const texts: Rule = { what: "an array of strings", holds: (value) => Array.isArray(value) && value.every(text.holds) };

const needed = (rule: Rule): Rule => ({ ...rule, needed: true });
const of = (rule: Rule, members: Shape): Rule => ({ ...rule, members });

const common: Shape = { title: text, description: text, icons: objects, _meta: object };
const content: Shape = { ...common, name: needed(text), mimeType: text, annotations: object };

const SHAPES: Readonly<Record<ItemKind, Shape>> = {
  tool: {
    ...common,
    inputSchema: needed(of(object, { properties: object, required: texts })),
    outputSchema: object,
    execution: object,
    annotations: of(object, { title: text, readOnlyHint: flag, destructiveHint: flag, idempotentHint: flag, openWorldHint: flag }),
  },
  prompt: { ...common, arguments: of(objects, { name: needed(text), title: text, description: text, required: flag }) },
  resource: content,
  template: content,
};

/** The definition without the nulls that mean "none"; the same object where there are none. */
export function withoutNulls(kind: ItemKind, definition: JsonObject): JsonObject {
  return strip(definition, SHAPES[kind]);
}

/** What in the definition has the wrong type, as a sentence; undefined when nothing has. */
export function shapeFault(kind: ItemKind, definition: JsonObject): string | undefined {
  return faultIn(definition, SHAPES[kind], "");
}

function strip(value: JsonObject, shape: Shape): JsonObject {
  const changes = new Map<string, JsonValue | undefined>();
  for (const [key, rule] of Object.entries(shape)) {
    const member = value[key];
    if (member === null && rule.needed !== true) changes.set(key, undefined);
    else if (rule.members !== undefined && rule.holds(member)) {
      const stripped = stripMember(member, rule.members);
      if (stripped !== member) changes.set(key, stripped);
    }
  }
  if (changes.size === 0) return value;
  const kept = Object.entries(value).map(([key, member]) => [key, changes.has(key) ? changes.get(key) : member] as const);
  return Object.fromEntries(kept.filter(([, member]) => member !== undefined));
}

function stripMember(member: JsonValue | undefined, shape: Shape): JsonValue | undefined {
  if (isObject(member)) return strip(member, shape);
  if (!Array.isArray(member)) return member;
  const stripped = member.map((each) => (isObject(each) ? strip(each, shape) : each));
  return stripped.some((each, index) => each !== member[index]) ? stripped : member;
}

function faultIn(value: JsonObject, shape: Shape, path: string): string | undefined {
  for (const [key, rule] of Object.entries(shape)) {
    const member = value[key];
    const name = path + key;
    if (member === undefined && rule.needed === true) return `Its \`${name}\` is missing.`;
    if (member === undefined) continue;
    if (!rule.holds(member)) return `Its \`${name}\` is not ${rule.what}.`;
    for (const each of rule.members === undefined ? [] : [member].flat()) {
      const fault = isObject(each) ? faultIn(each, rule.members ?? {}, `${name}.`) : undefined;
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}
