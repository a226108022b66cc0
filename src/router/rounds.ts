/**
 * A modern server asks by its result (`input_required`); a legacy caller is asked by requests. This middleware turns
 * the one into the other: it puts the questions, then sends the call again with the answers (spec 2026-07-28: MRTR).
 */

import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import { sleep, type Clock } from "../base/clock.ts";
import { ToolyardError } from "../base/errors.ts";
import { objectOr, stringOr, type JsonObject } from "../base/json.ts";
import { canAsk } from "../era/capabilities.ts";
import { hasTime } from "./limits.ts";
import { OpenedLinks } from "./opened-links.ts";
import type { Middleware, RoutedCall } from "./route.ts";

export interface RoundLimits {
  /** How long a person may take for one answer, in ms. */
  readonly inputMs: number;
}

const MAX_ROUNDS = 8;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Middleware for callers of the legacy era; for others it does nothing. */
export function answeringRounds(limits: RoundLimits, clock: Clock): Middleware {
  return async (routed, next) => {
    if (routed.call.caller.era === "modern") return await next(routed);
    let links: OpenedLinks | undefined;
    let current = routed;
    for (let round = 0; ;) {
      const answer = await next(current);
      links?.settle(answer);
      if (!asksForInput(answer)) return answer;
      if (round === MAX_ROUNDS) throw new ToolyardError("CANNOT_ASK", `It asked for input ${MAX_ROUNDS} times over.`);
      links ??= new OpenedLinks(routed, clock, limits.inputMs);
      const isWaiting = links.isWaiting(answer);
      current = await nextRound(current, answer.result, { round, isWaiting, links, limits, clock });
      if (!isWaiting) round++;
    }
  };
}

function asksForInput(answer: Answer): answer is { result: Body } {
  return answer.result !== undefined && answer.result.get("resultType") === "input_required";
}

interface Round {
  /** Not counted: those that only wait. */
  readonly round: number;
  /** Nothing is asked but what the user is about to finish. */
  readonly isWaiting: boolean;
  readonly links: OpenedLinks;
  readonly limits: RoundLimits;
  readonly clock: Clock;
}

async function nextRound(routed: RoutedCall, result: Body, { round, isWaiting, links, limits, clock }: Round): Promise<RoutedCall> {
  const requests = Object.entries(objectOr(result.get("inputRequests")));
  // only a state: the server wants to be asked again, by whichever of its instances comes next
  if (requests.length === 0) await sleep(clock, Math.min(FIRST_PAUSE_MS * 2 ** round, LONGEST_PAUSE_MS), routed.call.signal);
  const responses = new Map<string, Body>();
  const askedAt = clock.now();
  if (isWaiting) await links.pause();
  for (const [key, request] of requests) responses.set(key, await askOne(routed, objectOr(request), links, limits));
  const call = later(routed.call, clock.now() - askedAt);
  if (!hasTime(call, clock)) throw new ToolyardError("CALL_TIMEOUT", "Its time was over before it could be called again with the answers.");
  const state = result.get("requestState");
  const params = call.params.with({
    inputResponses: Body.empty.with(Object.fromEntries(responses)),
    ...(state === undefined ? {} : { requestState: state }),
  });
  return { ...routed, call: { ...call, params } };
}

/** While a person is asked, the call's time stands still. */
function later(call: Call, ms: number): Call {
  return call.deadline === undefined ? call : { ...call, deadline: call.deadline + ms };
}

/** @throws CANNOT_ASK when the caller cannot answer such a question, or does not want to */
async function askOne({ call, route }: RoutedCall, request: JsonObject, links: OpenedLinks, { inputMs }: RoundLimits): Promise<Body> {
  const method = stringOr(request["method"]) ?? "";
  const params = Body.of(objectOr(request["params"]));
  if (method === "roots/list" && route.server.roots !== undefined) return Body.of({ roots: route.server.roots.map((uri) => ({ uri })) });
  if (call.ask === undefined || !canAsk(call.caller.capabilities, method, params)) throw cannotAsk(method, params);
  return await links.answer(method, params, async (shown) => {
    const answer = await ask(call, { server: route.server.name, method, params: shown }, inputMs);
    if (answer.error === undefined) return answer.result;
    throw new ToolyardError("CANNOT_ASK", `It asked ${method}, and the caller refused: ${answer.error.message}`);
  });
}

async function ask(call: Call, question: { server: string; method: string; params: Body }, inputMs: number): Promise<Answer> {
  const late = AbortSignal.timeout(inputMs);
  const signal = call.signal === undefined ? late : AbortSignal.any([late, call.signal]);
  const given = call.ask?.({ ...question, signal }) ?? Promise.reject(cannotAsk(question.method, question.params));
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(gaveUp(call)), { once: true }));
  return await Promise.race([given, aborted]);
}

function gaveUp(call: Call): ToolyardError {
  if (call.signal?.aborted) return new ToolyardError("CANCELLED", "The caller cancelled.");
  return new ToolyardError("CANNOT_ASK", "Its question was not answered in time.");
}

function cannotAsk(method: string, params: Body): ToolyardError {
  const message = stringOr(params.get("message"));
  const what = message === undefined ? method : `${method}: "${message}"`;
  const mend = "Use a host that answers such questions, or pass `elicit`, `sample` or `roots` to openToolyard.";
  return new ToolyardError("CANNOT_ASK", `It asked ${what}, which this caller cannot answer.`, { mend });
}
