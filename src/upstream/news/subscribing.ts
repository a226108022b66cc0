/** How a connection is asked to tell of changed resources, where that is not done by listening to it. */

import { Body } from "../../base/body.ts";
import type { Answer } from "../../base/call.ts";
import type { Connection } from "../connection/connection.ts";
import type { RequestLimits } from "../connection/pending.ts";
import type { Subscriber } from "./watches.ts";

type Method = "resources/subscribe" | "resources/unsubscribe";

/** A legacy server: a request for each resource, those for one resource in their order (spec 2025-11-25: Resources, Subscriptions). */
export class LegacySubscriber implements Subscriber {
  readonly #connection: Connection;
  readonly #limits: RequestLimits;
  /** What is under way, by URI: over HTTP only waiting puts one message behind another. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(connection: Connection, limits: RequestLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  subscribe(uri: string): Promise<Answer> {
    return this.#ask("resources/subscribe", uri);
  }

  unsubscribe(uri: string): void {
    this.#ask("resources/unsubscribe", uri).catch(() => {}); // then the connection has ended, and the subscription with it
  }

  #ask(method: Method, uri: string): Promise<Answer> {
    const request = { method, params: Body.of({ uri }), limits: this.#limits };
    const before = this.#last.get(uri);
    const asked = before === undefined ? this.#connection.request(request) : before.then(() => this.#connection.request(request));
    const over = asked.then(
      () => {},
      () => {},
    );
    this.#last.set(uri, over);
    void over.then(() => this.#last.get(uri) === over && this.#last.delete(uri));
    return asked;
  }
}

/** A server that does not tell of changed resources. */
export const UNABLE: Subscriber = {
  subscribe: () => Promise.resolve({ error: { code: -32601, message: "The server does not tell of changed resources." } }),
  unsubscribe() {},
};
