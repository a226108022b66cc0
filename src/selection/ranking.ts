/** The best of many, in order. */

import type { Item } from "../catalog/item.ts";

export interface Candidate {
  readonly item: Item;
  readonly part: number;
  score: number;
}

/** Up to `limit` candidates, best first. To sort fifty thousand for the sake of ten takes longer than to find them. */
export function best(candidates: readonly Candidate[], limit: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    const last = kept.at(-1);
    if (kept.length >= limit && (last === undefined || compare(candidate, last) >= 0)) continue;
    kept.splice(placeFor(candidate, kept), 0, candidate);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}

function placeFor(candidate: Candidate, kept: readonly Candidate[]): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = kept[middle];
    if (other !== undefined && compare(other, candidate) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Equal scores are settled by the name, so that the order never depends on who came first. */
function compare(a: Candidate, b: Candidate): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.item.name === b.item.name) return 0;
  return a.item.name < b.item.name ? -1 : 1;
}
