/** One configured server and its live link: what goes to it, what it lists, how it stands. */

import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import type { Changed, Watch } from "../base/watch.ts";
import { Emitter } from "../base/emitter.ts";
import { ToolyardError, type ErrorCode } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { ServerConfig } from "../config/config.ts";
import { Admission } from "./life/admission.ts";
import type { Connection } from "./connection/connection.ts";
import { Latency } from "./life/latency.ts";
import type { State } from "./life/lifecycle.ts";
import { Lifeline, type LifelineOptions } from "./life/lifeline.ts";
import { Listing } from "./listing/listing.ts";
import { LogLevel } from "./news/log-level.ts";
import { openNews } from "./news/news.ts";
import type { ListName, RawLists } from "./listing/raw-lists.ts";
import { Sending, type UpstreamRequest } from "./sending.ts";
import { Watches } from "./news/watches.ts";

export interface UpstreamEvents {
  state: State;
  /** Everything that the server offers, anew. */
  lists: RawLists;
  log: JsonObject;
  /** Something odd that harms nobody; for the state that people see. */
  notice: string;
}

export interface UpstreamOptions extends LifelineOptions {
  /** The only client that the instance is for. */
  readonly client?: { meet(call: Call): void; rootsChanged(): void };
}

export interface Origin {
  readonly gone?: Promise<void> | undefined;
  readonly watches?: Watches | undefined;
}

export class Upstream {
  readonly name: string;
  readonly events: Emitter<UpstreamEvents> = new Emitter();
  readonly latency: Latency = new Latency();
  readonly logLevel: LogLevel = new LogLevel();
  /** Passed on to whatever takes the place of this one. */
  readonly watches: Watches;
  readonly #options: UpstreamOptions;
  readonly #lifeline: Lifeline;
  readonly #admission: Admission;
  readonly #listing: Listing;
  readonly #sending: Sending;
  readonly #settled = Promise.withResolvers<void>();
  #listFailure: ToolyardError | undefined;
  /** As the server lists them. */
  #tools: readonly unknown[] = [];
  #endNews: () => void = () => {};

  /** @param origin `gone`: what must be over before this one may start; `watches`: those of the one whose place it takes */
  constructor(server: ServerConfig, options: UpstreamOptions, { gone = Promise.resolve(), watches }: Origin = {}) {
    this.name = server.name;
    this.#options = options;
    this.watches = watches ?? new Watches();
    this.#listing = this.#makeListing();
    this.#lifeline = this.#makeLifeline(server, gone);
    this.#admission = new Admission(server.name, this.#lifeline, options.clock);
    this.#sending = this.#makeSending();
    if (server.disabled) this.#settled.resolve();
  }

  /** Taken over by whatever takes the place of this one. */
  get options(): UpstreamOptions {
    return this.#options;
  }

  get server(): ServerConfig {
    return this.#lifeline.server;
  }

  get state(): State {
    return this.#lifeline.state;
  }

  /** Why it is not ready, or why its lists could not be read. */
  get reason(): ToolyardError | undefined {
    return this.#lifeline.reason ?? this.#listFailure;
  }

  get connection(): Connection | undefined {
    return this.#lifeline.connection;
  }

  get inFlight(): number {
    return this.connection?.calls ?? 0;
  }

  get restarts(): number {
    return this.#lifeline.restarts;
  }

  /** Milliseconds until the next attempt; 0 when none is planned. */
  get retryAfterMs(): number {
    return this.#lifeline.retryAfterMs;
  }

  /** Resolves at the first outcome: listed, failed, disabled or closed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  setRules(server: ServerConfig): void {
    this.#lifeline.setRules(server);
  }

  /** The only client that this is for has other roots than before; a legacy server asks for them when it wants to know. */
  rootsChanged(): void {
    this.#options.client?.rootsChanged();
    this.connection?.rootsChanged();
  }

  /** Starts a connection when there is none; the outcome shows in the state. */
  start(): void {
    if (this.state === "idle" || this.state === "backoff") void this.#lifeline.connect().catch(() => {});
  }

  /** Forgets failures and connects anew, by a person's wish. */
  async restart(): Promise<void> {
    if (this.state === "disabled" || this.state === "closed") return;
    this.#sending.forgetFailures();
    await this.#lifeline.restart();
  }

  /** Reads the lists again; resolves when done, whatever came of it. */
  async refresh(): Promise<void> {
    if (this.state === "ready") await this.#listing.read();
    else this.start();
  }

  /** Why nothing of it can be called where it has not yet said what it offers. */
  get silence(): ToolyardError {
    return this.#admission.silence;
  }

