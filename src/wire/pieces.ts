/** Pieces up to this size are worth copying together: they cost more as objects than as bytes. */
const SMALL = 16 * 1024;

/**
 * Bytes of one value that arrives in pieces. Adding is cheap however small the pieces are, and they are
 * copied together once, when the value is complete.
 */
export class Pieces {
  #parts: Buffer[] = [];
  #size = 0;

  /** Bytes held. */
  get size(): number {
    return this.#size;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    let last = bytes;
    // Merging only into a part that is no larger keeps the work at O(n log SMALL), not O(n²), for one-byte pieces.
    for (let before = this.#parts.at(-1); before !== undefined && mergeable(before, last); before = this.#parts.at(-1)) {
      this.#parts.pop();
      last = Buffer.concat([before, last]);
    }
    this.#parts.push(last);
  }

  /** All that was added, and nothing is held any more; a single piece is handed back uncopied. */
  take(): Buffer {
    const [first, ...more] = this.#parts;
    const size = this.#size;
    this.#parts = [];
    this.#size = 0;
    if (first === undefined) return Buffer.alloc(0);
    return more.length === 0 ? first : Buffer.concat([first, ...more], size);
  }

  /** A copy of the first bytes. */
  head(length: number): Buffer {
    return Buffer.concat(this.#parts, Math.min(length, this.#size));
  }
}

function mergeable(before: Buffer, last: Buffer): boolean {
  return before.length <= last.length && before.length + last.length <= SMALL;
}
