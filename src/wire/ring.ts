/** The last `limit` bytes of a stream that nobody reads to its end, such as a server's stderr. */
export class ByteRing {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > 2 * this.#limit || this.#chunks.length > 1024) this.#compact();
  }

  /** The last bytes as text, at most `limit` of them. */
  text(limit: number = this.#limit): string {
    this.#compact();
    const bytes = this.#chunks[0] ?? Buffer.alloc(0);
    return bytes.subarray(Math.max(0, bytes.length - limit)).toString("utf8");
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    const kept = Buffer.from(all.subarray(Math.max(0, all.length - this.#limit)));
    this.#chunks = [kept];
    this.#size = kept.length;
  }
}
