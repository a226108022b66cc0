/** One call of a modern client that may be asked: it outlives the requests by which the client waits for it. */

import { Body } from "../../base/body.ts";
import type { Answer, Question } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import { shownTo } from "../endpoint/relay.ts";
import type { Exchange } from "../endpoint/exchange.ts";

/** Questions that come so close to each other (ms) are put together, so many at the most. */
const COLLECT_MS = 50;
const MOST_QUESTIONS = 16;

interface Open {
  readonly method: string;
  readonly params: Body;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: ToolyardError) => void;
}

/** What a run adds to its call. */
export interface RunCall {
  readonly signal: AbortSignal;
  /** Undefined for a client that cannot be asked. */
  readonly ask: ((question: Question) => Promise<Answer>) | undefined;
}

export class Run {
  /** Ends when the call has. Never rejects. */
  readonly answer: Promise<Answer>;
  readonly #abort = new AbortController();
  readonly #open = new Map<string, Open>();
  /** The request by which the client waits now; undefined while the call is parked. */
  #exchange: Exchange | undefined;
  #asked = Promise.withResolvers<void>();
  #collecting: NodeJS.Timeout | undefined;
  #count = 0;

  /** @param send sends the call on its way; what it needs of the client goes through this run */
  constructor(exchange: Exchange, send: (call: RunCall, current: () => Exchange | undefined) => Promise<Answer>) {
    this.#exchange = exchange;
    const ask = (question: Question): Promise<Answer> => this.#ask(question, exchange);
    this.answer = send({ signal: this.#abort.signal, ask }, () => this.#exchange).finally(() => clearTimeout(this.#collecting));
  }

  /** Waits, on behalf of one request, for the answer or for questions. The client's cancel ends the call. */
  async wait(exchange: Exchange): Promise<Answer | "asked"> {
    this.#exchange = exchange;
    const cancel = (): void => this.cancel();
    exchange.signal.addEventListener("abort", cancel, { once: true });
    if (exchange.signal.aborted) cancel();
    try {
      return await Promise.race([this.answer, this.#asked.promise.then(() => "asked" as const)]);
    } finally {
      exchange.signal.removeEventListener("abort", cancel);
      this.#exchange = undefined;
    }
  }

  /** The questions that wait for an answer, as `inputRequests`. */
  questions(): JsonObject {
    const entries = [...this.#open].map(([key, { method, params }]) => [key, { method, params: params.value }] as const);
    return Object.fromEntries(entries);
  }

  /** Takes the client's answers; true when none is missing. What nobody asked is ignored. */
  respond(responses: JsonObject): boolean {
    for (const [key, response] of Object.entries(responses)) this.#settle(key, response);
    if (this.#open.size > 0) return false;
    this.#nothingAsked();
    return true;
  }

  /** Nobody will answer: each server gets its refusal. */
  refuse(error: ToolyardError): void {
    for (const { fail } of this.#open.values()) fail(error);
    this.#open.clear();
    this.#nothingAsked();
  }

  /** Ends the call. */
  cancel(): void {
    this.#abort.abort();
    this.refuse(new ToolyardError("CANCELLED", "The caller cancelled."));
  }

  #nothingAsked(): void {
    this.#asked = Promise.withResolvers();
  }

  #ask(question: Question, { caller }: Exchange): Promise<Answer> {
    const params = shownTo(caller, question);
    if (params === undefined || this.#open.size >= MOST_QUESTIONS) {
      return Promise.reject(new ToolyardError("CANNOT_ASK", `The client cannot answer ${question.method} now.`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const key = `r${++this.#count}`;
    this.#open.set(key, { method: question.method, params, settle: resolve, fail: reject });
    question.signal.addEventListener("abort", () => this.#withdraw(key), { once: true });
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined;
      if (this.#open.size > 0) this.#asked.resolve();
    }, COLLECT_MS);
    return promise;
  }

  #settle(key: string, response: JsonValue | undefined): void {
    if (response === undefined) return;
    this.#open.get(key)?.settle({ result: Body.of(response) });
    this.#open.delete(key);
  }

  /** The server took its question back. */
  #withdraw(key: string): void {
    this.#open.get(key)?.fail(new ToolyardError("CANCELLED", "The question needs no answer any more."));
    this.#open.delete(key);
  }
}
