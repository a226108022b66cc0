/** Keeps one server's connection alive: dials, watches, backs off, gives up for a while, lets it rest, ends it. */

import type { Cancel } from "../../base/clock.ts";
import { toToolyardError, ToolyardError, type ErrorCode } from "../../base/errors.ts";
import { SingleFlight } from "../../base/flight.ts";
import type { Limits, ServerConfig } from "../../config/config.ts";
import { backoffMs, StartLimit } from "./backoff.ts";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionEvents } from "../connection/notifications.ts";
import { dial, type DialOptions } from "./dial.ts";
import type { LinkFailure } from "../links/link.ts";
import { next, type Event, type State } from "./lifecycle.ts";

export interface LifelineOptions extends DialOptions {
  readonly limits: Limits;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export interface LifelineEvents extends Omit<ConnectionEvents, "closed"> {
  state(state: State): void;
  /** Handshake done. */
  connected(): void;
  /** The connection is no longer used. */
  parted(): void;
  /** An attempt, or the connection, has failed. */
  failed(): void;
  /** Does somebody wait for what it tells? Then it does not rest. */
  isWatched(): boolean;
}

/** After too many starts, one more try each so many ms. */
const FAILED_PROBE_MS = 5 * 60_000;
/** A call may ask for a new connection to a server without a process of ours this soon after the last attempt. */
const IMPATIENT_MS = 250;
/** What no repetition mends: somebody must change the entry or the machine first. */
const CANNOT_START: ReadonlySet<ErrorCode> = new Set(["SPAWN_ENOENT", "SPAWN_EACCES", "CWD_MISSING"]);

export class Lifeline {
  readonly #options: LifelineOptions;
  readonly #events: LifelineEvents;
  readonly #starts: StartLimit;
  readonly #connecting = new SingleFlight<Connection>();
  #server: ServerConfig;
  #state: State;
  #reason: ToolyardError | undefined;
  #connection: Connection | undefined;
  /** What of earlier connections is still on its way out. */
  #leaving: Promise<void>;
  /** Connections that take nothing new, and close when all is answered. */
  readonly #retiring = new Set<Connection>();
  #attemptEnd = new AbortController();
  #started = 0;
  #failures = 0;
  #lastAttempt = 0;
  #retryAt = 0;
  #lastUse: number;
  #retryTimer: Cancel = () => {};
  #stableTimer: Cancel = () => {};
  #idleTimer: Cancel = () => {};

  /** @param predecessor what must be gone before a connection may be made */
  constructor(server: ServerConfig, options: LifelineOptions, events: LifelineEvents, predecessor: Promise<void>) {
    this.#server = server;
    this.#options = options;
    this.#events = events;
    this.#leaving = predecessor;
    this.#starts = new StartLimit(options.limits.starts);
    this.#state = server.disabled ? "disabled" : "idle";
    this.#lastUse = options.clock.now();
  }

  get state(): State {
    return this.#state;
  }

