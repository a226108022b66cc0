/** Tools by which a client has the server do something, and see what came to it: tests look at servers through the wire alone. */

import { isObject, objectOr, stringOr, type JsonObject } from "../../../src/base/json.ts";
import { wait } from "../../servers/hostile/process.ts";
import { RpcFailure, plain } from "../../servers/hostile/protocol/message.ts";
import type { Request } from "../../servers/hostile/protocol/request.ts";
import { announceChange, announceUpdate } from "../../servers/hostile/protocol/subscriptions.ts";
import type { Tool } from "../../servers/hostile/protocol/tools.ts";

/** Names that {@link grow} has added, by kind of list. */
export type Grown = Readonly<Record<"tools" | "prompts" | "resources", string[]>>;

type Act = Tool["run"];

/** Long enough for whatever is to come, in ms; a call that hangs ends by itself then. */
const PATIENCE_MS = 5_000;

const said = (value: unknown): JsonObject => ({ content: [{ type: "text", text: JSON.stringify(value) ?? "null" }] });

/** The request as it came: its params, the headers, and what the client declared at the handshake. */
const mirror: Act = (_, { params, headers, connection }) => said({ params, headers, declared: connection.capabilities });

const refuse: Act = ({ code, message, data }) => {
  throw new RpcFailure(Number(code), plain(message), data);
};

/**
 * Puts all `questions` at once, `rounds` times; its text is the answers by key, those of the last round. `anyway`: also to a
 * client that has not declared that it can answer; on legacy connections, which several clients share, always.
 */
const ask: Act = async ({ questions, rounds = 1, complete, anyway }, request) => {
  const wanted = objectOr(questions);
  if (request.modern && anyway !== true) expectDeclared(wanted, request);
  if (request.modern) return askByResult(wanted, Number(rounds), request);
  let answers: JsonObject = {};
  for (let round = 0; round < Number(rounds); round++) answers = await askByRequests(wanted, request);
  if (complete === true) announceCompletion(wanted, request);
  return said(answers);
};

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
function askByResult(questions: JsonObject, rounds: number, { params }: Request): JsonObject {
  const state = stringOr(params["requestState"]);
  const round = state === undefined ? 0 : Number(/^round (\d+) "ü"\n$/.exec(state)?.[1]);
  if (Number.isNaN(round)) throw new RpcFailure(-32602, "Invalid requestState");
  const answers = objectOr(params["inputResponses"]);
  const lacks = Object.keys(questions).some((key) => !isObject(answers[key]));
  if (round === rounds && !lacks) return said(answers);
  const next = lacks && round > 0 ? round : round + 1;
  return { resultType: "input_required", inputRequests: questions, requestState: `round ${next} "ü"\n` };
}

function announceCompletion(questions: JsonObject, { connection, id }: Request): void {
  for (const question of Object.values(questions)) {
    const { elicitationId } = objectOr(objectOr(question)["params"]);
    if (elicitationId !== undefined) connection.notify("notifications/elicitation/complete", { elicitationId }, id);
  }
}

/** Asks to be called again, without a question, until that was done `rounds` times. */
const shed: Act = ({ rounds }, { params }) => {
  const round = Number(stringOr(params["requestState"]) ?? 0);
  return round === Number(rounds) ? said(round) : { resultType: "input_required", requestState: String(round + 1) };
};

/** Three steps of progress with everything that one can say, then two that do not rise. */
const steps: Act = async (_, { connection, id, params }) => {
  const token = objectOr(params["_meta"])["progressToken"];
  for (const progress of [1, 2.5, 4, 4, 3]) {
    if (token !== undefined)
      connection.notify("notifications/progress", { progressToken: token, progress, total: 4, message: `at ${progress}` }, id);
    await wait(60); // more often is not passed on
  }
  return said("done");
};

const fates = new Map<string, PromiseWithResolvers<string>>();

function fateOf(key: unknown): PromiseWithResolvers<string> {
  const name = plain(key);
  const known = fates.get(name) ?? Promise.withResolvers<string>();
  fates.set(name, known);
  return known;
}

/** Answers only when it is cancelled or nobody cares any more; {@link fate} tells. */
const hang: Act = async ({ key }, { signal, connection, id, params }) => {
  const token = objectOr(params["_meta"])["progressToken"];
  if (token !== undefined) connection.notify("notifications/progress", { progressToken: token, progress: 1 }, id);
  await wait(PATIENCE_MS, signal);
  fateOf(key).resolve(signal.aborted ? "cancelled" : "forgotten");
  return said("over");
};

const fate: Act = async ({ key }) => said(await fateOf(key).promise);

/** One log message of each of these levels that the client wants. */
const say: Act = ({ levels }, { connection, id, params, modern }) => {
  const order = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
  const wanted = modern ? objectOr(params["_meta"])["io.modelcontextprotocol/logLevel"] : (connection.logLevel ?? "debug");
  const heard = (Array.isArray(levels) ? levels : [])
    .map((level) => plain(level))
    .filter((level) => wanted !== undefined && order.indexOf(level) >= order.indexOf(plain(wanted)));
  for (const level of heard) connection.notify("notifications/message", { level, logger: "matrix", data: { level, nested: [1] } }, id);
  return said(heard);
};

/** Pings the client, as a legacy server may. */
const knock: Act = async (_, { connection, id }) => said((await connection.ask("ping", {}, id)).result);

/** A notification that no revision knows, on this call's stream. */
const whisper: Act = ({ text }, { connection, id }) => {
  connection.notify("notifications/com.example/whisper", { text }, id);
  return said("whispered");
};

const touch: Act = ({ uri }, { server }) => {
  announceUpdate(server, plain(uri));
  return said("touched");
};

/** Adds an entry to a list, and says so. */
const grow =
  (grown: Grown): Act =>
  ({ kind, name }, { server }) => {
    grown[plain(kind) as keyof Grown].push(plain(name));
    announceChange(server, plain(kind));
    return said("grown");
  };

/** Every act as a tool that takes whatever it is given. */
export function acts(grown: Grown): Tool[] {
  const all = { mirror, refuse, ask, shed, steps, hang, fate, say, knock, whisper, touch, grow: grow(grown) };
  return Object.entries(all).map(([name, run]) => ({ definition: { name, inputSchema: { type: "object" } }, run }));
}
