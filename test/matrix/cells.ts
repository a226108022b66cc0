/** Every cell of the matrix: what is checked, and what is not, with the reason. */

import { COLUMNS, isWhole, wordsOf, type Column } from "./columns.ts";
import { FEATURES } from "./features/all.ts";
import type { Feature } from "./features/feature.ts";
import { PENDING } from "./pending.ts";

export interface Cell {
  readonly name: string;
  readonly column: Column;
  readonly feature: Feature;
  readonly state:
    | { readonly kind: "checked" }
    /** It fails, and that is known. */
    | { readonly kind: "pending"; readonly reason: string }
    | { readonly kind: "absent"; readonly reason: string };
}

export const CELLS: readonly Cell[] = COLUMNS.flatMap((column) =>
  FEATURES.filter((feature) => isWhole(column) || feature.older).map((feature) => ({
    name: `${wordsOf(column)}: ${feature.name}`,
    column,
    feature,
    state: stateOf(column, feature),
  })),
);

function stateOf(column: Column, feature: Feature): Cell["state"] {
  const absent = feature.absent?.(column);
  if (absent !== undefined) return { kind: "absent", reason: absent };
  const pending = PENDING.find((each) => each.feature === feature.name && each.when(column));
  return pending === undefined ? { kind: "checked" } : { kind: "pending", reason: pending.reason };
}
