/** Newline framing on its way out: what is written within one turn of the event loop leaves in one system call. */

import type { Writable } from "node:stream";

const LINE_END = Buffer.from("\n");

/** From so many bytes on, copying costs more than a system call of its own. */
const LARGE = 64 * 1024;

/**
 * Writes messages, one a line. To wake the reader of a pipe is dear, often dearer than all the rest of a call; so lines wait
 * for the end of the turn in which the first of them came, and go together. With one message in flight that turn ends at once.
 */
export class LineWriter {
  readonly #stream: Writable;
  #parts: Buffer[] = [];
  #waiting = 0;
  #planned: NodeJS.Immediate | undefined;

  /** @param stream whose owner listens to its errors, and calls {@link LineWriter.flush} before it ends it */
  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Bytes that nobody has taken yet, those that the stream itself holds included. */
  get length(): number {
    return this.#waiting + this.#stream.writableLength;
  }

  /** Writes one message, which stands on one line already; false when the stream takes no more. */
  write(message: Buffer): boolean {
    if (this.#stream.destroyed || this.#stream.writableEnded) return false;
    this.#parts.push(message, LINE_END);
    this.#waiting += message.length + 1;
    if (message.length >= LARGE) this.flush();
    else this.#planned ??= setImmediate(() => this.flush());
    return true;
  }

  /** Hands over at once what still waits. */
  flush(): void {
    clearImmediate(this.#planned);
    this.#planned = undefined;
    const parts = this.#parts;
    const bytes = this.#waiting;
    if (parts.length === 0) return;
    this.#parts = [];
    this.#waiting = 0;
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    if (bytes < 2 * LARGE) return void this.#stream.write(Buffer.concat(parts, bytes));
    this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    this.#stream.uncork();
  }
}
