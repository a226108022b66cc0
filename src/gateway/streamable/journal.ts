/**
 * What was sent on the streams of one session, for a client that has lost one and asks for the rest of it (spec 2025-11-25:
 * Streamable HTTP, Resumability and Redelivery). It is the session's own: nobody else can ask for it.
 */

import { randomBytes } from "node:crypto";
import { writeSseEvent } from "../../wire/sse.ts";

/** Kept of one stream; what is older cannot be had again. */
const MOST_EVENTS = 256;
const MOST_BYTES = 1024 * 1024;
/** Streams that have ended and are remembered all the same, as their client was away, or may have lost the end. */
const MOST_ENDED = 16;
/** Of ended streams that were read to their end, all together. */
const MOST_READ_BYTES = 64 * 1024;
const NO_DATA = Buffer.alloc(0);

/** `call`: the answer to one request. `standing`: what belongs to none. */
export type StreamKind = "call" | "standing";

/** One connection on which a stream goes out. */
export interface Sink {
  readonly isOpen: boolean;
  /** Sends one message as an event of the stream, unless the client reads too slowly. */
  send(message: Buffer, droppable: boolean): boolean;
  end(last?: Buffer): void;
}

export class StreamRecord {
  readonly name: string;
  readonly kind: StreamKind;
  readonly #events: { readonly number: number; readonly bytes: Buffer }[] = [];
  #bytes = 0;
  #last = 0;
  #sink: Sink | undefined;
  #isOver = false;
  #wasRead = false;

  constructor(name: string, kind: StreamKind) {
    this.name = name;
    this.kind = kind;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Is nothing more to come? */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Was somebody there for the last word? */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** Is there somebody who reads it? */
  get isRead(): boolean {
    return this.#sink?.isOpen ?? false;
  }

  /** The newest connection is the one that counts. */
  attach(sink: Sink): void {
    const before = this.#sink;
    this.#sink = sink;
    if (before?.isOpen) before.end();
  }

  /** An event without data: from now on the client can ask for the rest. */
  prime(): Buffer {
    return writeSseEvent(NO_DATA, { id: this.#id(++this.#last) });
  }

  /** A message as an event that can be had again. */
  frame(message: Buffer): Buffer {
    const number = ++this.#last;
    const bytes = writeSseEvent(message, { id: this.#id(number) });
    this.#events.push({ number, bytes });
    this.#bytes += bytes.length;
    while (this.#events.length > MOST_EVENTS || this.#bytes > MOST_BYTES) this.#bytes -= this.#events.shift()?.bytes.length ?? 0;
    return bytes;
  }

  /** Sends a message to whoever reads; without a reader what could be left out anyway is kept, the rest is not sent. */
  send(message: Buffer, droppable: boolean): boolean {
    if (this.isRead) return this.#sink?.send(message, droppable) ?? false;
    return droppable && this.keep(message);
  }

  /** Keeps a message for a client that comes back. */
  keep(message: Buffer): boolean {
    this.frame(message);
    return true;
  }

  /** The last word. */
  end(last?: Buffer): void {
    this.#isOver = true;
    this.#wasRead = this.isRead;
    if (this.isRead) this.#sink?.end(last);
    else if (last !== undefined) this.frame(last);
  }

  /** What came after this event; undefined where some of it is gone. */
  after(number: number): Buffer[] | undefined {
    const rest = this.#events.filter((event) => event.number > number);
    const isWhole = number === this.#last || rest[0]?.number === number + 1;
    return isWhole ? rest.map(({ bytes }) => bytes) : undefined;
  }

  #id(number: number): string {
    return `${this.name}-${number}`;
  }
}

export interface Found {
  readonly record: StreamRecord;
  /** The number of the last event that the client has. */
  readonly number: number;
}

export class Journal {
  /** Ids of another process's streams must not mean ours. */
  readonly #nonce = randomBytes(6).toString("base64url").replaceAll("-", "_");
  readonly #records = new Map<string, StreamRecord>();
  #count = 0;

  open(kind: StreamKind): StreamRecord {
    const record = new StreamRecord(`${kind}.${this.#nonce}.${++this.#count}`, kind);
    this.#records.set(record.name, record);
    return record;
  }

  /** A stream is read no longer, or over: of those only so many are remembered. */
  ended(record: StreamRecord): void {
    this.#records.delete(record.name);
    this.#records.set(record.name, record); // the newest
    const ended = [...this.#records.values()].filter((each) => each.isOver || (each.kind === "standing" && !each.isRead));
    this.#thin(
      ended.filter(({ wasRead }) => wasRead),
      MOST_READ_BYTES,
    );
    this.#thin(
      ended.filter(({ wasRead }) => !wasRead),
      MOST_BYTES,
    );
  }

  /** Forgets the oldest until the rest is few and small. */
  #thin(records: readonly StreamRecord[], most: number): void {
    let bytes = records.reduce((sum, each) => sum + each.bytes, 0);
    for (const [index, each] of records.entries()) {
      if (records.length - index <= MOST_ENDED && bytes <= most) return;
      this.#records.delete(each.name);
      bytes -= each.bytes;
    }
  }

  /**
   * The stream of an event, and where the client stopped.
   *
   * @returns undefined for a standing stream that is not known any more: a new one does as well; `gone` for a call's
   */
  find(eventId: string): Found | "gone" | undefined {
    const [, name = "", digits = ""] = /^(.+)-(\d{1,15})$/.exec(eventId) ?? [];
    const record = this.#records.get(name);
    const number = Number(digits);
    if (record?.after(number) !== undefined) return { record, number };
    return name.startsWith("call.") ? "gone" : undefined;
  }
}
