/** How a server asks its client in the middle of a request: by requests in the legacy era, by its result in the modern one. */

import { isObject, objectOr, stringOr, type JsonObject } from "../../../src/base/json.ts";
import { plain, RpcFailure } from "../../servers/hostile/protocol/message.ts";
import type { Request } from "../../servers/hostile/protocol/request.ts";

/** What the client answered, by key, or the result by which it is asked. */
export type Asked = { readonly answers: JsonObject } | { readonly result: JsonObject };

export interface How {
  readonly rounds: number;
  /** Tells of links that they are done with. */
  readonly complete: boolean;
  /** Asks also a client that has not declared that it can answer; on legacy connections, which several clients share, always. */
  readonly anyway: boolean;
}

/** Puts all questions at once, so many rounds; the answers are those of the last. @throws RpcFailure where the client cannot be asked */
export async function putQuestions(questions: JsonObject, request: Request, { rounds, complete, anyway }: How): Promise<Asked> {
  if (request.modern && !anyway) expectDeclared(questions, request);
  if (request.modern) return askByResult(questions, rounds, request);
  let answers: JsonObject = {};
  for (let round = 0; round < rounds; round++) answers = await askByRequests(questions, request);
  if (complete) announceCompletion(questions, request);
  return { answers };
}

const CAPABILITY: Readonly<Record<string, string>> = {
  "elicitation/create": "elicitation",
  "sampling/createMessage": "sampling",
  "roots/list": "roots",
};

/** @throws RpcFailure -32021 (spec 2026-07-28: Missing required client capability) */
function expectDeclared(questions: JsonObject, { params }: Request): void {
  const declared = objectOr(objectOr(params["_meta"])["io.modelcontextprotocol/clientCapabilities"]);
  const needed = Object.values(questions).map((question) => CAPABILITY[plain(objectOr(question)["method"])] ?? "");
  const missing = needed.filter((capability) => !isObject(declared[capability]));
  if (missing.length === 0) return;
  const requiredCapabilities = Object.fromEntries(missing.map((capability) => [capability, {}]));
  throw new RpcFailure(-32021, `Missing required client capability: ${missing.join(", ")}`, { requiredCapabilities });
}

async function askByRequests(questions: JsonObject, { connection, id }: Request): Promise<JsonObject> {
  const entries = Object.entries(questions).map(async ([key, question]) => {
    const { method, params } = objectOr(question);
    const { result, error } = await connection.ask(plain(method), objectOr(params), id);
    return [key, error === undefined ? result : { error }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as JsonObject;
}

/** The state counts the rounds. @throws RpcFailure for one that is not exactly what was given out */
function askByResult(questions: JsonObject, rounds: number, { params }: Request): Asked {
  const state = stringOr(params["requestState"]);
  const round = state === undefined ? 0 : Number(/^round (\d+) "ü"\n$/.exec(state)?.[1]);
  if (Number.isNaN(round)) throw new RpcFailure(-32602, "Invalid requestState");
  const answers = objectOr(params["inputResponses"]);
  const lacks = Object.keys(questions).some((key) => !isObject(answers[key]));
  if (round === rounds && !lacks) return { answers };
  const next = lacks && round > 0 ? round : round + 1;
  return { result: { resultType: "input_required", inputRequests: questions, requestState: `round ${next} "ü"\n` } };
}

function announceCompletion(questions: JsonObject, { connection, id }: Request): void {
  for (const question of Object.values(questions)) {
    const { elicitationId } = objectOr(objectOr(question)["params"]);
    if (elicitationId !== undefined) connection.notify("notifications/elicitation/complete", { elicitationId }, id);
  }
}
