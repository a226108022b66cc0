/** One message in, one answer out, for one View: what both carriers and both eras share. */

import { Body } from "../../base/body.ts";
import type { Answer, Caller, RpcError } from "../../base/call.ts";
import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { stringOr } from "../../base/json.ts";
import type { Item } from "../../catalog/item.ts";
import { LOG_LEVELS } from "../../era/classify.ts";
import type { View } from "../../view.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { Activity } from "./activity.ts";
import { toCall, whoAsks, type Exchange } from "./exchange.ts";
import { rpcErrorOf, unknownMethod } from "./faults.ts";
import { Listening } from "./listening.ts";
import type { ListMethod, Lists } from "./lists.ts";
import { discoverResult, offersTasks } from "./offer.ts";
import { personal } from "./personal.ts";
import { ProgressGate } from "./progress.ts";
import type { Outlet } from "./outlet.ts";
import { Rounds, type Send } from "../rounds/rounds.ts";
import type { Sight, Tasks } from "../tasks/tasks.ts";

export interface EndpointParts {
  readonly view: View;
  readonly lists: Lists;
  readonly activity: Activity;
  readonly rounds: Rounds;
  readonly tasks: Tasks;
  readonly clock: Clock;
  /** Told of faults of our own. */
  report(error: unknown): void;
}

