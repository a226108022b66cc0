/** Who stands behind a request, and what that caller may see. */

import type { Scope } from "../../toolyard.ts";
import { LOCAL_IDENTITY, type Key } from "./key.ts";

export interface Principal {
  /** Owner of the key. */
  readonly identity: string;
  /** Id of the key; sessions belong to it. Empty where there is none. */
  readonly holder: string;
  /** What it may see at the most; undefined: everything. */
  readonly scope: Scope | undefined;
  /** Equal for equal scopes; empty for everything. */
  readonly scopeId: string;
}

/** Whoever could come in without a key. */
export const LOCAL: Principal = { identity: LOCAL_IDENTITY, holder: "", scope: undefined, scopeId: "" };

export function principalOf({ id, identity, scope }: Key): Principal {
  return { identity, holder: id, scope, scopeId: scope === undefined ? "" : JSON.stringify([scope.toolsets, scope.servers]) };
}
