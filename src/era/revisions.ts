/** The protocol revisions that Toolyard speaks, and the era of each (spec: Versioning). Revisions are dates, so text order is age. */

import type { Era } from "../base/call.ts";

/** State is made by `initialize` and lives with the connection. Oldest first. */
export const LEGACY_REVISIONS: readonly string[] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/** State stands in the `_meta` of each request. Oldest first. */
export const MODERN_REVISIONS: readonly string[] = ["2026-07-28"];

export const LATEST_LEGACY = "2025-11-25";
export const LATEST_MODERN = "2026-07-28";
const FIRST_MODERN = "2026-07-28";

/** The era of a revision, known or not: everything from the first modern one on is modern. */
export function eraOf(version: string): Era {
  return atLeast(version, FIRST_MODERN) ? "modern" : "legacy";
}

/** True for a revision that is spoken here. */
export function isKnown(version: string): boolean {
  return LEGACY_REVISIONS.includes(version) || MODERN_REVISIONS.includes(version);
}

/** True where `version` has what came with revision `min`. */
export function atLeast(version: string, min: string): boolean {
  return version >= min;
}

/**
 * What to answer to the `protocolVersion` of an `initialize`: the same where it can be spoken, else the
 * latest legacy revision. A modern revision cannot be had by `initialize` (spec: Lifecycle 2025-11-25, Versioning 2026-07-28).
 */
export function negotiateLegacy(requested: unknown): string {
  return typeof requested === "string" && LEGACY_REVISIONS.includes(requested) ? requested : LATEST_LEGACY;
}

/** The newest modern revision that both sides speak; undefined where there is none. */
export function commonModern(supported: unknown): string | undefined {
  if (!Array.isArray(supported)) return undefined;
  return MODERN_REVISIONS.findLast((version) => supported.includes(version));
}
