import type { Cancel, Clock } from "../base/clock.ts";

export interface IdleRule {
  /** Milliseconds after the last client. */
  readonly afterMs: number;
  readonly action: () => void;
}

/** How many clients there are, and what happens some time after the last one has left. */
export class Attendance {
  readonly #clock: Clock;
  readonly #rule: IdleRule | undefined;
  #count = 0;
  #cancel: Cancel = () => {};

  /** Counts as left at its beginning. */
  constructor(clock: Clock, rule: IdleRule | undefined) {
    this.#clock = clock;
    this.#rule = rule;
    this.#wait();
  }

  arrive(): void {
    if (this.#count++ === 0) this.#cancel();
  }

  leave(): void {
    if (--this.#count === 0) this.#wait();
  }

  close(): void {
    this.#count = Number.POSITIVE_INFINITY; // nobody who leaves later is the last
    this.#cancel();
  }

  #wait(): void {
    if (this.#rule !== undefined) this.#cancel = this.#clock.after(this.#rule.afterMs, this.#rule.action);
  }
}
