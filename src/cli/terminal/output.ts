/**
 * Where a command writes: data to stdout, everything else to stderr. Colours are put on here and nowhere else, so
 * that nothing a server or a file says can steer the terminal.
 */

import { styleText } from "node:util";
import { clean, cleanLines, wrap } from "./text.ts";

export type Paint = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

export interface Painted {
  readonly paint: Paint;
  readonly text: string;
}

/** A piece of a line. */
export type Word = string | Painted;

export function paint(colour: Paint, text: string): Painted {
  return { paint: colour, text };
}

export function textOf(word: Word): string {
  return typeof word === "string" ? word : word.text;
}

type Stream = "stdout" | "stderr";

/** In JSON too, what steers a terminal may stand as an escape alone; `JSON.stringify` escapes the rest. */
const RAW_CONTROLS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export class Output {
  /** Data as JSON, for programs. */
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** Columns for data; no end where no person reads. */
  get width(): number {
    return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  }

  /** True where a person reads what is said. */
  get interactive(): boolean {
    return process.stderr.isTTY && !this.json;
  }

  /** One line of data. */
  data(...words: Word[]): void {
    write("stdout", words);
  }

  /** One line for the person. */
  say(...words: Word[]): void {
    write("stderr", words);
  }

  /** What belongs to the line before, below it: indented, in as many lines as it needs. */
  note(text: string, indent: number, stream: Stream = "stderr"): void {
    const width = process[stream].isTTY ? process[stream].columns : Number.POSITIVE_INFINITY;
    for (const line of wrap(clean(text), Math.max(20, width - indent))) write(stream, [" ".repeat(indent) + line]);
  }

  /** One value, for programs. */
  value(value: unknown, indent?: number): void {
    const text = JSON.stringify(value, undefined, indent) ?? "null";
    process.stdout.write(
      `${text.replaceAll(RAW_CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`,
    );
  }

  /** What a tool answered: as it is for a program, harmless for a terminal. */
  text(text: string, stream: Stream = "stdout"): void {
    process[stream].write(`${process[stream].isTTY ? cleanLines(text) : text}\n`);
  }
}

/** Coloured where the stream can show it, and nobody forbids it (NO_COLOR). */
function write(stream: Stream, words: readonly Word[]): void {
  const pieces = words.map((word) =>
    typeof word === "string" ? clean(word) : styleText(word.paint, clean(word.text), { stream: process[stream] }),
  );
  process[stream].write(`${pieces.join("").trimEnd()}\n`);
}
