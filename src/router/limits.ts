/** How long one call may take, all in all: its wait, its tries and its rounds share one end. */

import type { Call } from "../base/call.ts";
import type { Clock } from "../base/clock.ts";
import type { Middleware, Route } from "./route.ts";

/** With less left, in ms, nothing is sent once more: it could only be cancelled. */
const LEAST_MS = 50;

/** It is answered when the task is done (spec 2025-11-25: Tasks); a caller that is told too early asks again. */
const WAITS = "tasks/result";

/** The limits of the server, or of this tool of it, in ms. */
export function limitsOf({ server, item }: Route, method?: string): { readonly quietMs: number; readonly totalMs: number } {
  const own = item === undefined ? undefined : server.toolTimeouts.get(item.origin);
  const quietMs = own ?? server.timeouts.callMs;
  const totalMs = Math.max(quietMs, server.timeouts.callMaxMs);
  return { quietMs: method === WAITS ? totalMs : quietMs, totalMs };
}

/** Middleware that gives each call its end; the caller's own may come sooner. */
export function ending(clock: Clock): Middleware {
  return (routed, next) => {
    const { call, route } = routed;
    const end = clock.now() + limitsOf(route, call.method).totalMs;
    return next({ route, call: { ...call, deadline: Math.min(call.deadline ?? end, end) } });
  };
}

/** Milliseconds until the call's end. */
export function timeLeft({ deadline = Number.POSITIVE_INFINITY }: Call, clock: Clock): number {
  return Math.max(0, deadline - clock.now());
}

/** May something be sent once more for this call, `waitMs` from now? */
export function hasTime(call: Call, clock: Clock, waitMs = 0): boolean {
  return timeLeft(call, clock) >= waitMs + LEAST_MS;
}
