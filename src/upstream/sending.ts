/** How a request gets to one server and what its outcome says of that server: breaker, connection, one more try where it cannot have begun. */

import type { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import type { Clock } from "../base/clock.ts";
import { toToolyardError, ToolyardError, type ErrorCode } from "../base/errors.ts";
import type { Connection } from "./connection/connection.ts";
import type { RequestLimits } from "./connection/pending.ts";
import { isHeaderMismatch, isOfTheHop, schemaIn } from "./hop.ts";
import { inSeconds, type Admission } from "./life/admission.ts";
import { Breaker, type BreakerLimits } from "./life/breaker.ts";
import type { Latency } from "./life/latency.ts";
import type { Lifeline } from "./life/lifeline.ts";
import type { LogLevel } from "./news/log-level.ts";

export interface UpstreamRequest {
  readonly method: string;
  readonly params: Body;
  readonly limits: RequestLimits;
  readonly call?: Call;
  /** Of a called tool, as the server itself lists it. */
  readonly inputSchema?: unknown;
}

export interface SendingParts {
  /** Of the server. */
  readonly name: string;
  readonly clock: Clock;
  readonly breaker: BreakerLimits;
  readonly lifeline: Lifeline;
  readonly admission: Admission;
  readonly latency: Latency;
  readonly logLevel: LogLevel;
  /** Reads anew what the server offers. */
  readLists(): Promise<void>;
  /** As the server lists them. */
  tools(): readonly unknown[];
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

export class Sending {
  readonly #parts: SendingParts;
  readonly #breaker: Breaker;

  constructor(parts: SendingParts) {
    this.#parts = parts;
    this.#breaker = new Breaker(parts.breaker);
  }

  /** By a person's wish. */
  forgetFailures(): void {
    this.#breaker.succeed();
  }

  /** @throws SERVER_* where there is no connection to be had, CALL_TIMEOUT, CANCELLED, OUTCOME_UNKNOWN */
  async request(request: UpstreamRequest): Promise<Answer> {
    this.#consultBreaker();
    const { round } = this.#breaker;
    this.#parts.lifeline.touch();
    try {
      return await this.#send({ ...request, startedAt: this.#parts.clock.now(), round });
    } finally {
      this.#breaker.release(round);
      this.#parts.lifeline.touch();
    }
  }

  async #send(request: Begun): Promise<Answer> {
    const { lifeline, admission } = this.#parts;
    const present = lifeline.state === "ready" ? lifeline.connection : undefined;
    const connection = present ?? (await admission.connection(request.limits, request.call));
    try {
      const answer = await this.#ask(connection, request);
      return isOfTheHop(answer, connection.spoken?.era) ? await this.#mended(request, connection, answer) : answer;
    } catch (error) {
      const failure = toToolyardError(error);
      if (failure.details.sessionLost === true) return await this.#sendAnew(request, connection);
      if (failure.code === "SERVER_UNREACHABLE" && failure.details.started === false) {
        lifeline.lost({ code: failure.code, message: failure.message, started: false }, connection);
      }
      throw failure;
    }
  }

  /** The server had forgotten the session, so it has not begun: once more, in a new one, within the same time. */
  async #sendAnew(request: Begun, lost: Connection): Promise<Answer> {
    this.#parts.lifeline.renew(lost).catch(() => {}); // the next line tells
    return await this.#ask(await this.#parts.admission.connection(request.limits, request.call), request);
  }

  /**
   * A modern server that objects to our headers, or to the revision, has not begun: what we know of it was old. It is read
   * anew, and the request sent once more (spec 2026-07-28: Streamable HTTP, server validation; Versioning).
   */
  async #mended(request: Begun, connection: Connection, { error }: Answer): Promise<Answer> {
    if (isHeaderMismatch(error)) await this.#parts.readLists();
    else this.#parts.lifeline.renew(connection).catch(() => {}); // the next line tells
    const inputSchema = schemaIn(this.#parts.tools(), request) ?? request.inputSchema;
    return await this.#ask(await this.#parts.admission.connection(request.limits, request.call), { ...request, inputSchema });
  }

  /** The one place where the breaker learns how the server is: what never reached it says nothing. */
  async #ask(connection: Connection, request: Begun): Promise<Answer> {
    const { startedAt, round } = request;
    const { clock, latency, logLevel } = this.#parts;
    const raising = request.call?.logLevel === undefined ? undefined : logLevel.raise(request.call.logLevel);
    if (raising !== undefined) await raising; // over HTTP only waiting puts one message behind another
    try {
      const answer = await connection.request(remaining(request, clock.now()));
      this.#breaker.succeed();
      latency.add(clock.now() - startedAt);
      return answer;
    } catch (error) {
      const { code, details } = toToolyardError(error);
      if (TRANSPORT_FAILURES.has(code) && details.sessionLost !== true) this.#breaker.fail(clock.now(), round);
      throw error;
    }
  }

  #consultBreaker(): void {
    const wait = this.#breaker.ask(this.#parts.clock.now());
    if (wait === 0) return;
    const { failures } = this.#parts.breaker;
    const message = `It failed ${failures} times in a row; the next try is in ${inSeconds(wait)}.`;
    throw new ToolyardError("SERVER_BREAKER_OPEN", message, { server: this.#parts.name, retryAfterMs: wait });
  }
}

/** The request, with what is left of its time. */
function remaining(request: Begun, now: number): UpstreamRequest {
  const { limits, startedAt } = request;
  return now === startedAt ? request : { ...request, limits: { ...limits, totalMs: Math.max(1, limits.totalMs - (now - startedAt)) } };
}
