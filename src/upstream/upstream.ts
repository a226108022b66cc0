/** One configured server and its live link: what goes to it, what it lists, how it stands. */

import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import type { Changed, Watch } from "../base/watch.ts";
import { Emitter } from "../base/emitter.ts";
import { toToolyardError, ToolyardError, type ErrorCode } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { ServerConfig } from "../config/config.ts";
import { Admission, inSeconds } from "./life/admission.ts";
import { Breaker } from "./life/breaker.ts";
import type { Connection } from "./connection/connection.ts";
import { Latency } from "./life/latency.ts";
import type { State } from "./life/lifecycle.ts";
import { Lifeline, type LifelineOptions } from "./life/lifeline.ts";
import { Listing } from "./listing/listing.ts";
import { LogLevel } from "./news/log-level.ts";
import { openNews } from "./news/news.ts";
import type { RequestLimits } from "./connection/pending.ts";
import type { ListName, RawLists } from "./listing/raw-lists.ts";
import { isHeaderMismatch, isOfTheHop, schemaIn } from "./hop.ts";
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

export interface UpstreamRequest {
  readonly method: string;
  readonly params: Body;
  readonly limits: RequestLimits;
  readonly call?: Call;
  /** Of a called tool, as the server itself lists it. */
  readonly inputSchema?: unknown;
}

export interface Origin {
  readonly gone?: Promise<void> | undefined;
  readonly watches?: Watches | undefined;
}

/** A request under way. */
interface Begun extends UpstreamRequest {
  readonly startedAt: number;
  /** Of the breaker. */
  readonly round: number;
}

/** What says that the server, not the request, is at fault. */
const TRANSPORT_FAILURES: ReadonlySet<ErrorCode> = new Set([
  "SERVER_UNREACHABLE",
  "SERVER_EXITED",
  "SERVER_PROTOCOL",
  "CALL_TIMEOUT",
  "OUTCOME_UNKNOWN",
]);

export class Upstream {
  readonly name: string;
  readonly events: Emitter<UpstreamEvents> = new Emitter();
  readonly latency: Latency = new Latency();
  readonly logLevel: LogLevel = new LogLevel();
  /** Passed on to whatever takes the place of this one. */
  readonly watches: Watches;
  readonly #options: UpstreamOptions;
  readonly #breaker: Breaker;
  readonly #lifeline: Lifeline;
  readonly #admission: Admission;
  readonly #listing: Listing;
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
    this.#breaker = new Breaker(options.limits.breaker);
    this.#listing = this.#makeListing();
    this.#lifeline = this.#makeLifeline(server, gone);
    this.#admission = new Admission(server.name, this.#lifeline, options.clock);
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
    this.#breaker.succeed();
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
  async request(request: UpstreamRequest): Promise<Answer> {
    this.#consultBreaker();
    const { round } = this.#breaker;
    this.#lifeline.touch();
    try {
      return await this.#send({ ...request, startedAt: this.#options.clock.now(), round });
    } finally {
      this.#breaker.release(round);
      this.#lifeline.touch();
    }
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

  async #send(request: Begun): Promise<Answer> {
    const present = this.state === "ready" ? this.connection : undefined;
    const connection = present ?? (await this.#admission.connection(request.limits, request.call));
    try {
      const answer = await this.#ask(connection, request);
      return isOfTheHop(answer, connection.spoken?.era) ? await this.#mended(request, connection, answer) : answer;
    } catch (error) {
      const failure = toToolyardError(error);
      if (failure.details.sessionLost === true) return await this.#sendAnew(request, connection);
      if (failure.code === "SERVER_UNREACHABLE" && failure.details.started === false) {
        this.#lifeline.lost({ code: failure.code, message: failure.message, started: false }, connection);
      }
      throw failure;
    }
  }

  /** The server had forgotten the session, so it has not begun: once more, in a new one, within the same time. */
  async #sendAnew(request: Begun, lost: Connection): Promise<Answer> {
    this.#lifeline.renew(lost).catch(() => {}); // the next line tells
    return await this.#ask(await this.#admission.connection(request.limits, request.call), request);
  }

  /**
   * A modern server that objects to our headers, or to the revision, has not begun: what we know of it was old. It is read
   * anew, and the request sent once more (spec 2026-07-28: Streamable HTTP, server validation; Versioning).
   */
  async #mended(request: Begun, connection: Connection, { error }: Answer): Promise<Answer> {
    if (isHeaderMismatch(error)) await this.#listing.read();
    else this.#lifeline.renew(connection).catch(() => {}); // the next line tells
    const inputSchema = schemaIn(this.#tools, request) ?? request.inputSchema;
    return await this.#ask(await this.#admission.connection(request.limits, request.call), { ...request, inputSchema });
  }

  /** The one place where the breaker learns how the server is: what never reached it says nothing. */
  async #ask(connection: Connection, request: Begun): Promise<Answer> {
    const { startedAt, round } = request;
    const { clock } = this.#options;
    const raising = request.call?.logLevel === undefined ? undefined : this.logLevel.raise(request.call.logLevel);
    if (raising !== undefined) await raising; // over HTTP only waiting puts one message behind another
    try {
      const answer = await connection.request(remaining(request, clock.now()));
      this.#breaker.succeed();
      this.latency.add(clock.now() - startedAt);
      return answer;
    } catch (error) {
      const { code, details } = toToolyardError(error);
      if (TRANSPORT_FAILURES.has(code) && details.sessionLost !== true) this.#breaker.fail(clock.now(), round);
      throw error;
    }
  }

  /** The server's word on a watched resource. */
  async #subscribed(uri: string): Promise<Answer> {
    const { connectMs } = this.server.timeouts;
    if (this.watches.answer(uri) === undefined) await this.#admission.connection({ quietMs: connectMs, totalMs: connectMs });
    return (await this.watches.answer(uri)) ?? { result: Body.empty };
  }

  #consultBreaker(): void {
    const wait = this.#breaker.ask(this.#options.clock.now());
    if (wait === 0) return;
    const { failures } = this.#options.limits.breaker;
    throw this.#error("SERVER_BREAKER_OPEN", `It failed ${failures} times in a row; the next try is in ${inSeconds(wait)}.`, wait);
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

  #error(code: ErrorCode, message: string, retryAfterMs?: number): ToolyardError {
    return new ToolyardError(code, message, { server: this.name, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}

/** The request, with what is left of its time. */
function remaining(request: Begun, now: number): UpstreamRequest {
  const { limits, startedAt } = request;
  return now === startedAt ? request : { ...request, limits: { ...limits, totalMs: Math.max(1, limits.totalMs - (now - startedAt)) } };
}
