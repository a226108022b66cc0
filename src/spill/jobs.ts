/** What is done away from the loop that calls run on: taking a large result apart, writing it down, reading it. */

import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { ToolyardError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { takeApart, type Part, type Room } from "./parts.ts";
import type { Query } from "./query.ts";
import { readPart } from "./reading.ts";
import type { Bounds, Reading } from "./window.ts";

/** A part, and where it stands in the file. */
export interface KeptPart extends Pick<Part, "kind" | "what"> {
  readonly start: number;
  readonly end: number;
}

export interface KeepJob {
  readonly kind: "keep";
  /** A CallToolResult. */
  readonly bytes: Uint8Array;
  readonly file: string;
  readonly room: Room;
}

export interface Kept {
  readonly parts: readonly KeptPart[];
  readonly size: number;
  /** What the model gets. */
  readonly content: readonly JsonValue[];
  /** True where the result's structured content is kept too, and not to be sent. */
  readonly structured: boolean;
}

export interface ReadJob {
  readonly kind: "read";
  readonly file: string;
  readonly part: KeptPart;
  readonly query: Query;
  /** Bytes of an answer at the most. */
  readonly most: number;
}

export type Job = KeepJob | ReadJob;
export type Done<J extends Job> = J extends KeepJob ? Kept : Reading;

/** @throws what the file system says when it cannot be written; then nothing is left of it */
export function keep({ bytes, file, room }: KeepJob): Kept {
  const { parts, content, structured } = takeApart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), room);
  const kept: KeptPart[] = [];
  let size = 0;
  for (const { kind, what, bytes: own } of parts) {
    kept.push({ kind, what, start: size, end: size + own.length });
    size += own.length;
  }
  if (parts.length > 0) write(file, parts);
  return { parts: kept, size, content, structured };
}

function write(file: string, parts: readonly Part[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, "wx", 0o600);
  try {
    for (const { bytes } of parts) for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** @throws RESULT_UNKNOWN when the file has gone, INVALID_ARGUMENTS for what is not in it */
export function read({ file, part, query, most }: ReadJob, begin: Bounds["begin"]): Reading {
  return readPart({ kind: part.kind, bytes: bytesOf(file, part) }, query, { most, ...(begin === undefined ? {} : { begin }) });
}

function bytesOf(file: string, { start, end }: KeptPart): Buffer {
  const handle = open(file);
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(end, fstatSync(handle).size) - start));
    for (let at = 0; at < bytes.length;) {
      const count = readSync(handle, bytes, at, bytes.length - at, start + at);
      if (count === 0) break;
      at += count;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

function open(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new ToolyardError("RESULT_UNKNOWN", "What was kept has been removed from the disk.", { mend: "Call the tool again." }, error);
  }
}
