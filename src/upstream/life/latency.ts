const KEPT = 256;

/** The last durations of one server, for what people look at; a fixed amount of memory. */
export class Latency {
  readonly #ms: Float64Array = new Float64Array(KEPT);
  #count = 0;

  add(ms: number): void {
    this.#ms[this.#count++ % KEPT] = ms;
  }

  /** Median and 99th percentile in ms; undefined before the first call. */
  summary(): { p50: number; p99: number } | undefined {
    const size = Math.min(this.#count, KEPT);
    if (size === 0) return undefined;
    const sorted = this.#ms.slice(0, size).toSorted();
    const at = (share: number): number => sorted[Math.min(size - 1, Math.floor(size * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
