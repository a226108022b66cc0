/** Newline framing of messages over bytes: MCP stdio, in both directions. */

import { withoutBom } from "./bom.ts";
import { Pieces } from "./pieces.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Nobody writes a message of so many times the limit: whoever writes there knows no lines. */
const ENDLESS = 16;

const BRACE = 0x7b;

/** How much of an oversize line is shown to whoever has to say which message it was. */
const HEAD = 1024;

export interface LineReaderOptions {
  /** Longest line that is delivered, in bytes without its line feed. */
  readonly limit: number;
  /** A line without its line end; never empty. It may share memory with the chunk that it came in. */
  line(bytes: Buffer): void;
  /** A line was longer than the limit and has been dropped; `head` is its first 1 KiB, `size` all its bytes. Once for each such line. */
  oversize(head: Buffer, size: number): void;
  /** A line is too long and no message, or far too long even for one: its end may never come. Once for each such line. */
  endless?(size: number): void;
}

/**
 * Cuts a byte stream into lines. `\r\n` counts as `\n`, empty lines and a byte order mark at the very start are
 * skipped. It never holds more than `limit` bytes: a longer line is dropped while it streams in.
 */
export class LineReader {
  readonly #options: LineReaderOptions;
  readonly #pieces = new Pieces();
  /** Bytes of the line in progress, those dropped included. */
  #size = 0;
  /** Set while the line in progress is too long. */
  #head: Buffer | undefined;
  #isEndless = false;
  #atStart = true;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      const rest = chunk.subarray(from, end);
      from = end + 1;
      this.#finish(rest);
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The stream has ended: what stands after the last line feed is a line too. */
  end(): void {
    this.#finish(Buffer.alloc(0));
  }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#head !== undefined) return this.#judge(this.#head);
    this.#pieces.add(bytes);
    if (this.#size <= this.#options.limit) return;
    this.#head = this.#pieces.head(HEAD);
    this.#pieces.take();
    this.#judge(this.#head);
  }

  #judge(head: Buffer): void {
    const { limit, endless } = this.#options;
    const isMessage = (this.#atStart ? withoutBom(head) : head)[0] === BRACE;
    if (this.#isEndless || (isMessage && this.#size <= limit * ENDLESS)) return;
    this.#isEndless = true;
    endless?.(this.#size);
  }

  #finish(rest: Buffer): void {
    this.#keep(rest);
    const head = this.#head;
    const size = this.#size;
    const raw = head ?? this.#pieces.take();
    const line = this.#atStart ? withoutBom(raw) : raw;
    this.#atStart = false;
    this.#head = undefined;
    this.#isEndless = false;
    this.#size = 0;
    if (head !== undefined) this.#options.oversize(line, size);
    else this.#deliver(line.at(-1) === CR ? line.subarray(0, -1) : line);
  }

  #deliver(line: Buffer): void {
    if (line.length > 0) this.#options.line(line);
  }
}

/**
 * Puts a JSON message on one line, in place: line breaks, which JSON allows between its tokens only, become spaces.
 * Without it, a message inside a message could pass for one of its own.
 */
export function oneLine(message: Buffer): Buffer {
  for (const byte of [LF, CR]) {
    for (let at = message.indexOf(byte); at !== -1; at = message.indexOf(byte, at + 1)) message[at] = SPACE;
  }
  return message;
}
