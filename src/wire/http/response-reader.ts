/** Reads HTTP/1.1 answers from the bytes of one connection (RFC 9112). Strict: what is no HTTP ends the connection. */

import { ChunkedReader } from "./chunked-reader.ts";
import { parseHead, type Head } from "./head.ts";

export interface ResponseEvents {
  head(head: Head): void;
  data(piece: Buffer): void;
  /** The answer is whole. @param reusable whether the connection may carry another one */
  done(reusable: boolean): void;
}

/** Of an answer's head, in bytes. */
const LARGEST_HEAD = 64 * 1024;
const END_OF_HEAD = "\r\n\r\n";

/** Takes the pieces of a body; true: it is complete, with `rest` bytes of the piece left over. */
interface BodyFraming {
  push(piece: Buffer): { readonly rest: number } | undefined;
}

export class ResponseReader {
  readonly #events: ResponseEvents;
  /** Bytes of a head that is not complete. */
  #early: Buffer | undefined;
  #head: Head | undefined;
  /** Undefined with a head: the body ends with the connection. */
  #body: BodyFraming | undefined;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** @throws Error for what is no HTTP/1.1 answer; nothing more may be pushed then */
  push(piece: Buffer): void {
    let left = piece;
    while (left.length > 0 && this.#head === undefined) {
      const body = this.#readHead(left);
      if (body === undefined) return;
      left = body;
    }
    if (left.length === 0 || this.#head === undefined) return;
    if (this.#body === undefined) return this.#events.data(left);
    const end = this.#body.push(left);
    if (end !== undefined) this.#finish(end.rest === 0);
  }

  /** The connection has ended. @returns whether that was the proper end of an answer */
  end(): boolean {
    const proper = this.#head !== undefined && this.#body === undefined;
    if (proper) this.#finish(false);
    return proper;
  }

  /** @returns what stands behind the head; undefined while it is not complete */
  #readHead(piece: Buffer): Buffer | undefined {
    const bytes = this.#early === undefined ? piece : Buffer.concat([this.#early, piece]);
    const end = bytes.indexOf(END_OF_HEAD, Math.max(0, (this.#early?.length ?? 0) - END_OF_HEAD.length));
    if (end > LARGEST_HEAD || (end === -1 && bytes.length > LARGEST_HEAD)) throw new Error("the head of the answer is too large");
    if (end === -1) {
      this.#early = bytes;
      return undefined;
    }
    this.#early = undefined;
    const head = parseHead(bytes.toString("latin1", 0, end));
    const rest = bytes.subarray(end + END_OF_HEAD.length);
    if (head.status === 101) throw new Error("the server wants to speak another protocol");
    if (head.status < 200) return rest; // an announcement: the answer is still to come
    this.#head = head;
    this.#body = this.#framing(head);
    this.#events.head(head);
    if (!isEmpty(head)) return rest;
    this.#finish(rest.length === 0);
    return undefined;
  }

  #framing({ chunked, length }: Head): BodyFraming | undefined {
    const data = (piece: Buffer): void => this.#events.data(piece);
    if (chunked) return new ChunkedReader(data);
    return length === undefined ? undefined : new FixedReader(length, data);
  }

  #finish(clean: boolean): void {
    const reusable = clean && this.#head?.keepAlive === true;
    this.#head = undefined;
    this.#body = undefined;
    this.#events.done(reusable);
  }
}

function isEmpty({ status, chunked, length }: Head): boolean {
  return status === 204 || status === 304 || (!chunked && length === 0);
}

/** A body whose length was said before. */
class FixedReader implements BodyFraming {
  #left: number;
  readonly #data: (piece: Buffer) => void;

  constructor(length: number, data: (piece: Buffer) => void) {
    this.#left = length;
    this.#data = data;
  }

  push(piece: Buffer): { readonly rest: number } | undefined {
    const rest = piece.length - this.#left;
    this.#left -= piece.length;
    this.#data(rest > 0 ? piece.subarray(0, piece.length - rest) : piece);
    return rest < 0 ? undefined : { rest };
  }
}
