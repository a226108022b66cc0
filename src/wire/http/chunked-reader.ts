/** A body in chunks, each with its size before it (RFC 9112, section 7.1). Extensions and trailers are skipped. */

const LF = 0x0a;
const CR = 0x0d;
/** Of a line with a size, and of all trailers together, in bytes. */
const LONGEST_LINE = 16 * 1024;
const SIZE = /^([0-9a-f]{1,13})[\t ]*(?:;.*)?$/i;

type Part = "size" | "data" | "line end" | "trailer";

export class ChunkedReader {
  readonly #data: (piece: Buffer) => void;
  #part: Part = "size";
  /** Bytes of the present chunk that have not come. */
  #left = 0;
  /** What has come of the present line. */
  #line = "";
  #trailers = 0;

  constructor(data: (piece: Buffer) => void) {
    this.#data = data;
  }

  /** @returns once the body is complete: how many bytes of the piece are left over @throws Error for what are no chunks */
  push(piece: Buffer): { readonly rest: number } | undefined {
    let at = 0;
    while (at < piece.length) {
      if (this.#part === "data") at = this.#readData(piece, at);
      else {
        const end = piece.indexOf(LF, at);
        this.#keep(piece.toString("latin1", at, end === -1 ? piece.length : end));
        if (end === -1) return undefined;
        at = end + 1;
        if (this.#endLine()) return { rest: piece.length - at };
      }
    }
    return undefined;
  }

  #readData(piece: Buffer, from: number): number {
    const to = Math.min(piece.length, from + this.#left);
    this.#left -= to - from;
    this.#data(piece.subarray(from, to));
    if (this.#left === 0) this.#part = "line end";
    return to;
  }

  #keep(text: string): void {
    this.#line += text;
    if (this.#line.length > LONGEST_LINE) throw new Error("a chunk of the answer has no size");
  }

  /** True where it was the last line of the body. */
  #endLine(): boolean {
    if (this.#line.charCodeAt(this.#line.length - 1) !== CR) throw new Error("a line of the answer's chunks ends wrongly");
    const line = this.#line.slice(0, -1);
    this.#line = "";
    if (this.#part === "trailer") return this.#trailer(line);
    if (this.#part === "size") this.#begin(line);
    else if (line === "") this.#part = "size";
    else throw new Error("a chunk of the answer is longer than it says");
    return false;
  }

  #begin(line: string): void {
    const size = SIZE.exec(line)?.[1];
    if (size === undefined) throw new Error("a chunk of the answer has no size");
    this.#left = Number.parseInt(size, 16);
    this.#part = this.#left === 0 ? "trailer" : "data";
  }

  #trailer(line: string): boolean {
    this.#trailers += line.length;
    if (this.#trailers > LONGEST_LINE) throw new Error("the answer's trailers are too large");
    return line === "";
  }
}
