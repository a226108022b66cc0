/** What the doctor finds, and how it looks. */

import { paint, type Output, type Painted } from "../terminal/output.ts";
import { clean, fit, widthOf, wrap } from "../terminal/text.ts";

/** `good` and `note` need nothing; a `hint` may be worth a change; what is `bad` does not work as it stands. */
export type Level = "good" | "note" | "hint" | "bad";

export interface Finding {
  readonly about: string;
  readonly level: Level;
  readonly says: string;
  readonly mend?: string;
}

export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

const MARKS: Readonly<Record<Level, Painted>> = {
  good: paint("green", "✓"),
  note: paint("dim", "·"),
  hint: paint("yellow", "!"),
  bad: paint("red", "✗"),
};
/** What is said of a longer name begins on the next line. */
const LONGEST_NAME = 18;

/** One section: a line for each finding, and below it what can be done. */
export function showSection({ title, findings }: Section, output: Output): void {
  if (findings.length === 0) return;
  output.data(paint("bold", title));
  const names = findings.map(({ about }) => widthOf(clean(about))).filter((width) => width <= LONGEST_NAME);
  const width = Math.max(0, ...names);
  for (const finding of findings) show(finding, width, output);
  output.data("");
}

function show({ about, level, says, mend }: Finding, width: number, output: Output): void {
  const name = clean(about);
  const indent = width + 6;
  const lines = wrap(clean(says), Math.max(20, output.width - indent));
  const beside = widthOf(name) <= width ? lines.shift() : undefined;
  if (beside === undefined) output.data("  ", MARKS[level], ` ${name}`);
  else output.data("  ", MARKS[level], " ", fit(name, width), "  ", beside);
  for (const line of lines) output.data(" ".repeat(indent) + line);
  if (mend !== undefined) output.note(mend, indent, "stdout");
}