/** Legacy methods that the modern era has no longer. */
const NOT_MODERN: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
  "tasks/list",
  "tasks/result",
]);
const ABOUT_TASKS: ReadonlySet<string> = new Set(["tasks/list", "tasks/get", "tasks/result", "tasks/update", "tasks/cancel"]);
const NOT_LEGACY: ReadonlySet<string> = new Set(["server/discover", "subscriptions/listen", "tasks/update"]);

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
      return personal(await this.#answer(exchange), exchange);
    } catch (error) {
      if (!(error instanceof ToolyardError) || error.code === "INTERNAL") this.#parts.report(error);
      return { error: rpcErrorOf(error) };
    } finally {
      activity.end();
    }
  }

  /** A client's notification; of most nothing follows here. */
  notified(method: string, caller: Caller): void {
    if (method === "notifications/roots/list_changed") this.#parts.view.rootsChanged(caller);
  }

  /** Ends the streams of news, each with its result. */
  close(): void {
    this.#listening.close();
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const { method } = exchange;
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
        return ABOUT_TASKS.has(method) ? await this.#task(exchange) : await this.#forward(exchange);
    }
  }

  async #list(method: ListMethod, { params, caller }: Exchange): Promise<Answer> {
    return { result: await this.#parts.lists.answer(method, params.get("cursor"), caller) };
  }

  async #subscribe(method: "resources/subscribe" | "resources/unsubscribe", exchange: Exchange): Promise<Answer> {
    const { params, peer } = exchange;
    const uri = stringOr(params.get("uri"));
    if (uri === undefined) throw new ToolyardError("INVALID_PARAMS", "`uri` is missing or no string.");
    if (peer === undefined) throw unknownMethod(method);
    const { subscriptions } = peer;
    return method === "resources/subscribe"
      ? await subscriptions.subscribe(uri, whoAsks(exchange), this.#parts.view)
      : subscriptions.unsubscribe(uri);
  }

  /** Sends the request to its server; what the server says meanwhile goes out before the answer. */
  async #forward(exchange: Exchange): Promise<Answer> {
    const { view, rounds, tasks } = this.#parts;
    const { caller, method, params, progressToken, outlet } = exchange;
    if (caller.era === "modern" && Rounds.has(method)) {
      const answer = await rounds.answer(exchange, ownerOf(exchange, view), this.#send(exchange));
      return tasks.created(answer, caller, toolOf(exchange, view));
    }
    if (method === "tools/call" && params.member("task") !== undefined) return await this.#makeTask(exchange);
    const gate = progressToken === undefined ? undefined : new ProgressGate(progressToken, outlet);
    const answer = await view.request(toCall(exchange, params, gate, tasks));
    gate?.end();
    return answer.error === undefined ? answer : { error: withLinksOf(answer.error, exchange, view) };
  }

  /** A call that is to become a task: what its server says of it later goes to the client, whatever stream that then has. */
  async #makeTask(exchange: Exchange): Promise<Answer> {
    const { view, tasks } = this.#parts;
    const { caller, params, progressToken, peer } = exchange;
    const item = toolOf(exchange, view);
    const outlet: Outlet = { send: (...message) => exchange.outlet.send(...message) || (peer?.outlet.send(...message) ?? false) };
    const gate = progressToken === undefined ? undefined : new ProgressGate(progressToken, outlet);
    const created = Promise.withResolvers<void>();
    const told = async (status: Body): Promise<void> => {
      await created.promise; // a server may be quicker than the answer is on its way
      const shown = item === undefined ? undefined : tasks.status(status, item.server, caller);
      if (shown !== undefined) peer?.tell(writeRequest(undefined, "notifications/tasks/status", shown));
    };
    const answer = await view.request({ ...toCall({ ...exchange, outlet }, params, gate, tasks), task: (status) => void told(status) });
    gate?.end(); // what comes later, when it is a task, goes out all the same
    setImmediate(() => created.resolve());
    return answer.error === undefined ? tasks.created(answer, caller, item) : { error: withLinksOf(answer.error, exchange, view) };
  }

  /** A request about a task, or for all of them. */
  async #task(exchange: Exchange): Promise<Answer> {
    const { view, tasks } = this.#parts;
    const { caller, method, params } = exchange;
    if (!offersTasks(view.snapshot(), caller.era)) throw unknownMethod(method);
    if (method === "tasks/list") return { result: await tasks.list(params.get("cursor"), caller, sightOf(exchange, view)) };
    const opened = tasks.open(params, caller);
    const call = toCall(exchange, opened.params, undefined, tasks);
    return opened.shown(await view.request({ ...call, origin: opened.origin }));
  }

  /** As {@link Endpoint.#forward}, for a call that may change the request by which its client waits. */
  #send(exchange: Exchange): Send {
    return async (params, more, current) => {
      const outlet: Outlet = { send: (message, droppable) => current()?.outlet.send(message, droppable) ?? false };
      const { progressToken } = exchange;
      const gate = progressToken === undefined ? undefined : new ProgressGate(progressToken, outlet);
      const call = toCall({ ...exchange, outlet }, params, gate, this.#parts.tasks);
      const answer = await this.#parts.view.request({
        ...call,
        signal: more.signal,
        ...(more.ask === undefined ? {} : { ask: more.ask }),
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
  if (method === "tools/call") return view.called(params)?.server;
  return name === undefined ? undefined : snapshot.prompt(name)?.server;
}

/** A link in an error is one that the client is to open, and hears of when it is done. */
function withLinksOf(error: RpcError, exchange: Exchange, view: View): RpcError {
  const server = ownerOf(exchange, view);
  return server === undefined || exchange.peer === undefined ? error : exchange.peer.links.shownError(server, error);
}

/** The tool that a call means, as far as the View knows it. */
function toolOf({ method, params }: Exchange, view: View): Item | undefined {
  return method === "tools/call" ? view.called(params) : undefined;
}

function sightOf({ caller, signal }: Exchange, view: View): Sight {
  const tools = new Set(view.snapshot().tools.map(({ id }) => id));
  return {
    sees: ({ tool }) => tools.has(tool),
    look: (params, origin) => view.request({ method: "tasks/get", params, caller, origin, signal }),
  };
}

async function setLevel({ params, peer }: Exchange): Promise<Body> {
  const level = LOG_LEVELS.find((known) => known === params.get("level"));
  if (level === undefined) throw new ToolyardError("INVALID_PARAMS", `\`level\` must be one of ${LOG_LEVELS.join(", ")}.`);
  await peer?.setLogLevel(level);
  return Body.empty;
}
