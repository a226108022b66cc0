/**
 * Hosts that show their model few tools themselves and look up the rest: they get all of them. Told by the name that a
 * client gives itself, which decides nothing else: at worst a list is longer or shorter than it need be.
 */

import { objectOr, type JsonValue } from "../base/json.ts";

/** As they stand in `clientInfo.name`. Another Toolyard chooses by its own rules. */
const DEFERRING: ReadonlySet<string> = new Set(["claude-code", "toolyard"]);

/** @param clientInfo Implementation (spec: `initialize`, or `_meta` of each modern request) */
export function defersTools(clientInfo: JsonValue | undefined): boolean {
  const { name } = objectOr(clientInfo);
  return typeof name === "string" && DEFERRING.has(name);
}
