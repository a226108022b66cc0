/** A large result, taken apart: what is kept to be read later, and what the model gets in its place. Pure. */

import { isUtf8 } from "node:buffer";
import { Body } from "../base/body.ts";
import { objectOr, stringOr, type JsonObject, type JsonValue } from "../base/json.ts";
import { childrenOf, rootOf } from "./json-walk.ts";
import { previewJson } from "./preview-json.ts";
import { previewText } from "./preview-text.ts";
import { clipped, sizeText } from "./text.ts";

/** What can be read of a kept result. */
export interface Part {
  readonly kind: "json" | "text";
  /** As the model is told: "text of content 0". */
  readonly what: string;
  readonly bytes: Buffer;
}

export interface TakenApart {
  readonly parts: readonly Part[];
  /** In place of the result's own. */
  readonly content: readonly JsonValue[];
  /** True where `structuredContent` is among the parts. */
  readonly structured: boolean;
}

export interface Room {
  readonly handle: string;
  /** For how long it is kept, in words. */
  readonly kept: string;
  /** Characters for all previews together, about. */
  readonly characters: number;
}

/** What is smaller stays where it is. */
const SMALL = 2 * 1024;
/** More than so many parts get no preview each. */
const MOST_PREVIEWS = 12;

/** @param bytes a CallToolResult (spec: Tools), larger than it may be */
export function takeApart(bytes: Buffer, room: Room): TakenApart {
  const result = Body.from(bytes);
  const isError = result.get("isError") === true;
  const { parts, content } = contentOf(result.member("content"));
  const structured = result.member("structuredContent");
  const large = structured !== undefined && structured.bytes.length > SMALL;
  const all = large ? [...parts, { kind: "json" as const, what: "structuredContent", bytes: structured.bytes }] : parts;
  return { parts: all, content: [...content, { type: "text", text: told(all, isError, room) }], structured: large };
}

interface Content {
  readonly parts: Part[];
  /** What stays. */
  readonly content: JsonValue[];
}

function contentOf(member: Body | undefined): Content {
  if (member === undefined || !Array.isArray(member.value)) return { parts: [], content: [] };
  const blocks = [...childrenOf(member.bytes, rootOf(member.bytes))].map(({ start, end }) => member.bytes.subarray(start, end));
  const small = blocks.filter((block) => block.length <= SMALL);
  const many = small.reduce((sum, block) => sum + block.length, 0) > 4 * SMALL;
  if (many) return { parts: [{ kind: "json", what: "content", bytes: member.bytes }], content: [] };
  const parts: Part[] = [];
  const content: JsonValue[] = [];
  for (const [index, block] of blocks.entries()) {
    const value = JSON.parse(block.toString("utf8")) as JsonValue;
    if (block.length <= SMALL) content.push(value);
    else parts.push(partOf(index, block, objectOr(value)));
  }
  return { parts, content };
}

/** A block's text, where that is all that matters and can be kept as it is; else the block as it came. */
function partOf(index: number, block: Buffer, value: JsonObject): Part {
  const resource = objectOr(value["resource"]);
  const text = stringOr(value["type"] === "resource" ? resource["text"] : value["text"]);
  const rest = block.length - Buffer.byteLength(text ?? "");
  const exact = text !== undefined && text.isWellFormed() && isUtf8(block) && text.length > rest / 8;
  if (!exact) return { kind: "json", what: `content ${index}, ${aboutBlock(value, resource, block.length)}, as JSON`, bytes: block };
  const bytes = Buffer.from(text);
  const uri = stringOr(resource["uri"]);
  const what = uri === undefined ? `text of content ${index}` : `text of the resource ${clipped(uri, 200)}`;
  return { kind: isJson(text) ? "json" : "text", what, bytes };
}

function aboutBlock(value: JsonObject, resource: JsonObject, bytes: number): string {
  const type = clipped(stringOr(value["type"]) ?? "unknown", 40);
  const mime = stringOr(value["mimeType"]) ?? stringOr(resource["mimeType"]);
  return `${type}${mime === undefined ? "" : ` ${clipped(mime, 80)}`} of ${sizeText(bytes)}`;
}

/** An object or an array; a number or a word is as well read as text. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function told(parts: readonly Part[], isError: boolean, { handle, kept, characters }: Room): string {
  const whole = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const room = Math.floor(characters / Math.min(Math.max(parts.length, 1), MOST_PREVIEWS));
  const heading = `${isError ? "The tool failed, with" : "The tool's result has"} ${sizeText(whole)}, too much to show. All of it is kept for ${kept}: read_result reads any part of it, with the handle "${handle}". This is a preview.`;
  const previews = parts
    .slice(0, MOST_PREVIEWS)
    .map((part, index) => `Part ${index + 1}: ${part.what}, ${part.bytes.length} bytes.\n${preview(parts, index, room, isError)}`);
  const more = parts
    .slice(MOST_PREVIEWS, 100)
    .map(({ what, bytes }, index) => `Part ${index + MOST_PREVIEWS + 1}: ${what}, ${bytes.length} bytes.`);
  return [heading, ...previews, ...(more.length > 0 ? [more.join("\n")] : []), hint(parts[0], handle)].join("\n\n");
}

function preview(parts: readonly Part[], index: number, room: number, isError: boolean): string {
  const part = parts[index];
  if (part === undefined) return "";
  if (part.what.endsWith("as JSON")) return "";
  const twin = parts.slice(0, index).findIndex((other) => other.kind === part.kind && sameJson(other.bytes, part.bytes));
  if (twin !== -1) return `The same as part ${twin + 1}.`;
  return part.kind === "json" && !isError ? previewJson(part.bytes, room) : previewText(part.bytes, room);
}

/** Servers often give their structured content once more as text. */
function sameJson(one: Buffer, other: Buffer): boolean {
  if (one.equals(other)) return true;
  if (Math.abs(one.length - other.length) > one.length) return false;
  return JSON.stringify(JSON.parse(one.toString("utf8"))) === JSON.stringify(JSON.parse(other.toString("utf8")));
}

function hint(part: Part | undefined, handle: string): string {
  const first = part?.kind === "json" ? `"pointer": "/…"` : `"line": 1, "lines": 100`;
  return `Read on: read_result({"handle": "${handle}", ${first}}), or find what you need: read_result({"handle": "${handle}", "search": "…"}).`;
}
