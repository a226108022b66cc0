/** An instance that is one client's own (`sharing: "per-client"`): it is told of what that client can, and of its roots. */

import { Body } from "../base/body.ts";
import type { Call } from "../base/call.ts";
import { isObject, type JsonObject } from "../base/json.ts";
import type { UpstreamOptions } from "./upstream.ts";

type Roots = readonly JsonObject[];

/** @param call of that client, for which the instance is made */
export function ofOneClient(options: UpstreamOptions, call: Call): UpstreamOptions {
  const { capabilities } = call.caller;
  const ownRoots = rootsOf(call);
  return {
    ...options,
    capabilities: (server) => options.capabilities(server, capabilities),
    roots: async (server) => (await options.roots(server)) ?? (server.ask === "none" ? undefined : await ownRoots(server.name)),
  };
}

/** Servers ask for roots as soon as they are greeted, while the call still waits; what it is told then is kept. */
function rootsOf({ ask, caller }: Call): (server: string) => Promise<Roots | undefined> {
  let told: Promise<Roots | undefined> | undefined;
  if (ask === undefined || !isObject(caller.capabilities["roots"])) return async () => undefined;
  return async (server) => {
    told ??= askFor(ask, server);
    const roots = await told;
    if (roots === undefined) told = undefined;
    return roots;
  };
}

async function askFor(ask: NonNullable<Call["ask"]>, server: string): Promise<Roots | undefined> {
  try {
    const { signal } = new AbortController();
    const { result } = await ask({ server, method: "roots/list", params: Body.empty, signal });
    const roots = result?.get("roots");
    return Array.isArray(roots) ? roots.filter(isObject) : undefined;
  } catch {
    return undefined; // the client does not answer, or its call is over
  }
}
