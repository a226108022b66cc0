/** Where a command writes: data to stdout, everything else to stderr. */

import { styleText } from "node:util";

type Paint = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

const WIDE = 100;

export class Output {
  /** Data as JSON, for programs. */
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** Characters in a line of the terminal. */
  get width(): number {
    return process.stdout.columns ?? WIDE;
  }

  /** True where a person reads. */
  get interactive(): boolean {
    return process.stderr.isTTY && !this.json;
  }

  /** One line of data. */
  data(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** One line for the person. */
  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** Coloured where the stream can show it, and nobody forbids it (NO_COLOR). */
  paint(paint: Paint, text: string, stream: "stdout" | "stderr" = "stderr"): string {
    return styleText(paint, text, { stream: process[stream] });
  }
}
