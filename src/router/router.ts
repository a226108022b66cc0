/** From a call with an exposed name to the server that owns it, and back. */

import { Body, type Change } from "../base/body.ts";
import type { Answer, Call, Caller, Era, RpcError } from "../base/call.ts";
import { ToolyardError, toToolyardError } from "../base/errors.ts";
import { isObject, objectOr, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Changed, Watch } from "../base/watch.ts";
import type { Item, Snapshot } from "../catalog/item.ts";
import { applyArguments } from "../catalog/override.ts";
import { quote } from "../config/problems.ts";
import { errorToClient, toClient } from "../era/results.ts";
import type { Pool } from "../upstream/pool.ts";
import { placed, toAnswer } from "./failures.ts";
import { lackingAnswer } from "./lacking.ts";
import { linkAnswer } from "./link-first.ts";
import { limitsOf } from "./limits.ts";
import { NamedLinks } from "./named-links.ts";
import { tellingOwnRoots } from "./own-roots.ts";
import { resolve, targetOf, type Resolved } from "./resolve.ts";
import { checkTask, expected, withFitTask } from "./tasks.ts";
import { compose, type Middleware, type Next, type RoutedCall } from "./route.ts";

const ARGUMENT_ERROR = /invalid (arguments|params|input)|validation error|-32602/i;

export class Router {
  readonly #pool: Pool;
  readonly #chain: Next;
  readonly #links = new NamedLinks();

  /** @param middlewares the first is outermost */
  constructor(pool: Pool, middlewares: readonly Middleware[]) {
    this.#pool = pool;
    this.#chain = compose([...middlewares, tellingOwnRoots], (routed) => this.#forward(routed));
  }

  /**
   * Sends one call to where the Snapshot says that it belongs. Never rejects: what goes wrong is the answer.
   *
   * @param snapshot what the caller may see; nothing else can be reached
   */
  async call(call: Call, snapshot: Snapshot): Promise<Answer> {
    let routed: RoutedCall | undefined;
    try {
      routed = this.#route(call, this.#resolve(call, snapshot), snapshot);
      return withSchema(await this.#chain(routed), routed.route.item);
    } catch (error) {
      return toAnswer(this.#orSilence(toToolyardError(error)), call, routed?.route);
    }
  }

  /**
   * Tells of changes of a resource.
   *
   * @param call a `resources/subscribe`
   * @throws INVALID_PARAMS, UNKNOWN_NAME, SERVER_REMOVED, SERVER_BUSY
   */
  watch(call: Call, snapshot: Snapshot, changed: Changed): Watch {
    const { route } = this.#route(call, this.#resolve(call, snapshot), snapshot);
    const { item, name } = route;
    const own = item?.kind === "resource" ? item.origin : name;
    const told: Changed = own === name ? changed : (uri) => changed(uri === own ? name : uri);
    const { answer, close } = this.#pool.for(route.server.name, call).watch(own, told);
    const named = answer.catch((error: unknown) => Promise.reject(placed(toToolyardError(error), route)));
    named.catch(() => {}); // who listens is told all the same
    return { answer: named, close };
  }

  /** What is unknown because its server has not spoken yet is no wrong name. */
  #orSilence(error: ToolyardError): ToolyardError {
    const { server } = error.details;
    if (error.code !== "UNKNOWN_NAME" || server === undefined) return error;
    return this.#pool.get(server)?.silence ?? error;
  }

  #resolve(call: Call, snapshot: Snapshot): Resolved {
    return resolve(snapshot, targetOf(call), (uri) => this.#links.owner(call.caller.identity, uri));
  }

  #route(call: Call, resolved: Resolved, snapshot: Snapshot): RoutedCall {
    const server = this.#pool.get(resolved.server)?.server;
    if (server === undefined) throw new ToolyardError("SERVER_REMOVED", "It has been removed.", { server: resolved.server });
    const section = snapshot.sections.get(server.name);
    checkTask(call, resolved.item, server, section);
    const params = ownParams(withFitTask(call, section), resolved.item);
    return { call: params === call.params ? call : { ...call, params }, route: { server, item: resolved.item, name: resolved.name } };
  }

