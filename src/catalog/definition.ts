/** One entry of a server's list: whether clients can be given it, and if not, why. Whatever is unknown passes untouched. */

import { isObject, type JsonObject } from "../base/json.ts";
import type { ItemKind } from "./item.ts";
import { inputFault, outputFault } from "./schema.ts";
import { shapeFault, withoutNulls } from "./shape.ts";

const ORIGIN: Readonly<Record<ItemKind, string>> = { tool: "name", prompt: "name", resource: "uri", template: "uriTemplate" };

/** Characters that cannot be seen or that turn the direction of text: controls, formats, separators, lone surrogates, ignorables. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const MAX_NAME = 1024;
const MAX_DEPTH = 64;
/** Characters of text and keys, about. */
const MAX_SIZE = 512 * 1024;

/** A definition under its server's own name: `name` for tools and prompts, `uri` or `uriTemplate` for the rest. */
export interface Entry {
  readonly origin: string;
  readonly definition: JsonObject;
}

/** Reads the own name of one raw entry; a string says why it has none that can be used. */
export function readEntry(kind: ItemKind, raw: unknown): Entry | string {
  if (!isObject(raw)) return "It is not an object.";
  const key = ORIGIN[kind];
  const origin = raw[key];
  if (typeof origin !== "string" || origin === "") return `Its \`${key}\` is no text.`;
  if (origin.length > MAX_NAME) return `Its \`${key}\` is longer than ${MAX_NAME} characters.`;
  if (key === "name" && origin.search(UNSEEN) >= 0) return `Its name has characters that cannot be seen: ${seenText(origin)}`;
  return { origin, definition: raw };
}

/** The definition as clients can be given it; a string says what is wrong with it. */
export function checkDefinition(kind: ItemKind, raw: JsonObject): JsonObject | string {
  const bounds = boundsFault(raw);
  if (bounds !== undefined) return bounds;
  const definition = withoutNulls(kind, raw);
  const fault = shapeFault(kind, definition) ?? (kind === "tool" ? toolFault(definition) : undefined);
  return fault ?? definition;
}

/** What is wrong with a tool's schemas, as a sentence. */
export function toolFault({ inputSchema, outputSchema }: JsonObject): string | undefined {
  const fault = isObject(inputSchema) ? inputFault(inputSchema) : undefined;
  return fault ?? (isObject(outputSchema) ? outputFault(outputSchema) : undefined);
}

/** The text with what cannot be seen written out, as in `\u{200b}`. */
function seenText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function boundsFault(definition: JsonObject): string | undefined {
  let level: object[] = [definition];
  let size = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `It is nested deeper than ${MAX_DEPTH} levels.`;
    const members: [string, unknown][] = level.flatMap((value) => Object.entries(value));
    for (const [key, child] of members) size += key.length + (typeof child === "string" ? child.length : 1);
    if (size > MAX_SIZE) return `It is larger than ${MAX_SIZE / 1024} KiB.`;
    level = members.map(([, child]) => child).filter((child) => typeof child === "object" && child !== null);
  }
  return undefined;
}
