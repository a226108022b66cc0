/** The circuit breaker of one upstream. Pure but for its own counters; time is given. */

export interface BreakerLimits {
  readonly failures: number;
  readonly openMs: number;
}

const LONGEST_OPEN_FACTOR = 10;

/**
 * `failures` transport failures in a row open it for `openMs`, longer each time it opens again; then one probe
 * decides. Results with `isError` are successes: the server answered. Requests that were under way when it opened
 * fail without being counted once more.
 */
export class Breaker {
  readonly #limits: BreakerLimits;
  #failures = 0;
  #opened = 0;
  #openUntil = 0;
  #probing = false;
  #round = 0;

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  /** Milliseconds until the next try is allowed; 0: go ahead (and, half-open, this caller is the probe). */
  ask(now: number): number {
    if (this.#openUntil === 0) return 0;
    if (now < this.#openUntil) return this.#openUntil - now;
    if (this.#probing) return this.#limits.openMs;
    this.#probing = true;
    return 0;
  }

  get open(): boolean {
    return this.#openUntil !== 0;
  }

  /** How often it has opened; a request remembers in which round it began. */
  get round(): number {
    return this.#round;
  }

  succeed(): void {
    this.#failures = 0;
    this.#opened = 0;
    this.#openUntil = 0;
    this.#probing = false;
  }

  /** A request of this round is over. If it was the probe and found out nothing, as one that its caller cancelled, there will be another. */
  release(round: number): void {
    if (round === this.#round) this.#probing = false;
  }

  fail(now: number, round: number): void {
    if (round !== this.#round) return;
    this.#failures++;
    if (!this.#probing && this.#failures < this.#limits.failures) return;
    this.#probing = false;
    this.#opened++;
    this.#round++;
    this.#openUntil = now + this.#limits.openMs * Math.min(this.#opened, LONGEST_OPEN_FACTOR);
  }
}
