/** One HTTP answer as a stream of events to a client, which may read slowly or not at all. */

import type { ServerResponse } from "../../wire/node-http.ts";
import { SSE_COMMENT, writeSseEvent } from "../../wire/sse.ts";
import type { Outlet } from "../endpoint/outlet.ts";

export interface StreamOptions {
  /** A comment goes out so often, in ms: what stands between must not take the stream for dead. */
  readonly keepAliveMs: number;
  /** What may wait for a client that reads slowly, in bytes; answers to its calls come on top. */
  readonly sendBufferBytes: number;
}

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" };

export class EventStream implements Outlet {
  readonly #response: ServerResponse;
  readonly #options: StreamOptions;
  readonly #keepAlive: NodeJS.Timeout;

  /** Sends the head at once. @param closed called when the stream has ended, for whatever reason */
  constructor(response: ServerResponse, options: StreamOptions, closed: () => void = () => {}) {
    this.#response = response;
    this.#options = options;
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    this.#keepAlive = setInterval(() => this.#comment(), options.keepAliveMs);
    response.once("close", () => {
      clearInterval(this.#keepAlive);
      closed();
    });
  }

  send(message: Buffer, droppable: boolean): boolean {
    const response = this.#response;
    if (response.writableEnded || response.destroyed) return false;
    if (response.writableLength + message.length <= this.#options.sendBufferBytes) {
      response.write(writeSseEvent(message));
      return true;
    }
    if (!droppable) response.destroy();
    return false;
  }

  /** Ends the stream. @param last the answer that it was for; it goes out however much waits already */
  end(last?: Buffer): void {
    if (last !== undefined) this.#response.write(writeSseEvent(last));
    this.#response.end();
  }

  /** Nothing need be added to what waits already. */
  #comment(): void {
    if (this.#response.writableLength === 0) this.#response.write(SSE_COMMENT);
  }
}
