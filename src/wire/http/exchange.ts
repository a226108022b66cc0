/** One request on its way and the answer that comes back. */

import { HttpFailure, type BodyReader, type HttpReply } from "./carrier.ts";
import type { Head } from "./head.ts";

export interface ExchangeParts {
  /** Of the server; stands before what went wrong. */
  readonly origin: string;
  /** The request's head, complete. */
  readonly head: string;
  readonly body: Buffer | undefined;
  readonly signal: AbortSignal;
  resolve(reply: HttpReply): void;
  reject(error: Error): void;
}

/** What came before somebody reads it; more of it, and the connection is not read on. In bytes. */
const MOST_EARLY = 256 * 1024;

export class Exchange implements HttpReply {
  readonly #parts: ExchangeParts;
  /** True once a connection stood for it: from then on bytes may have been sent. */
  started = false;
  /** Called when it ends before it is complete, so that its connection is not used on. */
  onEnd: (() => void) | undefined;
  /** Set while more has come than somebody reads. */
  onRead: (() => void) | undefined;
  #head: Head | undefined;
  #reader: BodyReader | undefined;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  /** How the body has ended. */
  #whole: boolean | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    parts.signal.addEventListener("abort", this.#aborted);
  }

  /** The request's head and body. */
  get request(): { readonly head: string; readonly body: Buffer | undefined } {
    return this.#parts;
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  get isOver(): boolean {
    return this.#whole !== undefined;
  }

  header(name: string): string | undefined {
    return this.#head?.headers.get(name);
  }

  read(reader: BodyReader): void {
    const early = this.#early;
    this.#early = [];
    this.#reader = reader;
    for (const piece of early) reader.data(piece);
    if (this.#whole !== undefined) reader.done(this.#whole);
    else this.onRead?.();
  }

  abort(): void {
    this.#end(false);
  }

  /** The head of the answer has come. */
  answer(head: Head): void {
    this.#head = head;
    this.#parts.resolve(this);
  }

  /** A piece of the body has come. @returns false where it is not read yet and enough waits already */
  data(piece: Buffer): boolean {
    if (this.#whole !== undefined) return true;
    if (this.#reader !== undefined) {
      this.#reader.data(piece);
      return true;
    }
    this.#early.push(piece);
    this.#earlyBytes += piece.length;
    return this.#earlyBytes < MOST_EARLY;
  }

  /** The answer is whole. */
  complete(): void {
    this.onEnd = undefined;
    this.#end(true);
  }

  /** No answer comes, or no more of it. */
  fail(error: NodeJS.ErrnoException): void {
    const message = `${this.#parts.origin}: ${error.message || error.code || "no answer"}`;
    if (this.#head === undefined) this.#parts.reject(new HttpFailure(message, this.started, error));
    this.#end(false);
  }

  readonly #aborted = (): void => {
    if (this.#head === undefined) this.#parts.reject(this.#parts.signal.reason as Error);
    this.#end(false);
  };

  #end(whole: boolean): void {
    if (this.#whole !== undefined) return;
    this.#whole = whole;
    this.#parts.signal.removeEventListener("abort", this.#aborted);
    this.#reader?.done(whole);
    this.onEnd?.();
  }
}
