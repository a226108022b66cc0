/** One configured server and its live connection: started, watched, restarted, stopped. */

import type { Answer, Call } from "../base/call.ts";
import type { Body } from "../base/body.ts";
import { sleep, type Cancel } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { toToolyardError, ToolyardError, type ErrorCode } from "../base/errors.ts";
import { SingleFlight } from "../base/flight.ts";
import type { JsonObject } from "../base/json.ts";
import type { Limits, ServerConfig } from "../config/config.ts";
import { backoffMs, StartLimit } from "./backoff.ts";
import { Breaker } from "./breaker.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import { dial, type DialOptions } from "./dial.ts";
import { Latency } from "./latency.ts";
import { next, type Event, type State } from "./lifecycle.ts";
import { fetchLists } from "./lists.ts";
import type { LinkFailure } from "./link.ts";
import type { RequestLimits } from "./pending.ts";
import type { RawLists } from "./raw-lists.ts";

export interface UpstreamEvents {
  state: State;
  /** Everything that the server offers, anew. */
  lists: RawLists;
  updated: string;
  log: JsonObject;
  /** Something odd that harms nobody; for the state that people see. */
  notice: string;
}

export interface UpstreamOptions extends DialOptions {
  readonly limits: Limits;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export interface UpstreamRequest {
  readonly method: string;
  readonly params: Body;
  readonly limits: RequestLimits;
  readonly call?: Call;
}

const FAILED_PROBE_MS = 5 * 60_000;
/** A call may ask for a new connection to an HTTP server this soon after the last attempt. */
const IMPATIENT_MS = 250;
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
  readonly #options: UpstreamOptions;
  readonly #breaker: Breaker;
  readonly #starts: StartLimit;
  readonly #connecting = new SingleFlight<Connection>();
  readonly #listing = new SingleFlight<void>();
  readonly #settled = Promise.withResolvers<void>();
  #server: ServerConfig;
  #state: State;
  #reason: ToolyardError | undefined;
  #connection: Connection | undefined;
  #leaving: Promise<void>;
  #restarts = -1;
  #attempt = 0;
  #lastAttempt = 0;
  #retryAt = 0;
  #lastUse: number;
  #retryTimer: Cancel = () => {};
  #stableTimer: Cancel = () => {};
  #idleTimer: Cancel = () => {};
  #listTimer: Cancel = () => {};
  #changedWhileListing = false;
  #attemptEnd = new AbortController();

  /** @param predecessor what must be gone before this one may start */
  constructor(server: ServerConfig, options: UpstreamOptions, predecessor: Promise<void> = Promise.resolve()) {
    this.#leaving = predecessor;
    this.name = server.name;
    this.#server = server;
    this.#options = options;
    this.#breaker = new Breaker(options.limits.breaker);
    this.#starts = new StartLimit(options.limits.starts);
    this.#state = server.disabled ? "disabled" : "idle";
    this.#lastUse = options.clock.now();
    if (server.disabled) this.#settled.resolve();
  }

  get server(): ServerConfig {
    return this.#server;
  }

  get state(): State {
    return this.#state;
  }

  /** Why it is not ready. */
  get reason(): ToolyardError | undefined {
    return this.#reason;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  get inFlight(): number {
    return this.#connection?.inFlight ?? 0;
  }

