/**
 * Who is told of changes of which of a server's resources. The server is asked once for each, however many watch it,
 * and anew on each connection. What is watched outlives connections, and the object that makes them.
 */

import type { Answer } from "../../base/call.ts";
import type { Changed } from "../../base/watch.ts";

/** Asks one connection to tell of changes, in the way of its era. */
export interface Subscriber {
  /** Resolves with the server's word. */
  subscribe(uri: string): Promise<Answer>;
  unsubscribe(uri: string): void;
}

interface Watched {
  /** One function may watch several resources; of one change it is told once. */
  readonly listeners: Map<symbol, Changed>;
  /** Undefined while there is no connection. */
  answer: Promise<Answer> | undefined;
}

export class Watches {
  readonly #watched = new Map<string, Watched>();
  #subscriber: Subscriber | undefined;
  #notice: (text: string) => void = () => {};

  /** How many resources are watched. */
  get size(): number {
    return this.#watched.size;
  }

  /** @returns what ends it; the last one to end lets the server know */
  add(uri: string, changed: Changed): () => void {
    const watched = this.#watched.get(uri) ?? { listeners: new Map(), answer: undefined };
    const key = Symbol(uri);
    watched.listeners.set(key, changed);
    if (!this.#watched.has(uri)) {
      this.#watched.set(uri, watched);
      this.#subscribe(uri, watched);
    }
    return () => {
      if (!watched.listeners.delete(key) || watched.listeners.size > 0) return;
      this.#watched.delete(uri);
      this.#subscriber?.unsubscribe(uri);
    };
  }

  /** The server's word on a watched resource; undefined while there is no connection. */
  answer(uri: string): Promise<Answer> | undefined {
    return this.#watched.get(uri)?.answer;
  }

  /**
   * There is a connection: all that is watched is asked for anew.
   *
   * @param notice told of what the server does not want to tell of
   */
  attach(subscriber: Subscriber, notice: (text: string) => void): void {
    this.#subscriber = subscriber;
    this.#notice = notice;
    for (const [uri, watched] of this.#watched) this.#subscribe(uri, watched);
  }

  /** The way on which the server tells was lost for a while: all is asked for anew, and may have changed meanwhile. */
  renew(): void {
    for (const [uri, watched] of this.#watched) {
      this.#subscribe(uri, watched);
      for (const changed of new Set(watched.listeners.values())) changed(uri);
    }
  }

  /** The connection has gone, unless another has taken its place. */
  detach(subscriber: Subscriber): void {
    if (this.#subscriber !== subscriber) return;
    this.#subscriber = undefined;
    for (const watched of this.#watched.values()) watched.answer = undefined;
  }

  /**
   * A resource has changed. A server may tell of a part of what is watched; what fits nothing is told to all
   * (spec 2025-11-25 and 2026-07-28: Resources, Subscriptions: a sub-resource).
   */
  tell(uri: string): void {
    const fitting = [...this.#watched].filter(([watched]) => covers(watched, uri));
    const chosen = fitting.length > 0 ? fitting : [...this.#watched];
    const told = new Set(chosen.flatMap(([, { listeners }]) => [...listeners.values()]));
    for (const changed of told) changed(uri);
  }

  #subscribe(uri: string, watched: Watched): void {
    watched.answer = this.#subscriber?.subscribe(uri);
    watched.answer?.then(
      ({ error }) => {
        if (error !== undefined) this.#notice(`does not tell of changes of ${uri}: ${error.message}`);
      },
      () => {}, // the connection's end; the next one is asked anew
    );
  }
}

/** Is it the same resource, or a part of it? */
function covers(watched: string, uri: string): boolean {
  return uri === watched || uri.startsWith(watched.endsWith("/") ? watched : `${watched}/`);
}
