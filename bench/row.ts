/** One line of the results: what was measured, what it is held against, and the bound. */

import { median } from "./stats.ts";

export interface Bound {
  /** What the bound is put on: Toolyard's value, or its ratio to or difference from the reference of the same round. */
  readonly on: "value" | "ratio" | "difference";
  readonly sense: "at most" | "at least";
  readonly limit: number;
}

export type Unit = "ms" | "calls/s" | "MB" | "KB" | "tokens" | "%";

export interface Row {
  readonly figure: string;
  readonly unit: Unit;
  /** By round, beside `toolyard`; absent where there is nothing to compare with. */
  readonly reference?: readonly number[];
  readonly toolyard: readonly number[];
  /** Absent where a figure only explains others. */
  readonly bound?: Bound;
  /** Where the row is one of several that differ in one dimension: its place there. Plots are made of those of one scenario. */
  readonly at?: Place;
}

export interface Place {
  /** What is plotted: "calls/s", "p99". */
  readonly plot: string;
  /** What it grows with: "servers", "calls in flight". */
  readonly dimension: string;
  readonly value: number;
}

/** By round, the number that the bound is put on; the ratio where there is no bound. */
export function bounded({ reference = [], toolyard, bound }: Row): number[] {
  const on = bound?.on ?? "ratio";
  return toolyard.map((value, round) => {
    const other = reference[round] ?? Number.NaN;
    if (on === "value") return value;
    return on === "ratio" ? value / other : value - other;
  });
}

/** How far the median stands from its bound: 1 is the bound, more is past it, 0 is no bound. */
export function strain(row: Row): number {
  if (row.bound === undefined) return 0;
  const middle = median(bounded(row));
  return row.bound.sense === "at most" ? middle / row.bound.limit : row.bound.limit / middle;
}
