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

type Rules = Readonly<Record<string, Rule>>;

/** Rules by member, as pairs, because they are walked for every definition. */
type Shape = readonly (readonly [member: string, rule: Rule])[];

const text: Rule = { what: "a string", holds: (value) => typeof value === "string" };
const flag: Rule = { what: "true or false", holds: (value) => typeof value === "boolean" };
const object: Rule = { what: "an object", holds: isObject };
const objects: Rule = { what: "an array of objects", holds: (value) => Array.isArray(value) && value.every(isObject) };
const texts: Rule = { what: "an array of strings", holds: (value) => Array.isArray(value) && value.every(text.holds) };

const needed = (rule: Rule): Rule => ({ ...rule, needed: true });
const of = (rule: Rule, members: Rules): Rule => ({ ...rule, members: Object.entries(members) });

const common: Rules = { title: text, description: text, icons: objects, _meta: object };
const content: Rules = { ...common, name: needed(text), mimeType: text, annotations: object };
const tool: Rules = {
  ...common,
  inputSchema: needed(of(object, { properties: object, required: texts })),
  outputSchema: object,
  execution: object,
  annotations: of(object, { title: text, readOnlyHint: flag, destructiveHint: flag, idempotentHint: flag, openWorldHint: flag }),
};
const prompt: Rules = { ...common, arguments: of(objects, { name: needed(text), title: text, description: text, required: flag }) };

const SHAPES: Readonly<Record<ItemKind, Shape>> = {
  tool: Object.entries(tool),
  prompt: Object.entries(prompt),
  resource: Object.entries(content),
  template: Object.entries(content),
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
  let stripped = value;
  for (const [key, { needed: isNeeded, members }] of shape) {
    const member = value[key];
    if (member === null && isNeeded !== true) {
      stripped = { ...stripped };
      delete stripped[key];
    } else if (members !== undefined && typeof member === "object") {
      const inner = stripMember(member, members);
      if (inner !== member) stripped = { ...stripped, [key]: inner };
    }
  }
  return stripped;
}

function stripMember(member: JsonValue, shape: Shape): JsonValue {
  if (isObject(member)) return strip(member, shape);
  if (!Array.isArray(member)) return member;
  const stripped = member.map((each) => (isObject(each) ? strip(each, shape) : each));
  return stripped.some((each, index) => each !== member[index]) ? stripped : member;
}

function faultIn(value: JsonObject, shape: Shape, path: string): string | undefined {
  for (const [key, rule] of shape) {
    const member = value[key];
    if (member === undefined && rule.needed !== true) continue;
    if (member === undefined) return `Its \`${path}${key}\` is missing.`;
    if (!rule.holds(member)) return `Its \`${path}${key}\` is not ${rule.what}.`;
    const fault = rule.members === undefined ? undefined : faultWithin(member, rule.members, `${path}${key}.`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultWithin(member: JsonValue, shape: Shape, path: string): string | undefined {
  if (!Array.isArray(member)) return isObject(member) ? faultIn(member, shape, path) : undefined;
  for (const each of member) {
    const fault = isObject(each) ? faultIn(each, shape, path) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}
