/** Links that a legacy server has asked its users to open, until it says of one that it is done (spec 2025-11-25: Elicitation, completion). */

import type { Call } from "../../base/call.ts";

type Completed = NonNullable<Call["completed"]>;

/** Older ones are forgotten: many are never done. */
const MOST = 1_000;

export class OpenLinks {
  readonly #server: string;
  /** By the server's own ids. */
  readonly #waiting = new Map<string, Set<Completed>>();

  constructor(server: string) {
    this.#server = server;
  }

  /** A call led to a link. */
  expect(id: unknown, call: Call | undefined): void {
    if (typeof id !== "string" || call?.completed === undefined) return;
    const waiting = this.#waiting.get(id) ?? new Set();
    waiting.add(call.completed);
    this.#waiting.set(id, waiting);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** The server says that the user is done there. */
  complete(id: unknown): void {
    if (typeof id !== "string") return;
    for (const completed of this.#waiting.get(id) ?? []) completed(this.#server, id);
    this.#waiting.delete(id);
  }
}
