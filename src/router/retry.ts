/** The retry rule: a request is sent again only where that is harmless, once, and never in a storm. */

import { sleep, type Clock } from "../base/clock.ts";
import { toToolyardError, type ToolyardError } from "../base/errors.ts";
import { objectOr } from "../base/json.ts";
import { hasTime } from "./limits.ts";
import type { Middleware, RoutedCall } from "./route.ts";

const BUDGET_SHARE = 0.2;
const BUDGET_MIN = 3;
const WINDOW = 100;
/** The longest wait before a repeat, in ms; each waits a random part of it, so that calls lost together do not come back together. */
const LONGEST_WAIT_MS = 100;
/** Answers that say nothing about the request itself: another try may well succeed. */
const LOST: ReadonlySet<ToolyardError["code"]> = new Set(["SERVER_UNREACHABLE", "SERVER_EXITED", "OUTCOME_UNKNOWN"]);
const SAFE_METHODS: ReadonlySet<string> = new Set(["prompts/get", "resources/read", "completion/complete", "tasks/get", "tasks/result"]);

/** At most a fifth of the last requests may be repeats (but a few always): an outage is not made worse by us. */
export class RetryBudget {
  #requests = 0;
  #retries = 0;

  request(): void {
    this.#requests++;
    if (this.#requests < WINDOW) return;
    this.#requests /= 2;
    this.#retries /= 2;
  }

  /** True when a repeat may be made; it is counted. */
  spend(): boolean {
    if (this.#retries >= Math.max(BUDGET_MIN, this.#requests * BUDGET_SHARE)) return false;
    this.#retries++;
    return true;
  }
}

/**
 * May this request be sent a second time? Where it never started: yes. Where it may have run: when it cannot change
 * anything, or when the operator trusts this server's word that twice is harmless.
 */
function mayRetry({ call, route }: RoutedCall, failure: ToolyardError): boolean {
  if (!LOST.has(failure.code) || call.signal?.aborted) return false;
  if (failure.details.started === false) return true;
  if (SAFE_METHODS.has(call.method)) return true;
  if (route.server.trust !== "annotations") return false;
  const { readOnlyHint, idempotentHint } = objectOr(route.item?.definition["annotations"]);
  return readOnlyHint === true || idempotentHint === true;
}

/**
 * Middleware that repeats a lost request once, by {@link mayRetry}, within the call's time and a budget for each server.
 *
 * @param random a number in [0, 1)
 */
export function retrying(clock: Clock, random: () => number): Middleware {
  const budgets = new Map<string, RetryBudget>();
  return async (routed, next) => {
    const { call, route } = routed;
    const budget = budgets.get(route.server.name) ?? new RetryBudget();
    budgets.set(route.server.name, budget);
    budget.request();
    try {
      return await next(routed);
    } catch (error) {
      const failure = toToolyardError(error);
      const waitMs = random() * LONGEST_WAIT_MS;
      if (!mayRetry(routed, failure) || !hasTime(call, clock, waitMs) || !budget.spend()) throw failure;
      await sleep(clock, waitMs, call.signal);
      return await next(routed);
    }
  };
}
