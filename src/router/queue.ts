/** A bounded queue for each server: so many calls run, so many wait, so long. */

import type { Answer, Question } from "../base/call.ts";
import type { Clock } from "../base/clock.ts";
import { ToolyardError } from "../base/errors.ts";
import type { Middleware, RoutedCall } from "./route.ts";

export interface QueueLimits {
  /** How many may wait for one server. */
  readonly queue: number;
  readonly queueWaitMs: number;
}

interface Waiting {
  start(): void;
}

class Gate {
  running = 0;
  readonly waiting: Waiting[] = [];
}

/** Middleware that lets `concurrency` calls of a server run and the next ones wait. */
export function queued(limits: QueueLimits, clock: Clock): Middleware {
  const gates = new Map<string, Gate>();
  return async (routed, next) => {
    if (routed.call.origin !== undefined) return await next(routed); // about work that is under way already
    const { name, concurrency, ask } = routed.route.server;
    const gate = gates.get(name) ?? new Gate();
    gates.set(name, gate);
    const atOnce = ask === "exclusive" ? 1 : concurrency;
    if (gate.running >= atOnce) await wait(gate, limits, clock, routed.call.signal);
    else gate.running++;
    const slot = new Slot(gate);
    try {
      return await next(ask === "exclusive" ? routed : freeWhileAsking(routed, slot));
    } finally {
      slot.free();
    }
  };
}

/** What one call holds of a gate. */
class Slot {
  #gate: Gate | undefined;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  free(): void {
    if (this.#gate !== undefined) leave(this.#gate);
    this.#gate = undefined;
  }
}

/** A person may take minutes for an answer: the call that waits for it leaves its place to others. */
function freeWhileAsking(routed: RoutedCall, slot: Slot): RoutedCall {
  const { ask } = routed.call;
  if (ask === undefined) return routed;
  const freeing = (question: Question): Promise<Answer> => {
    slot.free();
    return ask(question);
  };
  return { ...routed, call: { ...routed.call, ask: freeing } };
}

/** The slot passes from who leaves to who waits longest. */
function leave(gate: Gate): void {
  const first = gate.waiting.shift();
  if (first === undefined) gate.running--;
  else first.start();
}

/** @throws SERVER_BUSY when the queue is full or the wait too long, CANCELLED when the caller went away */
function wait(gate: Gate, limits: QueueLimits, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  if (gate.waiting.length >= limits.queue) return Promise.reject(busy(`${gate.waiting.length} calls are waiting already`, limits));
  return new Promise((resolve, reject) => {
    const leaveQueue = (error: ToolyardError): void => {
      const index = gate.waiting.indexOf(entry);
      if (index === -1) return;
      gate.waiting.splice(index, 1);
      release();
      reject(error);
    };
    const cancelled = (): void => leaveQueue(new ToolyardError("CANCELLED", "The caller cancelled."));
    const cancelTimer = clock.after(limits.queueWaitMs, () => leaveQueue(busy(`no slot became free in ${limits.queueWaitMs} ms`, limits)));
    const release = (): void => {
      cancelTimer();
      signal?.removeEventListener("abort", cancelled);
    };
    const entry: Waiting = {
      start: () => {
        release();
        resolve();
      },
    };
    signal?.addEventListener("abort", cancelled, { once: true });
    gate.waiting.push(entry);
  });
}

function busy(why: string, { queueWaitMs }: QueueLimits): ToolyardError {
  return new ToolyardError("SERVER_BUSY", `It is busy: ${why}. Call again in ${queueWaitMs} ms.`, { retryAfterMs: queueWaitMs });
}
