/** Reads a part of a kept result: a range of bytes or lines, a value, or what is found in it. Pure; answers are bounded and say how to go on. */

import { isUtf8 } from "node:buffer";
import { ToolyardError } from "../base/errors.ts";
import { childrenOf, containerAt, rootOf, type Child } from "./json-walk.ts";
import { findPointer } from "./pointer.ts";
import { previewJson } from "./preview-json.ts";
import type { Query } from "./query.ts";
import { searched } from "./searching.ts";
import { characterEnd, characterStart, countLines } from "./text.ts";
import { behindTheEnd, windowOf, type Bounds, type Reading, type Text, type Window } from "./window.ts";

/** @throws INVALID_ARGUMENTS for what is not there */
export function readPart(part: Text, query: Query, bounds: Bounds): Reading {
  const text = query.pointer === undefined ? part : valueOf(part, query.pointer);
  const window = windowOf(text.bytes, query);
  if (query.search !== undefined || query.regex !== undefined) return searched(text, window, query, bounds);
  const isChosen = query.offset !== undefined || query.length !== undefined || query.line !== undefined || query.lines !== undefined;
  if (!isChosen && text.kind === "json" && text.bytes.length > bounds.most) return readValue(text.bytes, query, bounds.most);
  return readWindow(text.bytes, window, bounds.most);
}

/** A string is read as the text that it is. */
function valueOf({ kind, bytes }: Text, pointer: string): Text {
  if (kind !== "json") throw new ToolyardError("INVALID_ARGUMENTS", "This part is text and no JSON, so no pointer leads into it.");
  const { start, end } = findPointer(bytes, pointer);
  const value = bytes.subarray(start, end);
  const text: unknown = bytes[start] === 0x22 && isUtf8(value) ? JSON.parse(value.toString("utf8")) : undefined;
  return typeof text === "string" && text.isWellFormed() ? { kind: "text", bytes: Buffer.from(text) } : { kind: "json", bytes: value };
}

function readWindow(bytes: Buffer, { from, to, line }: Window, most: number): Reading {
  const whole = bytes.subarray(from, to);
  const isCut = whole.length > most;
  const end = isCut ? pieceEnd(bytes, from, most) : characterEnd(bytes, to);
  const slice = bytes.subarray(from, end);
  const rest = end === bytes.length ? "This is the end." : `Go on with "offset": ${end}.`;
  const where = `Bytes ${from} to ${Math.max(from, end - 1)} of ${bytes.length}${line === undefined ? "" : `, from line ${line} on`}.`;
  const next = !isCut && line !== undefined && end < bytes.length ? `Go on with "line": ${line + countLines(slice)}.` : rest;
  if (isUtf8(slice)) return { text: slice.toString("utf8"), about: `${where} ${next}` };
  const last = Math.min(end, pieceEnd(bytes, from, 3 * Math.floor(most / 4)));
  const coded = bytes.subarray(from, last);
  const onward = last === bytes.length ? "This is the end." : `Go on with "offset": ${last}.`;
  return {
    text: coded.toString("base64"),
    about: `Bytes ${from} to ${last - 1} of ${bytes.length}, which are no text: in base64. ${onward}`,
  };
}

/** Whole characters, one at the least. */
function pieceEnd(bytes: Buffer, from: number, most: number): number {
  const end = characterStart(bytes, from + most);
  return end > from ? end : characterEnd(bytes, from + 1);
}

/** A value that is too large: whole elements of an array, the shape of everything else. */
function readValue(bytes: Buffer, { skip }: Query, most: number): Reading {
  const root = rootOf(bytes);
  if (containerAt(bytes, root) !== "array") {
    const about = `It has ${bytes.length} bytes, too many at once: this is its shape. Take a pointer into it, or read it from "offset": 0 on.`;
    return { text: previewJson(bytes, most), about };
  }
  const elements = [...childrenOf(bytes, root)];
  if (elements.length === 0) return readWindow(bytes, { from: 0, to: bytes.length }, most);
  if (skip >= elements.length) throw behindTheEnd(`element ${skip}`, `${elements.length} elements`);
  return readElements(bytes, elements, skip, most);
}

function readElements(bytes: Buffer, elements: readonly Child[], skip: number, most: number): Reading {
  const first = elements[skip];
  const start = first?.start ?? 0;
  const fitting = elements.slice(skip).findLastIndex(({ end }) => end - start <= most - 2) + 1;
  if (fitting === 0) {
    const text = previewJson(bytes.subarray(start, first?.end), most);
    return {
      text,
      about: `Element ${skip} of ${elements.length} has ${(first?.end ?? start) - start} bytes: this is its shape. Read it by a pointer to it.`,
    };
  }
  const end = elements[skip + fitting - 1]?.end ?? start;
  const next = skip + fitting;
  const rest = next === elements.length ? "These are the last." : `Go on with "skip": ${next}.`;
  return { text: `[${bytes.toString("utf8", start, end)}]`, about: `Elements ${skip} to ${next - 1} of ${elements.length}. ${rest}` };
}
