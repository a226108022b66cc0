/** A tool in one line, as models read functions: what it needs, what it takes, what it is for. */

import { isObject, objectOr, stringOr, type JsonObject, type JsonValue } from "../../base/json.ts";

/** Characters for what may be left out; what is required is there in any case. */
const OPTIONAL_ROOM = 160;
const TYPE_ROOM = 48;
const ABOUT_ROOM = 180;
/** Required parameters beyond that are named without their types. */
const REQUIRED_ROOM = 1_000;

/** `name(needed: string, free?: number, +2)`; the `+2` are optional ones that have no room. */
export function signatureOf(definition: JsonObject): string {
  const schema = objectOr(definition["inputSchema"]);
  const properties = objectOr(schema["properties"]);
  const required = requiredIn(schema);
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const shown = required.map((name) => `${wordFor(name)}: ${typeOf(properties[name])}`);
  const needed = shown.join(", ").length > REQUIRED_ROOM ? required.map(wordFor) : shown;
  const free = withinRoom(optional.map((name) => `${wordFor(name)}?: ${typeOf(properties[name])}`));
  const left = optional.length - free.length;
  return `${stringOr(definition["name"]) ?? ""}(${[...needed, ...free, ...(left > 0 ? [`+${left}`] : [])].join(", ")})`;
}

/** The names that a schema requires at its top. */
export function requiredIn({ required }: JsonObject): string[] {
  return Array.isArray(required) ? [...new Set(required.filter((name) => typeof name === "string"))] : [];
}

/** What a tool is for: its first sentence, on one line and not long. */
export function aboutOf({ description, title }: JsonObject): string {
  const text = oneLine(stringOr(description) ?? stringOr(title) ?? "");
  const sentence = /^.+?[.!?](?= |$)/u.exec(text)?.[0] ?? text;
  return shortened(sentence.length < text.length && sentence.length < 20 ? text : sentence, ABOUT_ROOM);
}

/** The text as one line without what could pass for our own words. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
}

/** At most so many characters, cut at a word. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${/^.*\S(?=\s)/u.exec(cut)?.[0] ?? cut}…`;
}

function withinRoom(parts: readonly string[]): string[] {
  const taken: string[] = [];
  let left = OPTIONAL_ROOM;
  for (const part of parts) {
    left -= part.length + 2;
    if (left < 0) break;
    taken.push(part);
  }
  return taken;
}

function wordFor(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name) ? name : JSON.stringify(name);
}

function typeOf(schema: JsonValue | undefined): string {
  const text = typeText(schema, 0);
  return text.length <= TYPE_ROOM ? text : "…";
}

function typeText(schema: JsonValue | undefined, depth: number): string {
  if (!isObject(schema) || depth > 2) return "any";
  const { const: only, enum: values, type } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return choiceOf(values);
  if (type === "array") return `${inBrackets(typeText(schema["items"], depth + 1))}[]`;
  if (type === "object") return objectText(schema);
  if (typeof type === "string") return oneLine(type);
  const either = [schema["anyOf"], schema["oneOf"], Array.isArray(type) ? type.map((one) => ({ type: one })) : undefined].find(
    Array.isArray,
  );
  return either === undefined ? "any" : [...new Set(either.map((one) => typeText(one, depth + 1)))].join(" | ");
}

/** As many of the values as there is room for. */
function choiceOf(values: readonly JsonValue[]): string {
  const texts = values.map((value) => oneLine(JSON.stringify(value)));
  let count = texts.length;
  while (count > 1 && texts.slice(0, count).join(" | ").length > TYPE_ROOM - 4) count--;
  return [...texts.slice(0, count), ...(count < texts.length ? ["…"] : [])].join(" | ");
}

/** What must be in it; the rest is for whoever looks closer. */
function objectText(schema: JsonObject): string {
  const required = requiredIn(schema).map(wordFor);
  const more = Object.keys(objectOr(schema["properties"])).length > required.length;
  const text = `{${[...required, ...(more || required.length === 0 ? ["…"] : [])].join(", ")}}`;
  return text.length <= TYPE_ROOM - 2 ? text : "{…}";
}

function inBrackets(text: string): string {
  return text.includes(" | ") ? `(${text})` : text;
}
