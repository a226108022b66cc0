/** In which documents a term is, and how much it counts there. */

/** Grows by half; numbers side by side are what makes a search over fifty thousand tools fast. */
export class PostingList {
  documents = new Int32Array(2);
  impacts = new Float32Array(2);
  size = 0;
  /** Entries of documents that are gone stay until the index is made anew; this many still count. */
  live = 0;

  add(document: number, impact: number): void {
    if (this.size === this.documents.length) this.#grow();
    this.documents[this.size] = document;
    this.impacts[this.size] = impact;
    this.size++;
    this.live++;
  }

  #grow(): void {
    const capacity = Math.ceil(this.size * 1.5);
    const documents = new Int32Array(capacity);
    const impacts = new Float32Array(capacity);
    documents.set(this.documents);
    impacts.set(this.impacts);
    this.documents = documents;
    this.impacts = impacts;
  }
}
