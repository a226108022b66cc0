/** A growing list of document numbers that is used again and again: fifty thousand of them are no work for the garbage collector. */
export class Reached {
  ids = new Int32Array();
  size = 0;

  /** Empties the list, and makes room for so many. */
  begin(capacity: number): void {
    if (this.ids.length < capacity) this.ids = new Int32Array(capacity);
    this.size = 0;
  }

  add(document: number): void {
    this.ids[this.size++] = document;
  }
}