  async #forward({ call, route }: RoutedCall): Promise<Answer> {
    const upstream = this.#pool.for(route.server.name, call);
    const { item } = route;
    const inputSchema = item?.ownSchema ?? item?.definition["inputSchema"];
    const answer = await upstream.request({
      method: call.method,
      params: call.params,
      limits: limitsOf(route, call.method),
      call,
      inputSchema,
    });
    const from = upstream.connection?.spoken?.era ?? "legacy";
    const { protocolVersion } = call.caller;
    if (answer.error !== undefined) return failed(answer.error, call.caller, from);
    if (isUnfinished(answer.result, from)) return expected(answer, call.caller);
    this.#links.note(call.caller.identity, route.server.name, answer.result);
    const crossing = { from, toVersion: protocolVersion, outputSchema: item?.definition["outputSchema"] };
    return { result: atItsAddress(toClient(call.method, answer.result, crossing), item) };
  }
}

/** @throws CANNOT_ASK for a server that needs what it may not ask, LINK_FIRST for one that wants a link opened by who cannot be asked */
function failed(error: RpcError, caller: Caller, from: Era): Answer {
  const lacking = lackingAnswer(error, caller);
  if (lacking !== undefined) throw lacking;
  const link = from === "legacy" ? linkAnswer(error, caller) : undefined;
  if (link !== undefined) return link;
  return { error: errorToClient(error, caller.protocolVersion) };
}

/** Of a modern server's results, those that are not the end: a question, or a task. */
const UNFINISHED: ReadonlySet<JsonValue | undefined> = new Set(["input_required", "task"]);

/** @throws SERVER_PROTOCOL for a type that nobody knows: what such a result means cannot be told (spec 2026-07-28: Base protocol, Results) */
function isUnfinished(result: Body, from: Era): boolean {
  if (from === "legacy") return false;
  const type = result.get("resultType");
  if (type === undefined || type === "complete") return false;
  if (UNFINISHED.has(type)) return true;
  throw new ToolyardError("SERVER_PROTOCOL", `Its result has the resultType ${excerptOf(type)}, which is not known here.`);
}

function excerptOf(value: JsonValue): string {
  return quote(typeof value === "string" ? value.slice(0, 40) : typeof value);
}

/** What a server says of a page that clients know under another address. */
function atItsAddress(result: Body, item: Item | undefined): Body {
  if (item?.kind !== "resource" || item.name === item.origin) return result;
  const contents = result.get("contents");
  if (!Array.isArray(contents)) return result;
  const moved = contents.map((each) => (isObject(each) && each["uri"] === item.origin ? { ...each, uri: item.name } : each));
  return result.with({ contents: moved });
}

/** The params with the server's own name or address, and the arguments that the configuration fixes. */
function ownParams(call: Call, item: Item | undefined): Body {
  if (item === undefined || item.kind === "template") return call.params;
  if (item.kind === "resource") return item.name === item.origin ? call.params : call.params.with({ uri: item.origin });
  const changes: Record<string, Change> = {};
  if (call.method === "completion/complete") changes["ref"] = { ...objectOr(call.params.get("ref")), name: item.origin };
  else if (item.origin !== call.params.get("name")) changes["name"] = item.origin;
  if (item.arguments !== undefined && call.method === "tools/call")
    changes["arguments"] = applyArguments(item, call.params.member("arguments") ?? Body.empty);
  return Object.keys(changes).length === 0 ? call.params : call.params.with(changes);
}

/** After an argument error the model gets the schema that it missed, as one more block of text. */
function withSchema(answer: Answer, item: Item | undefined): Answer {
  if (item?.kind !== "tool" || answer.result === undefined || answer.result.get("isError") !== true) return answer;
  const content = answer.result.member("content");
  if (!Array.isArray(content?.value) || !content.value.some(tellsOfArguments)) return answer;
  return { result: answer.result.with({ content: withBlock(content, schemaBlock(item)) }) };
}

/** A list that is not empty, with one more element; the others stay as they came. */
function withBlock({ bytes }: Body, block: JsonObject): Body {
  return Body.from(Buffer.concat([bytes.subarray(0, bytes.lastIndexOf("]")), Buffer.from(`,${JSON.stringify(block)}]`)]));
}

function tellsOfArguments(block: unknown): boolean {
  return isObject(block) && typeof block["text"] === "string" && ARGUMENT_ERROR.test(block["text"].slice(0, 500));
}

/** The schema of a tool's arguments as a text block. */
export function schemaBlock(item: Item): JsonObject {
  return { type: "text", text: `Arguments of ${item.name}: ${JSON.stringify(item.definition["inputSchema"])}` };
}
