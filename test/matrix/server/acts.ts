/** Tools by which a client has the server do something, and see what came to it: tests look at servers through the wire alone. */

import { objectOr, stringOr, type JsonObject } from "../../../src/base/json.ts";
import { wait } from "../../servers/hostile/process.ts";
import { RpcFailure, plain } from "../../servers/hostile/protocol/message.ts";
import { announceChange, announceUpdate } from "../../servers/hostile/protocol/subscriptions.ts";
import type { Tool } from "../../servers/hostile/protocol/tools.ts";
import { putQuestions } from "./asking.ts";

/** Names that {@link grow} has added, by kind of list. */
export type Grown = Readonly<Record<"tools" | "prompts" | "resources", string[]>>;

type Act = Tool["run"];

/** Long enough for whatever is to come, in ms; a call that hangs ends by itself then. */
const PATIENCE_MS = 5_000;

const said = (value: unknown): JsonObject => ({ content: [{ type: "text", text: JSON.stringify(value) ?? "null" }] });

/** Names a resource that is in no list. */
const point: Act = ({ uri }) => ({ content: [{ type: "resource_link", uri: plain(uri), name: "elsewhere" }] });

/** The request as it came: its params, the headers, and what the client declared at the handshake. */
const mirror: Act = (_, { params, headers, connection }) => said({ params, headers, declared: connection.capabilities });

const refuse: Act = ({ code, message, data }) => {
  throw new RpcFailure(Number(code), plain(message), data);
};

/** The tool's text is the answers by key. */
const ask: Act = async ({ questions, rounds, complete, anyway }, request) => {
  const how = { rounds: Number(rounds ?? 1), complete: complete === true, anyway: anyway === true };
  const asked = await putQuestions(objectOr(questions), request, how);
  return "answers" in asked ? said(asked.answers) : asked.result;
};

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

/** Has the client sent such a notification? */
const heard: Act = ({ method }, { connection }) => said(connection.heard.has(plain(method)));

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
  const all = { mirror, point, refuse, ask, shed, steps, hang, fate, say, knock, whisper, heard, touch, grow: grow(grown) };
  return Object.entries(all).map(([name, run]) => ({ definition: { name, inputSchema: { type: "object" } }, run }));
}
