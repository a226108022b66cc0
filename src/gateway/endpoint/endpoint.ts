/** One message in, one answer out, for one View: what both carriers and both eras share. */

import { Body } from "../../base/body.ts";
import type { Answer, Caller, RpcError } from "../../base/call.ts";
import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { stringOr } from "../../base/json.ts";
import { LOG_LEVELS } from "../../era/classify.ts";
import type { View } from "../../view.ts";
import type { Activity } from "./activity.ts";
import { toCall, type Exchange } from "./exchange.ts";
import { rpcErrorOf, unknownMethod } from "./faults.ts";
import { Listening } from "./listening.ts";
import type { ListMethod, Lists } from "./lists.ts";
import { discoverResult } from "./offer.ts";
import { ProgressGate } from "./progress.ts";
import type { Outlet } from "./outlet.ts";
import { Rounds, type Send } from "../rounds/rounds.ts";

export interface EndpointParts {
  readonly view: View;
  readonly lists: Lists;
  readonly activity: Activity;
  readonly rounds: Rounds;
  readonly clock: Clock;
  /** Told of faults of our own. */
  report(error: unknown): void;
}

/** Legacy methods that the modern era has no longer, and those of tasks, which nobody carries yet. */
const NOT_MODERN: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
  "tasks/get",
  "tasks/update",
  "tasks/cancel",
]);
const NOT_LEGACY: ReadonlySet<string> = new Set(["server/discover", "subscriptions/listen"]);

export class Endpoint {
  readonly #parts: EndpointParts;
  readonly #listening: Listening;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#listening = new Listening(parts);
  }

  /** The answer to a request other than `initialize`. Never rejects. */
  async answer(exchange: Exchange): Promise<Answer> {
    const { activity } = this.#parts;
    try {
      activity.begin();
      const refused = exchange.caller.era === "modern" ? NOT_MODERN : NOT_LEGACY;
      if (refused.has(exchange.method)) throw unknownMethod(exchange.method);
      return await this.#answer(exchange);
    } catch (error) {
      if (!(error instanceof ToolyardError) || error.code === "INTERNAL") this.#parts.report(error);
      return { error: rpcErrorOf(error) };
    } finally {
      activity.end();
    }
  }

  /** Ends the streams of news, each with its result. */
  close(): void {
    this.#listening.close();
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const { method, params, caller } = exchange;
    switch (method) {
      case "tools/list":
      case "prompts/list":
      case "resources/list":
      case "resources/templates/list":
        return await this.#list(method, exchange);
      case "server/discover":
        return { result: discoverResult(this.#parts.view) };
      case "subscriptions/listen":
        return { result: await this.#listening.listen(exchange) };
      case "ping":
        return { result: Body.empty };
      case "logging/setLevel":
        return { result: await setLevel(exchange) };
      case "resources/subscribe":
      case "resources/unsubscribe":
        return await this.#subscribe(method, exchange);
      default:
        return await this.#forward(exchange, caller.era === "legacy" ? withoutTask(params) : params);
    }
  }

  async #list(method: ListMethod, { params, caller }: Exchange): Promise<Answer> {
    return { result: await this.#parts.lists.answer(method, params.get("cursor"), caller) };
  }

  async #subscribe(method: "resources/subscribe" | "resources/unsubscribe", { params, peer, caller }: Exchange): Promise<Answer> {
    const uri = stringOr(params.get("uri"));
    if (uri === undefined) throw new ToolyardError("INVALID_PARAMS", "`uri` is missing or no string.");
    if (peer === undefined) throw unknownMethod(method);
    const { subscriptions } = peer;
    return method === "resources/subscribe" ? await subscriptions.subscribe(uri, caller, this.#parts.view) : subscriptions.unsubscribe(uri);
  }

  /** Sends the request to its server; what the server says meanwhile goes out before the answer. */
  async #forward(exchange: Exchange, params: Body): Promise<Answer> {
    const { view, rounds } = this.#parts;
    if (exchange.caller.era === "modern" && Rounds.has(exchange.method))
      return await rounds.answer(exchange, ownerOf(exchange, view), this.#send(exchange));
    const { progressToken, outlet } = exchange;
    const gate = progressToken === undefined ? undefined : new ProgressGate(progressToken, outlet);
    const answer = await view.request(toCall(exchange, params, gate));
    gate?.end();
    return answer.error === undefined ? answer : { error: withLinksOf(answer.error, exchange, view) };
  }

  /** As {@link Endpoint.#forward}, for a call that may change the request by which its client waits. */
  #send(exchange: Exchange): Send {
    return async (params, more, current) => {
      const outlet: Outlet = { send: (message, droppable) => current()?.outlet.send(message, droppable) ?? false };
      const { progressToken } = exchange;
      const gate = progressToken === undefined ? undefined : new ProgressGate(progressToken, outlet);
      const call = toCall({ ...exchange, outlet }, params, gate);
      const answer = await this.#parts.view.request({
        ...call,
        signal: more.signal,
        ...(mayBeAsked(exchange.caller) ? { ask: more.ask } : {}),
      });
      gate?.end();
      return answer;
    };
  }
}

/** The server that a request goes to, as far as the View knows it. */
function ownerOf({ method, params }: Exchange, view: View): string | undefined {
  const snapshot = view.snapshot();
  const [name, uri] = [stringOr(params.get("name")), stringOr(params.get("uri"))];
  if (method === "resources/read") return uri === undefined ? undefined : snapshot.resource(uri)?.server;
  if (name === undefined) return undefined;
  return (method === "tools/call" ? snapshot.tool(name) : snapshot.prompt(name))?.server;
}

/** A link in an error is one that the client is to open, and hears of when it is done. */
function withLinksOf(error: RpcError, exchange: Exchange, view: View): RpcError {
  const server = ownerOf(exchange, view);
  return server === undefined || exchange.peer === undefined ? error : exchange.peer.links.shownError(server, error);
}

function mayBeAsked({ capabilities: { elicitation, sampling, roots } }: Caller): boolean {
  return (elicitation ?? sampling ?? roots) !== undefined;
}

/** Tasks are not offered, so a wish for one does not count (spec 2025-11-25: Tasks). */
function withoutTask(params: Body): Body {
  return params.get("task") === undefined ? params : params.with({ task: undefined });
}

async function setLevel({ params, peer }: Exchange): Promise<Body> {
  const level = LOG_LEVELS.find((known) => known === params.get("level"));
  if (level === undefined) throw new ToolyardError("INVALID_PARAMS", `\`level\` must be one of ${LOG_LEVELS.join(", ")}.`);
  await peer?.setLogLevel(level);
  return Body.empty;
}
