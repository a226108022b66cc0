/**
 * A process that does not answer the question after its era either ignores questions that it does not know, or is still
 * starting: on a busy machine that takes longer than any sensible wait for an answer. Taking silence for an answer at once
 * has made modern servers legacy for a day. A `ping` tells the two apart, since whoever is awake answers it somehow.
 */

import { Body } from "../../base/body.ts";
import { sleep, type Clock } from "../../base/clock.ts";
import { LATEST_LEGACY } from "../../era/revisions.ts";
import type { Connection } from "./connection.ts";

/** A process that gives no sign at all is waited for so many times as long as one that may ignore the question. */
const STARTING = 1.5;
/** Who has answered the ping gets so long, in ms, for the question before it. */
const BEHIND_MS = 200;

export interface Patience {
  readonly clock: Clock;
  /** How long an answer to the question takes at the most, in ms, once the process is awake. */
  readonly probeMs: number;
  /** What is left for the whole handshake, in ms. */
  readonly connectMs: number;
}

export interface Waking {
  /** Resolves when no answer to the question is to be waited for any longer. */
  readonly silent: Promise<void>;
  /** An answer has come, or the attempt is over. */
  stop(): void;
}

/** How long a process may take for its first answer, in ms; half of the time is for what comes after it. */
function longestWait({ probeMs, connectMs }: Patience): number {
  return Math.min(STARTING * probeMs, connectMs / 2);
}

/** Watches over a question that was just put. Never rejects. */
export function waitForWaking(connection: Connection, patience: Patience): Waking {
  const over = new AbortController();
  return { silent: watch(connection, patience, over.signal), stop: () => over.abort() };
}

/** Until the process has answered a ping, and had time for what was asked before it, or has given no sign for long enough. */
async function watch(connection: Connection, patience: Patience, over: AbortSignal): Promise<void> {
  const { clock, probeMs } = patience;
  await sleep(clock, probeMs, over);
  const left = longestWait(patience) - probeMs;
  if (over.aborted || left <= 0) return;
  connection.speak({ era: "legacy", version: LATEST_LEGACY, capabilities: {}, instructions: undefined });
  const limits = { quietMs: left, totalMs: left };
  const pong = connection.request({ method: "ping", params: Body.empty, limits, signal: over });
  const isAwake = await pong.then(
    () => true,
    () => false,
  );
  if (isAwake) await sleep(clock, BEHIND_MS, over);
}
