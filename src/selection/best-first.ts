/** The best of many, in order: to sort fifty thousand for the sake of ten takes longer than to find them. */

export interface Ranked {
  readonly document: number;
  readonly score: number;
}

export class BestFirst {
  readonly #limit: number;
  readonly #nameOf: (document: number) => string;
  readonly #kept: Ranked[] = [];

  /** @param nameOf settles equal scores, so that the order never depends on who came first */
  constructor(limit: number, nameOf: (document: number) => string) {
    this.#limit = limit;
    this.#nameOf = nameOf;
  }

  get kept(): readonly Ranked[] {
    return this.#kept;
  }

  /** The lowest score that is among the best; of no account while there is room. */
  get worst(): number {
    return this.#kept.length < this.#limit ? 0 : (this.#kept.at(-1)?.score ?? 0);
  }

  /** True when it is among the best, for now. */
  offer(document: number, score: number): boolean {
    if (score < this.worst) return false;
    const kept = this.#kept;
    const offered = { document, score };
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = kept[middle];
      if (other !== undefined && this.#isBefore(other, offered)) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, offered);
    if (kept.length > this.#limit) kept.pop();
    return true;
  }

  #isBefore(a: Ranked, b: Ranked): boolean {
    return a.score === b.score ? this.#nameOf(a.document) <= this.#nameOf(b.document) : a.score > b.score;
  }
}
