/** What is read of a kept result, and from where to where. */

import { ToolyardError } from "../base/errors.ts";
import type { Query } from "./query.ts";
import { characterStart, countLines, lineStart } from "./text.ts";

/** What is read: a part, or the value in it that a pointer names. */
export interface Text {
  readonly kind: "json" | "text";
  readonly bytes: Buffer;
}

export interface Reading {
  /** Exactly what stands there, unless `about` says otherwise. */
  readonly text: string;
  /** What it is, and how to go on. */
  readonly about: string;
}

export interface Bounds {
  /** Bytes of an answer, at the most. */
  readonly most: number;
  /** Told right before a regular expression runs. */
  begin?(): void;
}

export interface Window {
  readonly from: number;
  readonly to: number;
  /** What is read in bytes tells of bytes, and of lines in lines. */
  readonly line?: number;
}

export function windowOf(bytes: Buffer, { offset, length, line, lines }: Query): Window {
  if (line !== undefined || lines !== undefined) return lineWindow(bytes, line ?? 1, lines);
  const from = offset ?? 0;
  if (from > 0 && from >= bytes.length) throw behindTheEnd(`byte ${from}`, `${bytes.length} bytes`);
  return { from: characterStart(bytes, from), to: Math.min(bytes.length, from + (length ?? bytes.length)) };
}

function lineWindow(bytes: Buffer, line: number, lines: number | undefined): Window {
  const from = lineStart(bytes, line);
  if (line > 1 && from === bytes.length) throw behindTheEnd(`line ${line}`, `${countLines(bytes)} lines`);
  return { from, to: lines === undefined ? bytes.length : lineStart(bytes, lines + 1, from), line };
}

export function behindTheEnd(where: string, size: string): ToolyardError {
  return new ToolyardError("INVALID_ARGUMENTS", `There is no ${where}: it has ${size}.`);
}
