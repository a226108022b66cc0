const GROWTH = 1.6;
const JITTER = 0.2;

/**
 * Milliseconds to wait before attempt `attempt` (0 is the first repeat): first × 1.6ⁿ up to `maxMs`, ± 20 %
 * (the connection backoff of gRPC).
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, limits: { readonly firstMs: number; readonly maxMs: number }, random: number): number {
  const base = Math.min(limits.firstMs * GROWTH ** attempt, limits.maxMs);
  return Math.round(base * (1 + JITTER * (2 * random - 1)));
}

/** Counts starts in a sliding window; only a stable time clears it. */
export class StartLimit {
  readonly #count: number;
  readonly #windowMs: number;
  #starts: number[] = [];

  constructor(limits: { readonly count: number; readonly windowMs: number }) {
    this.#count = limits.count;
    this.#windowMs = limits.windowMs;
  }

  /** Notes a start. */
  note(now: number): void {
    this.#starts.push(now);
  }

  /** True when no further start is allowed at `now`. */
  reached(now: number): boolean {
    this.#starts = this.#starts.filter((start) => now - start < this.#windowMs);
    return this.#starts.length >= this.#count;
  }

  clear(): void {
    this.#starts = [];
  }
}
