/** Questions of servers to one legacy client: each a request of ours to it, on the stream of the call that it belongs to. */

import { Body } from "../../base/body.ts";
import type { Answer, Caller, Question } from "../../base/call.ts";
import type { Cancel, Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { objectOr, stringOr, type JsonObject } from "../../base/json.ts";
import { canAsk } from "../../era/capabilities.ts";
import { questionFor } from "../../era/downgrade.ts";
import { writeRequest, type Envelope, type RpcId } from "../../wire/envelope.ts";
import type { Outlet } from "./outlet.ts";

/** How long the client may take, in ms, and by which clock. */
export interface RelayOptions {
  readonly clock: Clock;
  readonly inputMs: number;
}

interface Open {
  readonly settle: (outcome: Answer | ToolyardError) => void;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #open = new Map<RpcId, Open>();
  #last = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /**
   * Asks the client and waits for its answer.
   *
   * @param outlet the stream of the call that the question belongs to
   * @throws CANNOT_ASK when it cannot be asked, or gives no answer in time; CANCELLED when none is needed any more
   */
  ask(question: Question, caller: Caller, outlet: Outlet): Promise<Answer> {
    const { method, signal } = question;
    const params = shownTo(caller, question);
    if (params === undefined) return refused(`The client cannot answer ${method} in the form that the server needs.`);
    if (signal.aborted) return Promise.reject(withdrawn());
    const id = `ty${++this.#last}`;
    if (!outlet.send(writeRequest(id, method, params), false)) return refused("The client does not listen.");
    return this.#answerTo(id, signal, outlet);
  }

  /** Takes an answer of the client; one that nobody waits for is nobody's loss. */
  answered({ id, result, error }: Envelope): void {
    const open = id === undefined ? undefined : this.#open.get(id);
    if (result !== undefined) open?.settle({ result });
    else open?.settle({ error: error ?? { code: -32603, message: "The client's answer has neither result nor error." } });
  }

  /** The client is gone. */
  close(): void {
    for (const { settle } of this.#open.values()) settle(withdrawn());
  }

  #answerTo(id: string, signal: AbortSignal, outlet: Outlet): Promise<Answer> {
    const { clock, inputMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let stop: Cancel = () => {};
    const settle = (outcome: Answer | ToolyardError): void => {
      if (!this.#open.delete(id)) return;
      stop();
      signal.removeEventListener("abort", withdraw);
      if (outcome instanceof ToolyardError) reject(outcome);
      else resolve(outcome);
    };
    const takeBack = (error: ToolyardError): void => {
      outlet.send(writeRequest(undefined, "notifications/cancelled", Body.of({ requestId: id, reason: error.message })), true);
      settle(error);
    };
    const withdraw = (): void => takeBack(withdrawn());
    this.#open.set(id, { settle });
    signal.addEventListener("abort", withdraw);
    stop = clock.after(inputMs, () => takeBack(new ToolyardError("CANNOT_ASK", "The client gave no answer in time.")));
    return promise;
  }
}

/** The question as this client gets it; undefined where it cannot answer such a one, or its revision cannot show it. */
export function shownTo({ capabilities, protocolVersion }: Caller, { server, method, params }: Question): Body | undefined {
  if (!canAsk(capabilities, method, params)) return undefined;
  const adapted = questionFor(protocolVersion, method, params);
  return adapted === undefined || method !== "elicitation/create" ? adapted : namedBy(server, adapted);
}

/** A form or link names who asks, as the client knows only us. */
export function namedBy(server: string, params: Body): Body {
  return params.with({ message: `${server}: ${stringOr(params.get("message")) ?? ""}` });
}

/** The same for questions that stand in a result, by their keys. */
export function namedRequests(requests: JsonObject, server: string): JsonObject {
  return Object.fromEntries(Object.entries(requests).map(([key, request]) => [key, namedRequest(objectOr(request), server)]));
}

function namedRequest(request: JsonObject, server: string): JsonObject {
  if (request["method"] !== "elicitation/create") return request;
  return { ...request, params: namedBy(server, Body.of(objectOr(request["params"]))).value };
}

function refused(message: string): Promise<never> {
  return Promise.reject(new ToolyardError("CANNOT_ASK", message));
}

function withdrawn(): ToolyardError {
  return new ToolyardError("CANCELLED", "The question needs no answer any more.");
}
