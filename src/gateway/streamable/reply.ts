/** The HTTP answer to one POST: one JSON object, or, once something has to precede it, a stream of events that ends with it. */

import type { ServerResponse } from "../../wire/node-http.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import { EventStream, type StreamOptions } from "./event-stream.ts";

/** An answer that takes longer, in ms, becomes a stream, so that nothing on the way takes its connection for dead. */
const QUIET_MS = 1_000;

/** Up to this size, in bytes, an answer is handed over as text: node then writes it together with the head, at once. */
const ONE_WRITE = 16 * 1024;

export interface ReplyOptions extends StreamOptions {
  /** False where the client takes JSON alone: nothing then precedes the answer. */
  readonly takesStream: boolean;
}

export class Reply implements Outlet {
  readonly #response: ServerResponse;
  readonly #options: ReplyOptions;
  #quiet: NodeJS.Timeout | undefined;
  #stream: EventStream | undefined;

  constructor(response: ServerResponse, options: ReplyOptions) {
    this.#response = response;
    this.#options = options;
  }

  /** The answer may take a while. */
  await(): void {
    if (this.#options.takesStream) this.#quiet = setTimeout(() => this.#open(), QUIET_MS);
  }

  send(message: Buffer, droppable: boolean): boolean {
    if (!this.#options.takesStream || this.#response.writableEnded || this.#response.destroyed) return false;
    return this.#open().send(message, droppable);
  }

  /** Sends the answer, which ends this. The status counts where no stream has begun. */
  end(answer: Buffer, status = 200): void {
    clearTimeout(this.#quiet);
    if (this.#response.destroyed) return;
    if (this.#stream !== undefined) return this.#stream.end(answer);
    this.#response.writeHead(status, { "content-type": "application/json", "content-length": answer.length });
    if (answer.length > ONE_WRITE) this.#response.end(answer);
    else this.#response.end(answer.toString("latin1"), "latin1");
  }

  /** Ends this without an answer, as there is none to give: "accepted" (spec 2025-11-25: Streamable HTTP). */
  endEmpty(): void {
    clearTimeout(this.#quiet);
    if (this.#response.destroyed) return;
    if (this.#stream !== undefined) return this.#stream.end();
    this.#response.writeHead(202, { "content-length": 0 });
    this.#response.end();
  }

  #open(): EventStream {
    clearTimeout(this.#quiet);
    this.#stream ??= new EventStream(this.#response, this.#options);
    return this.#stream;
  }
}
