/**
 * Rounds of input for modern clients (spec 2026-07-28: MRTR). A modern server's `input_required` is relayed with its state
 * sealed. A legacy server asks in the middle of its call: the call is parked, the client gets its questions, and the request
 * by which it brings the answers finds the call again.
 */

import { randomUUID } from "node:crypto";
import { Body } from "../../base/body.ts";
import type { Answer, Caller } from "../../base/call.ts";
import type { Cancel, Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, objectOr, type JsonObject } from "../../base/json.ts";
import type { Limits } from "../../config/config.ts";
import { META } from "../../era/meta.ts";
import type { Exchange } from "../endpoint/exchange.ts";
import { SERVER_INFO } from "../endpoint/offer.ts";
import { namedRequests } from "../endpoint/relay.ts";
import { Run, type RunCall } from "./run.ts";
import { States, type Subject } from "./state.ts";

/** Sends a call on its way with what a run adds to it; `current` is where progress and logs go just now. */
export type Send = (params: Body, more: RunCall, current: () => Exchange | undefined) => Promise<Answer>;

export interface RoundsOptions {
  readonly key: Buffer;
  readonly clock: Clock;
  readonly limits: Pick<Limits, "parked" | "inputMs">;
}

interface Parked {
  readonly run: Run;
  readonly identity: string;
  readonly stop: Cancel;
}

/** The methods that can ask (spec: MRTR). */
const CAN_ASK: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);
const MOST_PARKED = 1_024;

export class Rounds {
  readonly #options: RoundsOptions;
  readonly #states: States;
  readonly #parked = new Map<string, Parked>();

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#states = new States(options.key);
  }

  /** Can a request of this kind be a round? */
  static has(method: string): boolean {
    return CAN_ASK.has(method);
  }

  /**
   * Answers one request of a modern client.
   *
   * @param server name of the server that it goes to, for the questions of a modern one
   * @throws INVALID_PARAMS for a `requestState` that is not good here
   */
  async answer(exchange: Exchange, server: string | undefined, send: Send): Promise<Answer> {
    const { params, caller, method } = exchange;
    const subject = { caller, method, params };
    const state = params.get("requestState");
    if (state === undefined) return await this.#begin(exchange, { subject, server, params, send });
    const continuation = this.#states.redeem(state, subject, this.#options.clock.now());
    if (continuation.kind === "parked") return await this.#resume(continuation.id, exchange, subject);
    return await this.#begin(exchange, { subject, server, send, params: params.with({ requestState: continuation.state }) });
  }

  /** Ends every parked call. */
  close(): void {
    for (const id of [...this.#parked.keys()]) this.#take(id)?.run.cancel();
  }

  async #begin(exchange: Exchange, start: { subject: Subject; server: string | undefined; params: Body; send: Send }): Promise<Answer> {
    const { subject, server, params, send } = start;
    if (!mayBeAsked(exchange.caller)) {
      const own = { signal: exchange.signal, ask: undefined };
      return this.#sealed(await send(params, own, () => exchange), subject, server);
    }
    const run = new Run(exchange, async (more, current) => this.#sealed(await send(params, more, current), subject, server));
    return await this.#wait(run, exchange, subject);
  }

  async #resume(id: string, exchange: Exchange, subject: Subject): Promise<Answer> {
    const parked = this.#take(id);
    if (parked === undefined) return lost(subject.method);
    const complete = parked.run.respond(objectOr(exchange.params.get("inputResponses")));
    if (!complete) return this.#park(parked.run, subject) ?? lost(subject.method);
    return await this.#wait(parked.run, exchange, subject);
  }

  async #wait(run: Run, exchange: Exchange, subject: Subject): Promise<Answer> {
    const outcome = await run.wait(exchange);
    if (outcome !== "asked") return outcome;
    const answer = this.#park(run, subject);
    if (answer !== undefined) return answer;
    run.refuse(new ToolyardError("CANNOT_ASK", `${this.#options.limits.parked} calls of this caller wait for answers already.`));
    return await this.#wait(run, exchange, subject);
  }

  /** The questions as an answer; undefined where no more calls may wait. */
  #park(run: Run, subject: Subject): Answer | undefined {
    const { clock, limits } = this.#options;
    const { identity } = subject.caller;
    const own = [...this.#parked.values()].filter((parked) => parked.identity === identity).length;
    if (own >= limits.parked || this.#parked.size >= MOST_PARKED) return undefined;
    const id = randomUUID();
    const stop = clock.after(limits.inputMs, () => this.#take(id)?.run.cancel());
    this.#parked.set(id, { run, identity, stop });
    const requestState = this.#states.issue(subject, { kind: "parked", id }, clock.now() + limits.inputMs);
    return { result: inputRequired(run.questions(), requestState) };
  }

  #take(id: string): Parked | undefined {
    const parked = this.#parked.get(id);
    parked?.stop();
    this.#parked.delete(id);
    return parked;
  }

  /** A modern server's own round: its state is sealed, its questions name it. */
  #sealed(answer: Answer, subject: Subject, server: string | undefined): Answer {
    if (answer.result?.get("resultType") !== "input_required" || answer.result.get("requestState") === undefined)
      return named(answer, server);
    const state = answer.result.get("requestState");
    const { clock, limits } = this.#options;
    const expires = clock.now() + limits.inputMs;
    const requestState = this.#states.issue(subject, { kind: "relayed", state: typeof state === "string" ? state : undefined }, expires);
    return named({ result: answer.result.with({ requestState }) }, server);
  }
}

/** Of one that cannot, nothing is asked that would outlive its request. */
function mayBeAsked({ capabilities: { elicitation, sampling, roots } }: Caller): boolean {
  return (elicitation ?? sampling ?? roots) !== undefined;
}

function named(answer: Answer, server: string | undefined): Answer {
  const requests = answer.result?.get("inputRequests");
  if (answer.result?.get("resultType") !== "input_required" || server === undefined || !isObject(requests)) return answer;
  return { result: answer.result.with({ inputRequests: namedRequests(requests, server) }) };
}

function inputRequired(inputRequests: JsonObject, requestState: string): Body {
  return Body.of({ resultType: "input_required", inputRequests, requestState, _meta: { [META.serverInfo]: SERVER_INFO } });
}

/** The call that waited is gone, with the process or by its time; it is never run again. */
function lost(method: string): Answer {
  const message = "The call that waited for this answer is gone; it may have run. Check what happened before calling again.";
  if (method !== "tools/call") return { error: { code: -32603, message, data: { code: "OUTCOME_UNKNOWN" } } };
  const content = [{ type: "text", text: `${message} [OUTCOME_UNKNOWN]` }];
  return { result: Body.of({ resultType: "complete", content, isError: true, _meta: { [META.serverInfo]: SERVER_INFO } }) };
}
