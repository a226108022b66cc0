/** What a test lets a server offer beside, or in place of, what it always has. */

import type { JsonObject } from "../../../../src/base/json.ts";
import type { HostileServer } from "../server.ts";
import type { Request } from "./request.ts";
import type { Tool } from "./tools.ts";

export interface Offer {
  /** Announced beside the usual ones. */
  readonly capabilities: JsonObject;
  /** Listed after the standing ones. */
  readonly tools: readonly Tool[];
  /** Answers to methods, before any handler of the server's own. */
  readonly methods: Readonly<Record<string, (request: Request) => JsonObject | Promise<JsonObject>>>;
}

const NOTHING: Offer = { capabilities: {}, tools: [], methods: {} };
const offers = new WeakMap<HostileServer, Offer>();

export function give(server: HostileServer, offer: Offer): void {
  offers.set(server, offer);
}

export function offerOf(server: HostileServer): Offer {
  return offers.get(server) ?? NOTHING;
}
