/** Event streams of an HTTP server: read to their end, and opened anew where a server keeps one for what belongs to no request. */

import { sleep, type Clock } from "../../base/clock.ts";
import { discard, type HttpReply } from "../../wire/http/carrier.ts";
import { SseReader, type SseEvent } from "../../wire/sse.ts";

const RETRY_MS = 1_000;
const GROWTH = 1.6;
const LONGEST_MS = 60_000;

/** How far a stream was read, and how soon it may be opened again (WHATWG: server-sent events). */
export class StreamPosition {
  lastEventId: string | undefined;
  retryMs: number = RETRY_MS;

  note({ id, retry }: SseEvent): void {
    this.lastEventId = id ?? this.lastEventId;
    this.retryMs = retry ?? this.retryMs;
  }

  /** What asks a server to go on where it stopped. */
  get headers(): Record<string, string> {
    return { accept: "text/event-stream", ...(this.lastEventId === undefined ? {} : { "last-event-id": this.lastEventId }) };
  }
}

export interface EventSink {
  /** Largest event in bytes. */
  readonly limit: number;
  /** An event with data. */
  event(data: Buffer): void;
  oversize(size: number): void;
}

/** Resolves when the stream has ended, however it did. */
export function readEvents(reply: HttpReply, position: StreamPosition, sink: EventSink): Promise<void> {
  const reader = new SseReader({
    limit: sink.limit,
    event: (event) => {
      position.note(event);
      if (event.data.length > 0) sink.event(event.data);
    },
    oversize: (size) => sink.oversize(size),
  });
  return new Promise((resolve) => {
    reply.read({
      data: (piece) => reader.push(piece),
      done() {
        reader.end();
        resolve();
      },
    });
  });
}

export function isEventStream(reply: HttpReply): boolean {
  return (reply.header("content-type") ?? "").startsWith("text/event-stream");
}

export interface Standing {
  /** Opens the stream; undefined: the server cannot be reached just now. */
  open(headers: Record<string, string>): Promise<HttpReply | undefined>;
  readonly sink: EventSink;
  /** It stands again after a loss. */
  again(): void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Keeps a server's standing stream open until the signal aborts, or the server says that it has none.
 *
 * @returns true where it has none any more, false where it never had one
 */
export async function keepStanding(standing: Standing): Promise<boolean> {
  const { sink, clock, signal } = standing;
  const position = new StreamPosition();
  let stood = false;
  for (let misses = 0; !signal.aborted; misses++) {
    const reply = await standing.open(position.headers);
    if (reply !== undefined) {
      const streams = reply.status === 200 && isEventStream(reply);
      if (streams && stood) standing.again();
      if (streams) await readEvents(reply, position, sink);
      else discard(reply);
      stood ||= streams;
      if (streams) misses = 0;
      if (!streams && reply.status < 500) return stood && !signal.aborted;
    }
    await sleep(clock, pauseMs(position.retryMs, misses), signal);
  }
  return false;
}

/** Longer each time that it is in vain; and of many streams that were lost in one moment, each at a time of its own. */
function pauseMs(retryMs: number, misses: number): number {
  const first = Math.max(retryMs, RETRY_MS);
  return Math.min(first * GROWTH ** misses, Math.max(first, LONGEST_MS)) * (1 + 2 * Math.random());
}
