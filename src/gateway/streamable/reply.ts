/**
 * The HTTP answer to one POST: one JSON object, or, once something has to precede it, a stream of events that ends with it.
 * A legacy client that has lost such a stream can take it up again.
 */

import type { ServerResponse } from "../../wire/node-http.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import { EventStream, type StreamOptions } from "./event-stream.ts";
import type { Session } from "./sessions.ts";
import type { StreamRecord } from "./journal.ts";

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
  #session: Pick<Session, "journal" | "firstEvents"> | undefined;
  #record: StreamRecord | undefined;

  constructor(response: ServerResponse, options: ReplyOptions) {
    this.#response = response;
    this.#options = options;
  }

  /** From now on what goes out as a stream can be had again in this session. */
  recordIn(session: Pick<Session, "journal" | "firstEvents">): void {
    this.#session = session;
  }

  /** The answer may take a while: one that takes long becomes a stream, so that nothing on the way takes its connection for dead. */
  await(): void {
    if (this.#options.takesStream) this.#quiet = setTimeout(() => this.#open(), this.#options.keepAliveMs);
  }

  send(message: Buffer, droppable: boolean): boolean {
    if (this.#record !== undefined) return this.#record.send(message, droppable);
    if (!this.#options.takesStream || this.#response.writableEnded || this.#response.destroyed) return false;
    return this.#open().send(message, droppable);
  }

  /** Keeps a message for a client that has lost this answer and may come back for it. */
  keep(message: Buffer): boolean {
    return this.#record?.keep(message) ?? false;
  }

  /** Sends the answer, which ends this. The status counts where no stream has begun. */
  end(answer: Buffer, status = 200): void {
    clearTimeout(this.#quiet);
    if (this.#record !== undefined) return this.#endRecord(this.#record, answer);
    if (this.#response.destroyed) return;
    if (this.#stream !== undefined) return this.#stream.end(answer);
    this.#response.writeHead(status, { "content-type": "application/json", "content-length": answer.length });
    if (answer.length > ONE_WRITE) this.#response.end(answer);
    else this.#response.end(answer.toString("latin1"), "latin1");
  }

  /** Ends this without an answer, as there is none to give: "accepted" (spec 2025-11-25: Streamable HTTP). */
  endEmpty(): void {
    clearTimeout(this.#quiet);
    if (this.#record !== undefined) return this.#endRecord(this.#record);
    if (this.#response.destroyed) return;
    if (this.#stream !== undefined) return this.#stream.end();
    this.#response.writeHead(202, { "content-length": 0 });
    this.#response.end();
  }

  #endRecord(record: StreamRecord, answer?: Buffer): void {
    record.end(answer);
    this.#session?.journal.ended(record);
  }

  #open(): EventStream {
    clearTimeout(this.#quiet);
    this.#stream ??= this.#make();
    return this.#stream;
  }

  #make(): EventStream {
    if (this.#session === undefined) return new EventStream(this.#response, this.#options);
    const record = this.#session.journal.open("call");
    this.#record = record;
    return new EventStream(this.#response, this.#options, () => {}, { record, first: this.#session.firstEvents(record) });
  }
}
