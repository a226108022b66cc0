/** Tables that fit the terminal. */

import { paint, textOf, type Word } from "./output.ts";
import { clean, fit, widthOf } from "./text.ts";

export interface Column {
  readonly title: string;
  /** Is shortened where the line would be too long; the others keep their width. */
  readonly flexible?: boolean;
  /** Its cells stand at the right. */
  readonly right?: boolean;
}

const GAP = "  ";
const NARROWEST = 12;

/** Lines of a table, its head first; a column with nothing in it is left out. @param width columns of the terminal */
export function table(all: readonly Column[], rows: readonly (readonly Word[])[], width: number): Word[][] {
  const used = all.map((_, index) => rows.some((row) => textOf(row[index] ?? "") !== ""));
  const columns = all.filter((_, index) => used[index]);
  const head = columns.map(({ title }) => paint("dim", title));
  const cells = [head, ...rows.map((row) => row.filter((_, index) => used[index]).map(cleaned))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(textOf(row[index] ?? "")))));
  const spare = width - GAP.length * (columns.length - 1) - widths.reduce((sum, each) => sum + each, 0);
  if (spare < 0) shrink(columns, widths, -spare);
  return cells.map((row) => row.flatMap((cell, index) => [index === 0 ? "" : GAP, place(cell, widths[index] ?? 0, columns[index])]));
}

function cleaned(word: Word): Word {
  return typeof word === "string" ? clean(word) : paint(word.paint, clean(word.text));
}

function shrink(columns: readonly Column[], widths: number[], excess: number): void {
  let left = excess;
  for (let index = columns.length - 1; index >= 0 && left > 0; index--) {
    if (columns[index]?.flexible !== true) continue;
    const now = widths[index] ?? 0;
    const next = Math.min(now, Math.max(NARROWEST, now - left));
    left -= now - next;
    widths[index] = next;
  }
}

function place(cell: Word, width: number, column: Column | undefined): Word {
  const text = textOf(cell);
  const spare = column?.right === true ? Math.max(0, width - widthOf(text)) : 0;
  const placed = " ".repeat(spare) + fit(text, width - spare);
  return typeof cell === "string" ? placed : paint(cell.paint, placed);
}
