/** Tables that fit the terminal. */

import { stripVTControlCharacters } from "node:util";

export interface Column {
  readonly title: string;
  /** Is shortened where the line would be too long; the others keep their width. */
  readonly flexible?: boolean;
}

const GAP = "  ";
const NARROWEST = 12;
const CONTROL = /\p{Cc}+/gu;
const COLOUR = /(\p{Cc}\[[0-9;]*m)/u;

/** Lines of a table, its head first; what a server wrote is made harmless to the terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const plain = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...plain.map((row) => lengthOf(row[index] ?? ""))));
  const spare = width - GAP.length * (columns.length - 1) - widths.reduce((sum, each) => sum + each, 0);
  if (spare < 0) shrink(columns, widths, -spare);
  const head = columns.map(({ title }) => title.toUpperCase());
  return [head, ...plain].map((row) =>
    row
      .map((cell, index) => fit(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function shrink(columns: readonly Column[], widths: number[], excess: number): void {
  let left = excess;
  for (let index = columns.length - 1; index >= 0 && left > 0; index--) {
    if (columns[index]?.flexible !== true) continue;
    const now = widths[index] ?? 0;
    const next = Math.max(NARROWEST, now - left);
    left -= now - next;
    widths[index] = next;
  }
}

function fit(cell: string, width: number): string {
  const length = lengthOf(cell);
  if (length <= width) return cell + " ".repeat(width - length);
  return `${Array.from(stripVTControlCharacters(cell))
    .slice(0, Math.max(0, width - 1))
    .join("")}…`;
}

function lengthOf(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}

/** Colours that we put in stay; anything else that would steer a terminal does not. */
function printable(cell: string): string {
  const parts = cell.split(COLOUR);
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(CONTROL, " "))).join("");
}
