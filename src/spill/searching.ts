/** Finds what a model looks for in a kept result: places, pointers, and the text around them. */

import { isUtf8 } from "node:buffer";
import { messageOf, ToolyardError } from "../base/errors.ts";
import type { Place } from "./json-walk.ts";
import { pointersAt } from "./pointer.ts";
import type { Query } from "./query.ts";
import { characterStart, clipped } from "./text.ts";
import type { Bounds, Reading, Text, Window } from "./window.ts";

const MOST_SHOWN = 20;
const MOST_COUNTED = 100_000;
const LF = 0x0a;

interface Matches {
  /** Those that are shown. */
  readonly places: readonly Place[];
  /** How many there are, as far as they were counted. */
  readonly count: number;
  readonly isAll: boolean;
}

export function searched(text: Text, window: Window, query: Query, bounds: Bounds): Reading {
  const matches =
    query.search === undefined ? byPattern(text.bytes, window, query, bounds) : byText(text, window, query.search, query.skip);
  if (matches.count === 0) return { text: "", about: nothingFound(query, text.kind) };
  if (matches.places.length === 0)
    throw new ToolyardError("INVALID_ARGUMENTS", `There are ${matches.count} matches, so none is left after ${query.skip}.`);
  const lines = shown(text, matches.places, query);
  const kept = fitting(lines, bounds.most);
  const next = query.skip + kept.length;
  const total = `${matches.isAll ? "" : "at least "}${matches.count}`;
  const rest = next >= matches.count ? "" : ` Go on with "skip": ${next}.`;
  return {
    text: kept.join("\n"),
    about: `Matches ${query.skip + 1} to ${next} of ${total}.${rest} Read one by its pointer, or by "offset".`,
  };
}

function nothingFound({ search, pointer }: Query, kind: Text["kind"]): string {
  const what = search === undefined ? "No match of the pattern" : "The text is not in it";
  return `${what}${pointer === undefined ? "" : " under this pointer"}. Upper and lower case differ${kind === "json" ? ", and it is JSON as it was sent" : ""}.`;
}

/** The text as it is; in JSON, where it is not found so, as it may be written there. */
function byText({ kind, bytes }: Text, window: Window, search: string, skip: number): Matches {
  const written = JSON.stringify(search).slice(1, -1);
  const ascii = written.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const forms = kind === "json" ? new Set([search, written, ascii]) : [search];
  for (const form of forms) {
    const matches = occurrences(bytes, window, Buffer.from(form), skip);
    if (matches.count > 0) return matches;
  }
  return { places: [], count: 0, isAll: true };
}

function occurrences(bytes: Buffer, { from, to }: Window, needle: Buffer, skip: number): Matches {
  const places: Place[] = [];
  let count = 0;
  let at = bytes.indexOf(needle, from);
  while (at !== -1 && at + needle.length <= to && count < MOST_COUNTED) {
    if (count >= skip && places.length < MOST_SHOWN) places.push({ start: at, end: at + needle.length });
    count++;
    at = bytes.indexOf(needle, at + needle.length);
  }
  return { places, count, isAll: count < MOST_COUNTED };
}

/** Looks no further than what is shown: each step may be dear. */
function byPattern(bytes: Buffer, { from, to }: Window, { regex = "", skip }: Query, { begin }: Bounds): Matches {
  const slice = bytes.subarray(from, to);
  const encoding = isUtf8(slice) ? "utf8" : "latin1";
  const text = slice.toString(encoding);
  const pattern = compile(regex);
  begin?.();
  const places: Place[] = [];
  let [count, index, at] = [0, 0, from];
  for (const match of text.matchAll(pattern)) {
    if (places.length === MOST_SHOWN) return { places, count: count + 1, isAll: false };
    at += Buffer.byteLength(text.slice(index, match.index), encoding);
    index = match.index;
    if (count >= skip) places.push({ start: at, end: at + Buffer.byteLength(match[0], encoding) });
    count++;
  }
  return { places, count, isAll: true };
}

/** @throws INVALID_ARGUMENTS */
function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "gmu");
  } catch (error) {
    throw new ToolyardError("INVALID_ARGUMENTS", `${messageOf(error).slice(0, 300)}.`, { mend: "`search` finds a text as it is." });
  }
}

function shown({ kind, bytes }: Text, places: readonly Place[], { context, pointer = "" }: Query): string[] {
  const pointers =
    kind === "json"
      ? pointersAt(
          bytes,
          places.map(({ start }) => start),
        )
      : [];
  let [line, counted] = [1, 0];
  return places.map(({ start, end }, index) => {
    for (let at = bytes.indexOf(LF, counted); at !== -1 && at < start; at = bytes.indexOf(LF, counted))
      [line, counted] = [line + 1, at + 1];
    const path = pointers[index];
    const where = path === undefined ? `line ${line}` : `pointer "${pointer}${path}"`;
    return `${where}, offset ${start}: ${around(bytes, { start, end }, context)}`;
  });
}

function around(bytes: Buffer, { start, end }: Place, context: number): string {
  const from = characterStart(bytes, Math.max(0, start - context));
  const to = characterStart(bytes, Math.min(bytes.length, Math.min(end, start + 500) + context));
  return `${from > 0 ? "…" : ""}${clipped(bytes.toString("utf8", from, to), 2 * context + 600)}${to < bytes.length ? "…" : ""}`;
}

/** At least one line, however long it is. */
function fitting(lines: readonly string[], most: number): string[] {
  let left = most;
  const cut = lines.findIndex((line, index) => (left -= Buffer.byteLength(line) + 1) < 0 && index > 0);
  return cut === -1 ? [...lines] : lines.slice(0, cut);
}
