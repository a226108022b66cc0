/** Carries the messages of one HTTP connection: each request's own stream, and the GET stream for the rest. */

import { encode, type Message, type RpcId } from "../protocol/message.ts";
import type { Carrier } from "../server.ts";
import type { Reply } from "./reply.ts";

/** One stream's events, kept so that a client can resume. */
interface Stream {
  readonly name: string;
  readonly events: { readonly id: string; readonly bytes: Buffer; readonly last: boolean }[];
  reply: Reply | undefined;
}

export class HttpCarrier implements Carrier {
  readonly kind: "http" | "sse";
  readonly #resumable: boolean;
  readonly #streams = new Map<RpcId | undefined, Stream>();
  #opened = 0;

  constructor(kind: "http" | "sse", resumable = false) {
    this.kind = kind;
    this.#resumable = resumable;
  }

  /** @param about the request whose stream this is; undefined for the common one */
  open(reply: Reply, about: RpcId | undefined): void {
    const stream: Stream = { name: `s${this.#opened++}`, events: [], reply };
    this.#streams.set(about, stream);
    if (this.#resumable) this.#prime(stream);
  }

  /** The client has gone; what comes for this stream is kept if it can resume. */
  detach(reply: Reply): void {
    for (const [about, stream] of this.#streams) {
      if (stream.reply !== reply) continue;
      stream.reply = undefined;
      if (!this.#resumable) this.#streams.delete(about);
    }
  }

  isOpen(about: RpcId | undefined): boolean {
    return this.#streams.get(about)?.reply !== undefined;
  }

  /** Replays what came after this event; false when no stream has it. */
  resume(reply: Reply, lastEventId: string): boolean {
    const [name] = lastEventId.split("-");
    const stream = [...this.#streams.values()].find((each) => each.name === name);
    if (stream === undefined) return false;
    const from = stream.events.findIndex((event) => event.id === lastEventId) + 1;
    stream.reply = reply;
    for (const event of stream.events.slice(from)) void reply.send(event.bytes, event.last, event.id);
    return true;
  }

  send(message: Message | Buffer, about: RpcId | undefined, last: boolean): Promise<void> {
    const common = this.#streams.get(undefined);
    const stream = this.#streams.get(about) ?? (this.kind === "sse" ? common : undefined);
    if (stream === undefined) return Promise.resolve();
    const id = this.#resumable ? `${stream.name}-${stream.events.length}` : undefined;
    const ends = last && stream !== common;
    if (id !== undefined) stream.events.push({ id, bytes: encode(message), last: ends });
    return stream.reply?.send(message, ends, id) ?? Promise.resolve();
  }

  /** Breaks every open stream. */
  drop(): void {
    for (const { reply } of this.#streams.values()) reply?.destroy();
  }

  #prime(stream: Stream): void {
    const id = `${stream.name}-0`;
    stream.events.push({ id, bytes: Buffer.alloc(0), last: false });
    stream.reply?.sendEvent(undefined, "", id);
  }
}
