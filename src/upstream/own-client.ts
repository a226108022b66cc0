/** An instance that is one client's own (`sharing: "per-client"`): it is told of what that client can, and of its roots. */

import { Body } from "../base/body.ts";
import type { Call } from "../base/call.ts";
import { isObject, type JsonObject } from "../base/json.ts";
import type { UpstreamOptions } from "./upstream.ts";

type Roots = readonly JsonObject[];
type Ask = NonNullable<Call["ask"]>;

export class OwnClient {
  readonly #capabilities: JsonObject;
  /** Of the client's newest request that it may be asked in: older ones lead nowhere once it has come back in another way. */
  #ask: Ask | undefined;
  /** Servers ask for roots as soon as they are greeted, while the call still waits; what is told then is kept. */
  #told: Promise<Roots | undefined> | undefined;

  /** @param call of that client, for which the instance is made */
  constructor(call: Call) {
    this.#capabilities = call.caller.capabilities;
    this.#ask = call.ask;
  }

  /** The client calls again. */
  meet({ ask }: Call): void {
    this.#ask = ask ?? this.#ask;
  }

  /** The client has other roots than before. */
  rootsChanged(): void {
    this.#told = undefined;
  }

  /** What its instance is made with. */
  optionsFrom(options: UpstreamOptions): UpstreamOptions {
    return {
      ...options,
      client: this,
      capabilities: (server) => options.capabilities(server, this.#capabilities),
      roots: async (server) => (await options.roots(server)) ?? (server.ask === "none" ? undefined : await this.#roots(server.name)),
    };
  }

  async #roots(server: string): Promise<Roots | undefined> {
    const ask = this.#ask;
    if (ask === undefined || !isObject(this.#capabilities["roots"])) return undefined;
    const asked = (this.#told ??= askFor(ask, server));
    const roots = await asked;
    if (roots === undefined && this.#told === asked) this.#told = undefined;
    return roots;
  }
}

async function askFor(ask: Ask, server: string): Promise<Roots | undefined> {
  try {
    const { signal } = new AbortController();
    const { result } = await ask({ server, method: "roots/list", params: Body.empty, signal });
    const roots = result?.get("roots");
    return Array.isArray(roots) ? roots.filter(isObject) : undefined;
  } catch {
    return undefined; // the client does not answer, or its call is over
  }
}
