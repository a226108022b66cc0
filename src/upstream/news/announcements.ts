/**
 * What a modern server announces: one `subscriptions/listen` for all that is wanted of it, opened anew when that changes
 * or when it ends (spec 2026-07-28: Subscriptions). A legacy server announces its lists by itself.
 */

import { Body } from "../../base/body.ts";
import type { Answer, RpcError } from "../../base/call.ts";
import type { Cancel, Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, objectOr, type JsonObject } from "../../base/json.ts";
import { backoffMs } from "../life/backoff.ts";
import type { Connection } from "../connection/connection.ts";
import type { Subscriber } from "./watches.ts";

export interface AnnouncementOptions {
  readonly clock: Clock;
  /** Wishes that come within so many ms are asked for together. */
  readonly debounceMs: number;
  /** How long the server may take to acknowledge, in ms. */
  readonly ackMs: number;
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  random(): number;
  /** A stream was lost: what changed meanwhile is not known. */
  missed(): void;
}

interface Stream {
  readonly abort: AbortController;
  /** Resources that it asks for. */
  readonly uris: readonly string[];
  readonly openedAt: number;
}

/** For ever, as far as a request is concerned; the connection's end ends it. */
const FOREVER = { quietMs: 2 ** 31 - 1, totalMs: 2 ** 31 - 1 };
/** A stream that stood so long was a good one. */
const GOOD_MS = 10_000;
const NOT_HONOURED: RpcError = { code: -32602, message: "The server does not tell of changes of this resource." };
const NOT_ACKNOWLEDGED: RpcError = { code: -32603, message: "The server did not say in time whether it tells of changes." };

export class Announcements implements Subscriber {
  readonly #connection: Connection;
  readonly #options: AnnouncementOptions;
  /** The lists of whose changes the server tells. */
  readonly #lists: JsonObject;
  readonly #wanted = new Map<string, PromiseWithResolvers<Answer>>();
  /** Oldest first; all but the newest end when that one is acknowledged. */
  readonly #streams = new Set<Stream>();
  #newest: Stream | undefined;
  #planned: Cancel = () => {};
  #ackTimer: Cancel = () => {};
  #retrying = false;
  #failures = 0;
  #closed = false;

  constructor(connection: Connection, options: AnnouncementOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#lists = listsOf(connection.spoken?.capabilities ?? {});
    if (Object.keys(this.#lists).length > 0) this.#open();
  }

  subscribe(uri: string): Promise<Answer> {
    const wish = Promise.withResolvers<Answer>();
    wish.promise.catch(() => {});
    this.#wanted.set(uri, wish);
    this.#plan();
    return wish.promise;
  }

  unsubscribe(uri: string): void {
    this.#wanted.get(uri)?.reject(new ToolyardError("CANCELLED", "Nobody wants to be told any more."));
    this.#wanted.delete(uri);
    this.#plan();
  }

  /** Ends every stream and timer; who still waits for the server's word waits no more. */
  close(): void {
    this.#closed = true;
    this.#planned();
    this.#ackTimer();
    for (const { abort } of this.#streams) abort.abort();
    for (const { reject } of this.#wanted.values()) reject(new ToolyardError("SERVER_UNREACHABLE", "The connection has ended."));
  }

  #plan(): void {
    if (this.#retrying || this.#closed) return;
    this.#planned();
    this.#planned = this.#options.clock.after(this.#options.debounceMs, () => this.#open());
  }

  #open(): void {
    const uris = [...this.#wanted.keys()];
    const notifications: JsonObject = { ...this.#lists, ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }) };
    if (Object.keys(notifications).length === 0) return this.#endBefore(undefined);
    const { clock, ackMs } = this.#options;
    const stream: Stream = { abort: new AbortController(), uris, openedAt: clock.now() };
    this.#streams.add(stream);
    this.#newest = stream;
    this.#ackTimer();
    this.#ackTimer = clock.after(ackMs, () => this.#settle(stream, () => NOT_ACKNOWLEDGED));
    this.#connection
      .request({
        method: "subscriptions/listen",
        params: Body.of({ notifications }),
        limits: FOREVER,
        signal: stream.abort.signal,
        acknowledged: (honoured) => this.#acknowledged(stream, honoured),
      })
      .then(
        (answer) => this.#ended(stream, answer),
        () => this.#ended(stream, undefined),
      );
  }

  /** First the new one, then the old one is closed: nothing is missed between. */
  #acknowledged(stream: Stream, { resourceSubscriptions: honoured }: JsonObject): void {
    this.#endBefore(stream);
    if (stream === this.#newest) this.#ackTimer();
    this.#settle(stream, (uri) => (Array.isArray(honoured) && honoured.includes(uri) ? undefined : NOT_HONOURED));
  }

  #endBefore(stream: Stream | undefined): void {
    for (const older of this.#streams) {
      if (older === stream) return;
      older.abort.abort();
    }
  }

  #settle({ uris }: Stream, refusal: (uri: string) => RpcError | undefined): void {
    for (const uri of uris) {
      const error = refusal(uri);
      this.#wanted.get(uri)?.resolve(error === undefined ? { result: Body.empty } : { error });
    }
  }

  /** By its result, by an error, or without a word. */
  #ended(stream: Stream, answer: Answer | undefined): void {
    this.#streams.delete(stream);
    if (this.#closed || stream !== this.#newest || stream.abort.signal.aborted || this.#connection.ended !== undefined) return;
    this.#newest = [...this.#streams].at(-1);
    const { error } = answer ?? {};
    if (error !== undefined) return this.#settle(stream, () => error);
    const { clock, backoff, random, missed } = this.#options;
    if (clock.now() - stream.openedAt > GOOD_MS) this.#failures = 0;
    this.#retrying = true;
    this.#planned();
    this.#planned = clock.after(backoffMs(this.#failures++, backoff, random()), () => {
      this.#retrying = false;
      missed();
      this.#open();
    });
  }
}

function listsOf(capabilities: JsonObject): JsonObject {
  const announces = (name: string): boolean => isObject(capabilities[name]) && objectOr(capabilities[name])["listChanged"] === true;
  return {
    ...(announces("tools") ? { toolsListChanged: true } : {}),
    ...(announces("prompts") ? { promptsListChanged: true } : {}),
    ...(announces("resources") ? { resourcesListChanged: true } : {}),
  };
}
