/** Cells that are known to fail. An entry of which a cell heals turns the suite red, so that it is taken out. */

import type { Column } from "./columns.ts";

export interface Pending {
  /** Name of the row. */
  readonly feature: string;
  readonly reason: string;
  when(column: Column): boolean;
}

export const PENDING: readonly Pending[] = [];
