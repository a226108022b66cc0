import type { Caller } from "../../base/call.ts";

const KEPT = 1_024;

/**
 * Calls that we gave up and the server has not answered: they may still be at work, and ask. Each counts for a while,
 * so that its question is never put to somebody else.
 */
export class Abandoned {
  readonly #calls = new Map<number, { readonly caller: Caller; readonly until: number }>();

  add(id: number, caller: Caller, until: number): void {
    this.#calls.set(id, { caller, until });
    const oldest = this.#calls.keys().next();
    if (this.#calls.size > KEPT && !oldest.done) this.#calls.delete(oldest.value);
  }

  /** The server has answered after all: it is done. */
  answered(id: unknown): void {
    if (typeof id === "number") this.#calls.delete(id);
  }

  callers(now: number): Caller[] {
    for (const [id, { until }] of this.#calls) if (until <= now) this.#calls.delete(id);
    return [...this.#calls.values()].map(({ caller }) => caller);
  }
}
