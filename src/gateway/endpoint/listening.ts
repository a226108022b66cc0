/** `subscriptions/listen`: a modern client's stream of news, of which it chose the kinds (spec 2026-07-28: Subscriptions). */

import { Body } from "../../base/body.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { META } from "../../era/meta.ts";
import { writeRequest, type RpcId } from "../../wire/envelope.ts";
import type { Exchange } from "./exchange.ts";
import { listChanged, type ListKind, type Lists } from "./lists.ts";
import { SERVER_INFO } from "./offer.ts";

/** More are refused: each costs a stream. */
const MOST = 1_024;

/** The member of the filter that asks for news of a list. */
const FILTER: Record<ListKind, string> = {
  tools: "toolsListChanged",
  prompts: "promptsListChanged",
  resources: "resourcesListChanged",
};
const KINDS: readonly ListKind[] = ["tools", "prompts", "resources"];

export class Listening {
  readonly #lists: Lists;
  readonly #open = new Set<() => void>();

  constructor(lists: Lists) {
    this.#lists = lists;
  }

  /**
   * Tells the client of changes until it leaves or we end. Resolves with the result that then is sent.
   *
   * @throws INVALID_PARAMS without a filter, SERVER_BUSY when too many listen already
   */
  listen({ id, params, outlet, signal }: Exchange): Promise<Body> {
    const filter = params.get("notifications");
    if (!isObject(filter)) throw new ToolyardError("INVALID_PARAMS", "`notifications` is missing: it says of what to be told.");
    if (this.#open.size >= MOST) throw new ToolyardError("SERVER_BUSY", `${MOST} streams of news are open already.`);
    const kinds = KINDS.filter((kind) => filter[FILTER[kind]] === true);
    const honoured = Object.fromEntries(kinds.map((kind) => [FILTER[kind], true]));
    const acknowledged = Body.of({ notifications: honoured, _meta: belongsTo(id) });
    outlet.send(writeRequest(undefined, "notifications/subscriptions/acknowledged", acknowledged), false);
    const stopNews = this.#lists.events.on("changed", (kind) => {
      if (kinds.includes(kind)) outlet.send(listChanged(kind, Body.of({ _meta: belongsTo(id) })), false);
    });
    return this.#untilOver(signal, stopNews).then(() =>
      Body.of({ resultType: "complete", _meta: { ...belongsTo(id), [META.serverInfo]: SERVER_INFO } }),
    );
  }

  /** Ends every stream; each gets its result. */
  close(): void {
    for (const end of this.#open) end();
  }

  #untilOver(signal: AbortSignal, stopNews: () => void): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#open.delete(end);
        stopNews();
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#open.add(end);
      signal.addEventListener("abort", end);
    });
  }
}

function belongsTo(id: RpcId): JsonObject {
  return { [META.subscriptionId]: id };
}