  /** How many times it was started again. */
  get restarts(): number {
    return Math.max(0, this.#restarts);
  }

  /** Milliseconds until the next attempt; 0 when none is planned. */
  get retryAfterMs(): number {
    return Math.max(0, this.#retryAt - this.#now());
  }

  /** Resolves at the first outcome: listed, failed, disabled or closed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Takes rules that need no new connection. */
  setRules(server: ServerConfig): void {
    this.#server = server;
  }

  /** Starts a connection when there is none; the outcome shows in the state. */
  start(): void {
    if (this.#state === "idle" || this.#state === "backoff") void this.#connect().catch(() => {});
  }

  /** Forgets failures and connects anew, by a person's wish. */
  async restart(): Promise<void> {
    if (this.#state === "disabled" || this.#state === "closed") return;
    this.#starts.clear();
    this.#breaker.succeed();
    this.#attempt = 0;
    await this.#drop("rested");
    await this.#connect().catch(() => {});
  }

  /** Reads the lists again; resolves when done, whatever came of it. */
  async refresh(): Promise<void> {
    if (this.#state !== "ready") return this.start();
    await this.#list();
  }

  /**
   * Sends a request, connecting first where that is needed.
   *
   * @throws SERVER_* where there is no connection to be had, CALL_TIMEOUT, CANCELLED, OUTCOME_UNKNOWN
   */
  async request(request: UpstreamRequest): Promise<Answer> {
    this.#consultBreaker();
    const startedAt = this.#now();
    this.#lastUse = startedAt;
    try {
      const answer = await this.#requestOnce(request, startedAt);
      this.#breaker.succeed();
      this.latency.add(this.#now() - startedAt);
      return answer;
    } catch (error) {
      const failure = toToolyardError(error);
      if (TRANSPORT_FAILURES.has(failure.code)) this.#breaker.fail(this.#now());
      else this.#breaker.release();
      throw failure;
    } finally {
      this.#lastUse = this.#now();
    }
  }

  /** Ends the connection and everything that belongs to it. Never rejects. */
  async close(): Promise<void> {
    await this.#drop("close");
    this.#settled.resolve();
    this.events.clear();
  }

  async #requestOnce(request: UpstreamRequest, startedAt: number): Promise<Answer> {
    const connection = this.#state === "ready" && this.#connection ? this.#connection : await this.#connected(request);
    const waited = this.#now() - startedAt;
    const limits = waited === 0 ? request.limits : { ...request.limits, totalMs: Math.max(1, request.limits.totalMs - waited) };
    try {
      return await connection.request({ ...request, limits });
    } catch (error) {
      const failure = toToolyardError(error);
      if (failure.details.sessionLost === true) return await (await this.#renewed(connection)).request({ ...request, limits });
      if (failure.details.started === false) this.#lost({ code: failure.code, message: failure.message, started: false }, connection);
      throw failure;
    }
  }

  /** The server has forgotten our session: one new handshake for all who noticed. */
  async #renewed(connection: Connection): Promise<Connection> {
    if (this.#connection !== connection && this.#connection !== undefined) return this.#connection;
    if (this.#connection === connection) {
      this.#enter("rested");
      this.#part(connection);
    }
    return await this.#connect();
  }

  #consultBreaker(): void {
    const wait = this.#breaker.ask(this.#now());
    if (wait === 0) return;
    const message = `It failed ${this.#options.limits.breaker.failures} times in a row; the next try is in ${inSeconds(wait)}.`;
    throw this.#error("SERVER_BREAKER_OPEN", message, wait);
  }

  /** A connection for a call: at once, by waiting for the one that is being made, or never. */
  async #connected({ limits, call }: UpstreamRequest): Promise<Connection> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const waited = new AbortController();
    const stop = (): void => waited.abort();
    call?.signal?.addEventListener("abort", stop, { once: true });
    const patience = Math.min(limits.quietMs, limits.totalMs, (call?.deadline ?? Number.POSITIVE_INFINITY) - this.#now());
    try {
      const late = sleep(this.#options.clock, Math.max(0, patience), waited.signal).then(() => {
        if (call?.signal?.aborted) throw new ToolyardError("CANCELLED", "The caller cancelled.");
        throw this.#error("SERVER_STARTING", `It was not ready within ${inSeconds(patience)}.`);
      });
      late.catch(() => {});
      return await Promise.race([this.#connect(), late]);
    } finally {
      stop();
      call?.signal?.removeEventListener("abort", stop);
    }
  }

  /** Why a call need not wait: there will be no connection soon. */
  #refusal(): ToolyardError | undefined {
    if (this.#state === "disabled") return this.#error("SERVER_DISABLED", "It is disabled.");
    if (this.#state === "closed") return this.#error("SERVER_REMOVED", "It has been removed.");
    if (this.#state === "failed")
      return this.#error("SERVER_FAILED", `It failed too often. ${this.#reason?.message ?? ""}`.trim(), this.retryAfterMs);
    const waiting = this.#state === "backoff" || this.#state === "auth-required";
    if (!waiting || this.#mayHurry()) return undefined;
    const { code = "SERVER_UNREACHABLE", message = "" } = this.#reason ?? {};
    const again = this.retryAfterMs === 0 ? "" : ` The next try is in ${inSeconds(this.retryAfterMs)}.`;
    return this.#error(code, message + again, this.retryAfterMs);
  }

  /** To ask an HTTP server once more costs nothing; to start a process does. */
  #mayHurry(): boolean {
    return this.#server.transport.kind !== "stdio" && this.#now() - this.#lastAttempt >= IMPATIENT_MS;
  }

  #connect(): Promise<Connection> {
    return this.#connecting.run(() => this.#attemptConnection());
  }

  async #attemptConnection(): Promise<Connection> {
    if (this.#state === "ready" && this.#connection !== undefined) return this.#connection;
    if (!this.#enter("connect")) throw this.#error("SERVER_REMOVED", `It is ${this.#state}.`);
    this.#retryTimer();
    await this.#leaving;
    if (this.#server.transport.kind === "stdio") this.#starts.note(this.#now());
    this.#lastAttempt = this.#now();
    this.#restarts++;
    this.#attemptEnd = new AbortController();
    try {
      const events: ConnectionEvents = {
        listChanged: () => this.#listChanged(),
        updated: (uri) => this.events.emit("updated", uri),
        log: (params) => this.events.emit("log", params),
        notice: (text) => this.events.emit("notice", text),
        closed: (failure) => this.#lost(failure, this.#connection),
      };
      const connection = await dial(this.#server, this.#options, events, this.#attemptEnd.signal);
      return await this.#welcome(connection);
    } catch (error) {
      const failure = this.#named(toToolyardError(error));
      this.#failed(failure);
      throw failure;
    }
  }

  async #welcome(connection: Connection): Promise<Connection> {
    if (this.#state !== "connecting") {
      await connection.close();
      throw this.#error("SERVER_REMOVED", `It became ${this.#state} while it was starting.`);
    }
    this.#connection = connection;
    this.#reason = undefined;
    this.#retryAt = 0;
    this.#enter("connected");
    this.#stableTimer = this.#options.clock.after(this.#options.limits.stableMs, () => {
      this.#starts.clear();
      this.#attempt = 0;
    });
    this.#armIdle();
    void this.#list().finally(() => this.#settled.resolve());
    return connection;
  }

  /** The connection broke; `connection` tells an old one's late news from the present one's. */
  #lost(failure: LinkFailure, connection: Connection | undefined): void {
    if (connection === undefined || connection !== this.#connection) return;
    this.#part(connection);
    this.#failed(this.#error(failure.code, failure.message));
  }

  #part(connection: Connection): void {
    this.#connection = undefined;
    this.#stableTimer();
    this.#idleTimer();
    this.#listTimer();
    const before = this.#leaving;
    this.#leaving = connection.close().then(() => before);
  }

  #failed(failure: ToolyardError): void {
    if (this.#state === "closed" || this.#state === "disabled") return;
    const wasReady = this.#state === "ready";
    this.#reason = failure;
    this.#settled.resolve();
    if (failure.code === "SERVER_AUTH_REQUIRED") return void this.#enter("unauthorized");
    if (this.#server.transport.kind === "stdio" && this.#starts.reached(this.#now())) return this.#giveUp();
    const delay = wasReady && this.#attempt === 0 ? 0 : backoffMs(this.#attempt, this.#options.limits.backoff, this.#options.random());
    this.#attempt++;
    this.#planRetry(delay, "lost");
  }

  #giveUp(): void {
    this.events.emit("notice", `failed ${this.#options.limits.starts.count} times; it is left alone for a while`);
    this.#planRetry(FAILED_PROBE_MS, "gave-up");
  }

  #planRetry(delay: number, event: Event): void {
    this.#retryAt = this.#now() + delay;
    this.#enter(event);
    this.#retryTimer = this.#options.clock.after(delay, () => {
      if (this.#server.connect === "lazy") return void this.#enter("rested");
      void this.#connect().catch(() => {});
    });
  }

  #listChanged(): void {
    this.#changedWhileListing = true;
    this.#listTimer();
    this.#listTimer = this.#options.clock.after(this.#options.limits.listDebounceMs, () => void this.#list());
  }

  /** Reads the lists; failing that, keeps the last good ones and tries again later. */
  #list(): Promise<void> {
    return this.#listing.run(async () => {
      const connection = this.#connection;
      if (connection === undefined) return;
      this.#changedWhileListing = false;
      const notice = (text: string): void => this.events.emit("notice", text);
      try {
        const { listMs } = this.#server.timeouts;
        const lists = await fetchLists(connection, { listMs, pages: this.#options.limits.pages, notice });
        this.#reason = undefined;
        this.events.emit("lists", lists);
        if (this.#changedWhileListing) this.#listChanged();
      } catch (error) {
        if (this.#connection !== connection) return;
        this.#reason = this.#named(toToolyardError(error));
        notice(`its lists could not be read: ${this.#reason.message}`);
        const delay = backoffMs(this.#attempt++, this.#options.limits.backoff, this.#options.random());
        this.#listTimer();
        this.#listTimer = this.#options.clock.after(delay, () => void this.#list());
      }
    });
  }

  /** A process that nobody uses is stopped; the next call starts it again. */
  #armIdle(): void {
    const { idleMs } = this.#server.timeouts;
    if (this.#server.transport.kind !== "stdio") return;
    const rest = this.#lastUse + idleMs - this.#now();
    this.#idleTimer = this.#options.clock.after(Math.max(rest, 1), () => {
      const used = this.inFlight > 0 || this.#now() - this.#lastUse < idleMs;
      if (used) return this.#armIdle();
      void this.#drop("rested");
    });
  }

  async #drop(event: Event): Promise<void> {
    this.#retryTimer();
    const connection = this.#connection;
    this.#enter(event);
    if (connection !== undefined) this.#part(connection);
    this.#attemptEnd.abort(this.#error("SERVER_REMOVED", "It was stopped while it was starting."));
    await this.#connecting.idle();
    await this.#leaving;
  }

  #enter(event: Event): boolean {
    const state = next(this.#state, event);
    if (state === undefined) return false;
    const changed = state !== this.#state;
    this.#state = state;
    if (changed) this.events.emit("state", state);
    return true;
  }

  #error(code: ErrorCode, message: string, retryAfterMs?: number): ToolyardError {
    return new ToolyardError(code, message, { server: this.name, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }

  #named(failure: ToolyardError): ToolyardError {
    return new ToolyardError(failure.code, failure.message, { ...failure.details, server: this.name }, failure.cause);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

function inSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
