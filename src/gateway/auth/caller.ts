/** Who stands behind a request, and what that caller may see. */

import type { Scope } from "../../toolyard.ts";
import { LOCAL_IDENTITY, type Key, type KeySurface } from "./key.ts";

export interface Principal {
  /** Owner of the key. */
  readonly identity: string;
  /** Id of the key; sessions belong to it. Empty where there is none. */
  readonly holder: string;
  /** What it may see at the most; undefined: everything. */
  readonly scope: Scope | undefined;
  /** How it is shown tools, where the address does not say. */
  readonly surface: KeySurface | undefined;
  /** Equal where scope and surface are; empty where there are none. */
  readonly viewId: string;
}

/** Whoever could come in without a key. */
export const LOCAL: Principal = { identity: LOCAL_IDENTITY, holder: "", scope: undefined, surface: undefined, viewId: "" };

export function principalOf({ id, identity, scope, surface }: Key): Principal {
  const isPlain = scope === undefined && surface === undefined;
  return { identity, holder: id, scope, surface, viewId: isPlain ? "" : JSON.stringify([scope?.toolsets, scope?.servers, surface]) };
}
