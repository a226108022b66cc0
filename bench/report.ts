/** The results as a page. */

import { cpus, release, totalmem, type } from "node:os";
import { bounded, strain, type Row } from "./row.ts";
import { interval, median } from "./stats.ts";

export interface Outcome {
  readonly scenario: string;
  readonly rows: readonly Row[];
  /** Why the scenario gave no rows. */
  readonly failure?: string;
}

const head = ["| scenario | figure | reference | Toolyard | held against the bound | bound | strain |", "|---|---|---|---|---|---|---|"];

/** A Markdown table: medians, and behind what the bound is put on its 95 % interval over the rounds. */
export function table(outcomes: readonly Outcome[]): string {
  return [...head, ...outcomes.flatMap(lines)].join("\n");
}

/**
 * The page that is kept.
 *
 * @param load how many processes wanted the machine in the minute before the run
 */
export function page(outcomes: readonly Outcome[], rounds: number, load: number): string {
  const [cpu] = cpus();
  return [
    "# Measured",
    "",
    `Written by \`npm run bench\`, ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim() ?? "?"}, ` +
      `${Math.round(totalmem() / 1024 ** 3)} GB, ${type()} ${release()}, Node ${process.version}; load before the run ${load.toFixed(1)}.`,
    "",
    "The *reference* is what stands beside Toolyard in the same run and the same round: for calls and payloads the bare pass-through of",
    "`bench/bare.mjs` (parse, rename, forward, pipe back), for a cold start the same servers started side by side by a bare client, for the",
    "list a server that answers the same bytes, for isolation the same gateway without the hanging calls, for memory the earlier moment.",
    `Calls are measured in ${rounds} rounds in which the two take turns; every figure is the median of its rounds. Each bound is put on the ratio, the`,
    "difference or the value itself; behind it stands the interval that holds its true median with 95 % certainty. *Strain* is how much of",
    "the bound is used: past 1 it is broken. Times in milliseconds mean little on another machine; ratios mean much.",
    "",
    table(outcomes),
    "",
  ].join("\n");
}

function lines({ scenario, rows, failure }: Outcome): string[] {
  if (failure !== undefined) return [`| ${scenario} | failed: ${failure.replaceAll(/[|\n]/g, " ")} | | | | | |`];
  return rows.map((row) => {
    const reference = row.reference === undefined ? "" : number(median(row.reference), row.unit);
    const cells = [
      scenario,
      row.figure,
      reference,
      number(median(row.toolyard), row.unit),
      held(row),
      bound(row),
      row.bound ? strain(row).toFixed(2) : "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

function held(row: Row): string {
  if (row.bound === undefined && row.reference === undefined) return "";
  const values = bounded(row);
  const ratio = row.bound === undefined || row.bound.on === "ratio";
  const show = (value: number): string => value.toFixed(ratio ? 2 : 0);
  const [low, high] = interval(values);
  const unit = ratio ? " ×" : ` ${row.unit}`;
  return `${show(median(values))}${unit}${values.length > 1 ? ` (${show(low)}–${show(high)})` : ""}`;
}

function bound({ bound: given, unit }: Row): string {
  if (given === undefined) return "";
  const { on, sense, limit } = given;
  const sign = sense === "at most" ? "≤" : "≥";
  if (on === "ratio") return `${sign} ${limit} ×`;
  return `${sign} ${on === "difference" ? "reference + " : ""}${limit} ${unit}`;
}

function number(value: number, unit: Row["unit"]): string {
  return `${value.toFixed(unit === "ms" && value < 100 ? 2 : 0)} ${unit}`;
}