  get server(): ServerConfig {
    return this.#server;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Why it is not ready. */
  get reason(): ToolyardError | undefined {
    return this.#reason;
  }

  /** How many times it was started again. */
  get restarts(): number {
    return Math.max(0, this.#started - 1);
  }

  /** Milliseconds until the next attempt; 0 when none is planned. */
  get retryAfterMs(): number {
    return Math.max(0, this.#retryAt - this.#now());
  }

  /** Takes rules that need no new connection. */
  setRules(server: ServerConfig): void {
    this.#server = server;
  }

  /** Somebody uses it: it does not rest. */
  touch(): void {
    this.#lastUse = this.#now();
  }

  /**
   * A connection: the present one, the one being made, or a new one.
   *
   * @throws why there is none
   */
  connect(): Promise<Connection> {
    if (this.#state === "ready" && this.#connection !== undefined) return Promise.resolve(this.#connection);
    return this.#connecting.run(() => this.#attempt());
  }

  /** True where to try once more costs nothing, and the last try was not just now. */
  mayHurry(): boolean {
    return this.#server.transport.kind !== "stdio" && this.#now() - this.#lastAttempt >= IMPATIENT_MS;
  }

  /** The server has forgotten our session: one new handshake for all who notice. What else is under way there ends by itself. */
  renew(connection: Connection): Promise<Connection> {
    if (this.#connection === connection) {
      this.#letGo();
      this.#retiring.add(connection);
      void connection.retire().then(() => this.#retiring.delete(connection));
      this.#enter("rested");
    }
    return this.connect();
  }

  /** The connection broke; `connection` tells an old one's late news from the present one's. */
  lost(failure: LinkFailure, connection: Connection | undefined): void {
    if (connection === undefined || connection !== this.#connection) return;
    this.#part(connection);
    this.#fail(new ToolyardError(failure.code, failure.message, { server: this.#server.name }));
  }

  /** Forgets failures and connects anew, by a person's wish. */
  async restart(): Promise<void> {
    this.#starts.clear();
    this.#failures = 0;
    await this.#leave("rested", "It was started anew.");
    await this.connect().catch(() => {});
  }

  /** Ends the connection for good; calls in flight are told why. Never rejects. */
  close(why: string): Promise<void> {
    return this.#leave("close", why);
  }

  async #attempt(): Promise<Connection> {
    if (!this.#enter("connect")) throw this.#error("SERVER_REMOVED", `It is ${this.#state}.`);
    this.#retryTimer();
    this.#attemptEnd = new AbortController();
    const { signal } = this.#attemptEnd;
    await this.#leaving;
    this.#lastAttempt = this.#now();
    this.#noteStart();
    const made: { connection?: Connection } = {};
    try {
      signal.throwIfAborted();
      const events = this.#connectionEvents((failure) => this.lost(failure, made.connection));
      made.connection = await dial(this.#server, this.#options, events, { signal, mayStartAgain: () => this.#mayStartAgain() });
      return await this.#welcome(made.connection);
    } catch (error) {
      const { code, message, details } = toToolyardError(signal.aborted ? signal.reason : error);
      const failure = new ToolyardError(code, message, { ...details, server: this.#server.name });
      if (!signal.aborted) this.#fail(failure);
      throw failure;
    }
  }

  #connectionEvents(closed: ConnectionEvents["closed"]): ConnectionEvents {
    const { listChanged, updated, log, deaf, reopened, notice } = this.#events;
    return { listChanged, updated, log, deaf, reopened, notice, closed };
  }

  #noteStart(): void {
    this.#started++;
    if (this.#server.transport.kind === "stdio") this.#starts.note(this.#now());
  }

  #mayStartAgain(): boolean {
    if (this.#starts.reached(this.#now())) return false;
    this.#noteStart();
    return true;
  }

  async #welcome(connection: Connection): Promise<Connection> {
    if (this.#state !== "connecting") {
      await connection.close();
      throw this.#error("SERVER_REMOVED", `It became ${this.#state} while it was starting.`);
    }
    this.#connection = connection;
    this.#reason = undefined;
    this.#retryAt = 0;
    this.touch();
    this.#enter("connected");
    this.#stableTimer = this.#options.clock.after(this.#options.limits.stableMs, () => {
      this.#starts.clear();
      this.#failures = 0;
    });
    this.#armIdle();
    this.#events.connected();
    return connection;
  }

  #part(connection: Connection, why?: string): void {
    this.#letGo(); // some links tell of their end before their close returns
    const before = this.#leaving;
    this.#leaving = connection.close(why).then(() => before);
  }

  #letGo(): void {
    this.#connection = undefined;
    this.#stableTimer();
    this.#idleTimer();
    this.#events.parted();
  }

  #fail(failure: ToolyardError): void {
    if (this.#state === "closed" || this.#state === "disabled") return;
    const wasReady = this.#state === "ready";
    this.#reason = failure;
    if (failure.code === "SERVER_AUTH_REQUIRED") this.#enter("unauthorized");
    else if (CANNOT_START.has(failure.code)) this.#planRetry(FAILED_PROBE_MS, "gave-up");
    else if (this.#server.transport.kind === "stdio" && this.#starts.reached(this.#now())) this.#giveUp();
    else this.#planRetry(wasReady && this.#failures === 0 ? 0 : this.#backoff(), "lost");
    this.#events.failed();
  }

  #backoff(): number {
    return backoffMs(this.#failures++, this.#options.limits.backoff, this.#options.random());
  }

  #giveUp(): void {
    const { count } = this.#options.limits.starts;
    this.#events.notice(`was started ${count} times and failed; it is left alone for a while`);
    this.#planRetry(FAILED_PROBE_MS, "gave-up");
  }

  #planRetry(delay: number, event: Event): void {
    this.#retryAt = this.#now() + delay;
    this.#enter(event);
    if (delay === 0) this.#failures++;
    this.#retryTimer = this.#options.clock.after(delay, () => {
      const mayRest = this.#server.connect === "lazy" && !this.#events.isWatched();
      if (mayRest && this.#state === "backoff") return void this.#enter("rested");
      void this.connect().catch(() => {});
    });
  }

  /** A process that nobody uses is stopped; the next call starts it again. */
  #armIdle(): void {
    if (this.#server.transport.kind !== "stdio") return;
    const { idleMs } = this.#server.timeouts;
    const rest = this.#lastUse + idleMs - this.#now();
    this.#idleTimer = this.#options.clock.after(Math.max(rest, 1), () => {
      const busy = (this.#connection?.calls ?? 0) > 0 || this.#events.isWatched();
      const used = busy || this.#now() - this.#lastUse < this.#server.timeouts.idleMs;
      if (used) return this.#armIdle();
      void this.#leave("rested");
    });
  }

  /** Gives up what is there or being made, and waits until it is gone. */
  async #leave(event: "rested" | "close", why?: string): Promise<void> {
    this.#retryTimer();
    this.#retryAt = 0;
    this.#enter(event);
    if (this.#connection !== undefined) this.#part(this.#connection, why);
    this.#attemptEnd.abort(this.#error("SERVER_REMOVED", "It was stopped while it was starting."));
    await Promise.all([...this.#retiring].map((connection) => connection.close(why)));
    await this.#connecting.idle();
    await this.#leaving;
  }

  #enter(event: Event): boolean {
    const state = next(this.#state, event);
    if (state === undefined) return false;
    const changed = state !== this.#state;
    this.#state = state;
    if (changed) this.#events.state(state);
    return true;
  }

  #error(code: ErrorCode, message: string): ToolyardError {
    return new ToolyardError(code, message, { server: this.#server.name });
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
