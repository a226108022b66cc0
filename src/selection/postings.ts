/** In which documents a term is, and how much it counts there. */

/** Grows by doubling; numbers side by side are what makes a search over fifty thousand tools fast. */
export class PostingList {
  #documents = new Int32Array(2);
  #impacts = new Float32Array(2);
  #size = 0;
  /** Entries of documents that are gone stay until the index is made anew; this many still count. */
  live = 0;

  add(document: number, impact: number): void {
    if (this.#size === this.#documents.length) this.#grow();
    this.#documents[this.#size] = document;
    this.#impacts[this.#size] = impact;
    this.#size++;
    this.live++;
  }

  /** Adds `factor` × impact to the score of each document in the list; `seen` gets those that had none. */
  score(factor: number, scores: Float64Array, seen: number[]): void {
    const documents = this.#documents;
    const impacts = this.#impacts;
    for (let at = 0; at < this.#size; at++) {
      const document = documents[at] ?? 0;
      const before = scores[document] ?? 0;
      if (before === 0) seen.push(document);
      scores[document] = before + factor * (impacts[at] ?? 0);
    }
  }

  #grow(): void {
    const documents = new Int32Array(this.#size * 2);
    const impacts = new Float32Array(this.#size * 2);
    documents.set(this.#documents);
    impacts.set(this.#impacts);
    this.#documents = documents;
    this.#impacts = impacts;
  }
}
