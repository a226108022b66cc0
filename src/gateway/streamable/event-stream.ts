/** One HTTP answer as a stream of events to a client, which may read slowly or not at all. */

import type { ServerResponse } from "../../wire/node-http.ts";
import { SSE_COMMENT, writeSseEvent } from "../../wire/sse.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import type { Sink, StreamRecord } from "./journal.ts";

export interface StreamOptions {
  /** A comment goes out so often, in ms: what stands between must not take the stream for dead. */
  readonly keepAliveMs: number;
  /** What may wait for a client that reads slowly, in bytes; answers to its calls come on top. */
  readonly sendBufferBytes: number;
}

/** What makes a stream one that can be taken up again. */
export interface Recorded {
  readonly record: StreamRecord;
  /** Events that come first: those that the client has lost, or one that lets it ask for the rest. */
  readonly first: readonly Buffer[];
}

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" };

export class EventStream implements Outlet, Sink {
  readonly #response: ServerResponse;
  readonly #options: StreamOptions;
  readonly #keepAlive: NodeJS.Timeout;
  readonly #record: StreamRecord | undefined;

  /** Sends the head at once. @param closed called when the stream has ended, for whatever reason */
  constructor(response: ServerResponse, options: StreamOptions, closed: () => void = () => {}, recorded?: Recorded) {
    this.#response = response;
    this.#options = options;
    this.#record = recorded?.record;
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    this.#keepAlive = setInterval(() => this.#comment(), options.keepAliveMs);
    response.once("close", () => {
      clearInterval(this.#keepAlive);
      closed();
    });
    for (const event of recorded?.first ?? []) response.write(event);
    this.#record?.attach(this);
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  send(message: Buffer, droppable: boolean): boolean {
    if (!this.isOpen) return false;
    const response = this.#response;
    if (response.writableLength + message.length <= this.#options.sendBufferBytes) {
      response.write(this.#frame(message));
      return true;
    }
    if (!droppable) response.destroy();
    return false;
  }

  /** Ends the stream. @param last the answer that it was for; it goes out however much waits already */
  end(last?: Buffer): void {
    if (last !== undefined) this.#response.write(this.#frame(last));
    this.#response.end();
  }

  #frame(message: Buffer): Buffer {
    return this.#record?.frame(message) ?? writeSseEvent(message);
  }

  /** Nothing need be added to what waits already. */
  #comment(): void {
    if (this.#response.writableLength === 0) this.#response.write(SSE_COMMENT);
  }
}
