/** Server-sent events over bytes, read and written by the WHATWG rules (HTML standard, 9.2 "Server-sent events"). */

import { ToolyardError } from "../base/errors.ts";
import { withoutBom } from "./bom.ts";
import { Pieces } from "./pieces.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const NEWLINE = Buffer.from("\n");
const DIGITS = /^[0-9]+$/;

export interface SseEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  /** The data lines, joined by `\n`; empty for an event that only brings an id or a retry time. */
  readonly data: Buffer;
  /** The id that stands in this very event. */
  readonly id: string | undefined;
  /** Milliseconds to wait before reconnecting. */
  readonly retry: number | undefined;
}

export interface SseReaderOptions {
  /** Largest event that is delivered, in bytes of its data and of the line that is being read. */
  readonly limit: number;
  event(event: SseEvent): void;
  /** An event was larger than the limit and has been dropped; `size` counts the bytes of its lines. Once for each such event. */
  oversize(size: number): void;
}

/**
 * Reads an event stream that may be cut anywhere. One rule is ours: an event without data is delivered too when
 * it has an id or a retry time, since streams are primed for resumption by it. It never holds more than `limit` bytes.
 */
export class SseReader {
  readonly #options: SseReaderOptions;
  readonly #line = new Pieces();
  /** Bytes of the line in progress, also while they are dropped. */
  #lineSize = 0;
  #draft = new Draft();
  /** Bytes of the event in progress when it is too large, else 0. */
  #dropped = 0;
  #afterCr = false;
  #atStart = true;

  constructor(options: SseReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    let from = this.#afterCr && chunk[0] === LF ? 1 : 0;
    this.#afterCr = chunk.at(-1) === CR;
    let lf = next(chunk, LF, from);
    let cr = next(chunk, CR, from);
    for (let end = Math.min(lf, cr); end < Infinity; end = Math.min(lf, cr)) {
      const rest = chunk.subarray(from, end);
      from = lf === cr + 1 ? lf + 1 : end + 1;
      if (lf < from) lf = next(chunk, LF, from);
      if (cr < from) cr = next(chunk, CR, from);
      this.#endLine(rest);
    }
    this.#keep(chunk.subarray(from));
  }

  /** The stream has ended: an event that is not complete is dropped, as the standard says. */
  end(): void {
    const dropped = this.#dropped;
    this.#line.take();
    this.#lineSize = 0;
    this.#draft = new Draft();
    this.#dropped = 0;
    if (dropped > 0) this.#options.oversize(dropped);
  }

  #keep(bytes: Buffer): void {
    this.#lineSize += bytes.length;
    if (this.#dropped > 0) {
      this.#dropped += bytes.length;
      return;
    }
    this.#line.add(bytes);
    const size = this.#draft.size + this.#lineSize;
    if (size <= this.#options.limit) return;
    this.#dropped = size;
    this.#draft = new Draft();
    this.#line.take();
  }

  #endLine(rest: Buffer): void {
    this.#keep(rest);
    const empty = this.#lineSize === 0;
    const line = this.#line.take();
    this.#lineSize = 0;
    if (empty) this.#endEvent();
    else if (this.#dropped === 0) this.#draft.add(this.#atStart ? withoutBom(line) : line);
    this.#atStart = false;
  }

  #endEvent(): void {
    const draft = this.#draft;
    const dropped = this.#dropped;
    this.#draft = new Draft();
    this.#dropped = 0;
    if (dropped > 0) this.#options.oversize(dropped);
    else if (draft.worthTelling) this.#options.event(draft.finish());
  }
}

/** One event while its lines come in. */
class Draft {
  readonly #data = new Pieces();
  #hasData = false;
  #event = "";
  #id: string | undefined;
  #retry: number | undefined;

  /** Bytes held. */
  get size(): number {
    return this.#data.size;
  }

  /** False when a blank line ends nothing that anybody could want. */
  get worthTelling(): boolean {
    return this.#hasData || this.#id !== undefined || this.#retry !== undefined;
  }

  add(line: Buffer): void {
    const colon = line.indexOf(COLON);
    const end = colon === -1 ? line.length : colon;
    const value = line.subarray(line[end + 1] === SPACE ? end + 2 : end + 1);
    const field = line.toString("latin1", 0, end);
    if (field === "data") this.#addData(value);
    else if (field === "event") this.#event = value.toString("utf8");
    else if (field === "id" && !value.includes(0)) this.#id = value.toString("utf8");
    else if (field === "retry" && DIGITS.test(value.toString("latin1"))) this.#retry = Number(value.toString("latin1"));
  }

  finish(): SseEvent {
    return { event: this.#event === "" ? "message" : this.#event, data: this.#data.take(), id: this.#id, retry: this.#retry };
  }

  #addData(value: Buffer): void {
    if (this.#hasData) this.#data.add(NEWLINE);
    this.#data.add(value);
    this.#hasData = true;
  }
}

function next(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at === -1 ? Infinity : at;
}

/**
 * One event, ready to send. Each line of the data becomes a data line of its own, so a reader gets every line
 * break back as `\n`.
 *
 * @param options an id for resumption and an event name; neither may hold a line break or NUL
 * @throws INTERNAL when one does
 */
export function writeSseEvent(data: Buffer, options: { readonly id?: string; readonly event?: string } = {}): Buffer {
  const head = Object.entries(options).map(([field, value]) => `${field}: ${oneLine(value)}\n`);
  return Buffer.concat([Buffer.from(`${head.join("")}data: `), dataLines(data), Buffer.from("\n\n")]);
}

function dataLines(data: Buffer): Buffer {
  if (!data.includes(LF) && !data.includes(CR)) return data;
  return Buffer.from(data.toString("latin1").replaceAll(/\r\n?|\n/g, "\ndata: "), "latin1");
}

function oneLine(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new ToolyardError("INTERNAL", "A line break or NUL in the id or name of a server-sent event.");
  return value;
}

/** A line that readers ignore; it keeps a quiet stream from being cut by what stands between. */
export const SSE_COMMENT: Buffer = Buffer.from(":\n\n");
