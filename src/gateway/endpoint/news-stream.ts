/** One `subscriptions/listen` of a modern client, from its acknowledgement to its end (spec 2026-07-28: Subscriptions). */

import { Body } from "../../base/body.ts";
import type { Caller } from "../../base/call.ts";
import { sleep, type Clock } from "../../base/clock.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Watch } from "../../base/watch.ts";
import { META } from "../../era/meta.ts";
import type { View } from "../../view.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { Exchange } from "./exchange.ts";
import { listChanged, type ListKind, type Lists } from "./lists.ts";
import { SERVER_INFO } from "./offer.ts";
import { resourceUpdated } from "./subscriptions.ts";

/** What the client wants to be told of. */
export interface Wishes {
  readonly kinds: readonly ListKind[];
  readonly uris: readonly string[];
}

/** The member of the filter that asks for news of a list. */
export const FILTER: Readonly<Record<ListKind, string>> = {
  tools: "toolsListChanged",
  prompts: "promptsListChanged",
  resources: "resourcesListChanged",
};

/** Servers that are there answer sooner; what one says later than this, in ms, comes too late to be left out of the acknowledgement. */
const ANSWER_MS = 3_000;

export class NewsStream {
  readonly #exchange: Exchange;
  readonly #wishes: Wishes;
  readonly #ended = new AbortController();
  readonly #watches = new Map<string, Watch>();
  /** What changed before the acknowledgement; undefined from then on. */
  #early: Set<string> | undefined = new Set();
  #stopLists: () => void = () => {};

  constructor(exchange: Exchange, wishes: Wishes) {
    this.#exchange = exchange;
    this.#wishes = wishes;
  }

  /** Tells the client until it leaves or this is ended. Resolves with the result that is the last word. */
  async run(view: View, lists: Lists, clock: Clock): Promise<Body> {
    const { signal } = this.#exchange;
    const end = (): void => this.end();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    try {
      await this.#watch(view, clock);
      if (!this.#ended.signal.aborted) this.#acknowledge(lists);
      await this.#over();
    } finally {
      signal.removeEventListener("abort", end);
      this.#stopLists();
      for (const watch of this.#watches.values()) watch.close();
    }
    return Body.of({ resultType: "complete", _meta: { ...this.#mark, [META.serverInfo]: SERVER_INFO } });
  }

  end(): void {
    this.#ended.abort();
  }

  get #mark(): JsonObject {
    return { [META.subscriptionId]: this.#exchange.id };
  }

  /** A resource that nobody has, or whose server refuses, is left out; one whose server is not there is told of when it is. */
  async #watch(view: View, clock: Clock): Promise<void> {
    const { uris } = this.#wishes;
    if (uris.length === 0) return;
    const { caller } = this.#exchange;
    const all = Promise.all(uris.map((uri) => this.#watchOne(uri, view, caller)));
    const stop = new AbortController();
    await Promise.race([all, sleep(clock, ANSWER_MS, AbortSignal.any([stop.signal, this.#ended.signal]))]);
    stop.abort();
  }

  async #watchOne(uri: string, view: View, caller: Caller): Promise<void> {
    const watch = await view.watch(uri, { caller }, this.#tell).catch(() => undefined);
    if (watch === undefined) return;
    if (this.#ended.signal.aborted) return watch.close();
    this.#watches.set(uri, watch);
    const answer = await watch.answer.catch(() => undefined);
    if (answer?.error === undefined) return;
    this.#watches.delete(uri);
    watch.close();
  }

  #acknowledge(lists: Lists): void {
    const { outlet } = this.#exchange;
    const { kinds, uris } = this.#wishes;
    const watched = uris.filter((uri) => this.#watches.has(uri));
    const notifications: JsonObject = {
      ...Object.fromEntries(kinds.map((kind) => [FILTER[kind], true])),
      ...(watched.length === 0 ? {} : { resourceSubscriptions: watched }),
    };
    const params = Body.of({ notifications, _meta: this.#mark });
    outlet.send(writeRequest(undefined, "notifications/subscriptions/acknowledged", params), false);
    this.#stopLists = lists.events.on("changed", (kind) => {
      if (kinds.includes(kind)) outlet.send(listChanged(kind, Body.of({ _meta: this.#mark })), false);
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const uri of early) this.#tell(uri);
  }

  readonly #tell = (uri: string): void => {
    if (this.#early === undefined) this.#exchange.outlet.send(resourceUpdated(uri, this.#mark), false);
    else this.#early.add(uri);
  };

  #over(): Promise<void> {
    const { signal } = this.#ended;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
