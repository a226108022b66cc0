/**
 * Roots that the configuration names are ours to tell: a modern server's question for them never reaches a modern caller
 * (spec 2026-07-28: MRTR, Roots). Questions that stand beside it do; what we have to say then waits in the state.
 */

import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { objectOr, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Middleware, RoutedCall } from "./route.ts";

const MAX_ROUNDS = 8;
/** What a state of ours begins with. A server's own one of that kind is put into another. */
const MARK = "toolyard/roots ";

/** Middleware for callers of the modern era; those of the other one are asked by another. */
export const tellingOwnRoots: Middleware = async (routed, next) => {
  const { roots } = routed.route.server;
  if (roots === undefined || routed.call.caller.era === "legacy") return await next(routed);
  const told: JsonObject = { roots: roots.map((uri) => ({ uri })) };
  let current = resumed(routed);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const answer = await next(current);
    const { own, others } = sifted(answer);
    if (own.length === 0) return marked(answer) ? withState(answer, others, {}) : answer;
    const responses = Object.fromEntries(own.map((key) => [key, told]));
    if (Object.keys(others).length > 0) return withState(answer, others, responses);
    current = continued(current, answer.result?.get("requestState"), responses);
  }
  throw new ToolyardError("CANNOT_ASK", `It asked for roots ${MAX_ROUNDS} times over.`);
};

/** The keys of what is for us, and all that is not. */
function sifted({ result }: Answer): { own: string[]; others: JsonObject } {
  if (result?.get("resultType") !== "input_required") return { own: [], others: {} };
  const requests = Object.entries(objectOr(result.get("inputRequests")));
  const isOwn = ([, request]: [string, JsonValue | undefined]): boolean => objectOr(request)["method"] === "roots/list";
  return { own: requests.filter(isOwn).map(([key]) => key), others: Object.fromEntries(requests.filter((each) => !isOwn(each))) };
}

function marked({ result }: Answer): boolean {
  const state = result?.get("requestState");
  return result?.get("resultType") === "input_required" && typeof state === "string" && state.startsWith(MARK);
}

/** The caller's questions, with what we shall answer beside it. */
function withState({ result = Body.empty }: Answer, inputRequests: JsonObject, responses: JsonObject): Answer {
  const state = result.get("requestState");
  const requestState = MARK + JSON.stringify({ responses, ...(state === undefined ? {} : { state }) });
  return { result: result.with({ inputRequests, requestState }) };
}

/** A call that goes on with a state of ours: the server gets its own back, and our answers among the caller's. */
function resumed(routed: RoutedCall): RoutedCall {
  const text = routed.call.params.get("requestState");
  if (typeof text !== "string" || !text.startsWith(MARK)) return routed;
  const { state, responses } = objectOr(JSON.parse(text.slice(MARK.length)) as JsonValue);
  return continued(routed, state, { ...objectOr(routed.call.params.get("inputResponses")), ...objectOr(responses) });
}

function continued({ call, route }: RoutedCall, state: JsonValue | undefined, inputResponses: JsonObject): RoutedCall {
  return { route, call: { ...call, params: call.params.with({ inputResponses, requestState: state }) } };
}
