/** How long a list that is made of several servers' may be kept, and for whom (spec 2026-07-28: Caching). */

import type { CacheHints } from "../era/results.ts";
import { CAPABILITY_OF, UNSAID_MS, type ListName } from "../upstream/listing/raw-lists.ts";
import type { Section, Snapshot } from "./item.ts";

/** What is said where no server says anything. */
const UNSAID: CacheHints = { ttlMs: UNSAID_MS, cacheScope: "private" };

/**
 * The shortest time that is left of any part, and `private` as soon as one part is. What a legacy server lists is our
 * reading of it, so it has our own interval and is private.
 *
 * @param now milliseconds since the epoch
 */
export function hintsOf({ sections }: Snapshot, list: ListName, now: number): CacheHints {
  const parts = [...sections.values()].filter(({ capabilities }) => capabilities[CAPABILITY_OF[list]] !== undefined);
  if (parts.length === 0) return UNSAID;
  const hints = parts.map((section) => hintsOfPart(section, list, now));
  const isPublic = hints.every(({ cacheScope }) => cacheScope === "public");
  return { ttlMs: Math.min(...hints.map(({ ttlMs }) => ttlMs)), cacheScope: isPublic ? "public" : "private" };
}

function hintsOfPart({ keeping = {} }: Section, list: ListName, now: number): CacheHints {
  const own = keeping[list];
  if (own === undefined) return UNSAID;
  return { ttlMs: Math.max(0, own.until - now), cacheScope: own.isPrivate ? "private" : "public" };
}