  /**
   * Sends a request, connecting first where that is needed.
   *
   * @throws SERVER_* where there is no connection to be had, CALL_TIMEOUT, CANCELLED, OUTCOME_UNKNOWN
   */
  request(request: UpstreamRequest): Promise<Answer> {
    return this.#sending.request(request);
  }

  /** Somebody reads a list: if it may no longer be what the server offers, that is asked again, in the background. */
  listed(list: ListName): void {
    this.#listing.wanted(list);
  }

  /** Tells of changes of a resource, connecting first where that is needed, and anew on each connection. */
  watch(uri: string, changed: Changed): Watch {
    const close = this.watches.add(uri, changed);
    const answer = this.#subscribed(uri);
    answer.catch(() => {});
    return { answer, close };
  }

  /** Ends the connection and everything that belongs to it; calls in flight are told why. Never rejects. */
  async close(why: string): Promise<void> {
    this.#listing.stop();
    await this.#lifeline.close(why);
    this.#settled.resolve();
    this.events.clear();
  }

  /** The server's word on a watched resource. */
  async #subscribed(uri: string): Promise<Answer> {
    const { connectMs } = this.server.timeouts;
    if (this.watches.answer(uri) === undefined) await this.#admission.connection({ quietMs: connectMs, totalMs: connectMs });
    return (await this.watches.answer(uri)) ?? { result: Body.empty };
  }

  #makeLifeline(server: ServerConfig, predecessor: Promise<void>): Lifeline {
    const events = {
      state: (state: State) => this.events.emit("state", state),
      connected: () => this.#welcome(),
      parted: () => this.#farewell(),
      failed: () => this.#settled.resolve(),
      listChanged: () => this.#listing.changed(),
      updated: (uri: string) => this.watches.tell(uri),
      deaf: () => this.#probeSession(),
      reopened: () => this.watches.renew(),
      isWatched: () => this.watches.size > 0 || this.connection?.hasTasks === true,
      log: (params: JsonObject) => this.events.emit("log", params),
      notice: (text: string) => this.events.emit("notice", text),
    };
    return new Lifeline(server, this.#options, events, predecessor);
  }

  #welcome(): void {
    const { connection, watches } = this;
    const { clock, limits } = this.#options;
    const { listMs, callMs } = this.server.timeouts;
    if (connection === undefined) return;
    this.logLevel.attach(connection);
    this.#endNews = openNews(connection, watches, {
      clock,
      debounceMs: limits.listDebounceMs,
      ackMs: Math.min(listMs, callMs), // both a client's request and a part of what is offered
      backoff: limits.backoff,
      random: () => this.#options.random(),
      missed: () => this.#listing.changed(),
      notice: (text) => this.events.emit("notice", text),
    });
    void this.#listing.read().finally(() => this.#settled.resolve());
  }

  #farewell(): void {
    this.#listing.stop();
    this.logLevel.detach();
    this.#endNews();
  }

  /** A server that no longer tells anything may have forgotten the session; the answer to any request shows it. */
  #probeSession(): void {
    const { listMs } = this.server.timeouts;
    this.request({ method: "ping", params: Body.empty, limits: { quietMs: listMs, totalMs: listMs } }).catch(() => {});
  }

  #makeSending(): Sending {
    return new Sending({
      name: this.name,
      clock: this.#options.clock,
      breaker: this.#options.limits.breaker,
      lifeline: this.#lifeline,
      admission: this.#admission,
      latency: this.latency,
      logLevel: this.logLevel,
      readLists: () => this.#listing.read(),
      tools: () => this.#tools,
    });
  }

  #makeListing(): Listing {
    const { clock, limits } = this.#options;
    return new Listing({
      clock,
      random: () => this.#options.random(),
      pages: limits.pages,
      debounceMs: limits.listDebounceMs,
      backoff: limits.backoff,
      source: () => (this.connection === undefined ? undefined : { connection: this.connection, listMs: this.server.timeouts.listMs }),
      lists: (lists) => {
        this.#listFailure = undefined;
        this.#tools = lists.tools;
        this.events.emit("lists", lists);
      },
      failed: (failure) => {
        this.#listFailure = this.#error(failure.code, `Its lists could not be read: ${failure.message}`);
        this.events.emit("notice", this.#listFailure.message);
      },
      notice: (text) => this.events.emit("notice", text),
    });
  }

  #error(code: ErrorCode, message: string): ToolyardError {
    return new ToolyardError(code, message, { server: this.name });
  }
}
