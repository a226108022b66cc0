/** Tools that ask the client: real requests in the legacy era, `input_required` in the modern one. */

import { randomUUID } from "node:crypto";
import { isObject, objectOr, type JsonObject } from "../../../../src/base/json.ts";
import type { Connection, HostileServer } from "../server.ts";
import { RpcFailure, plain } from "./message.ts";
import type { Request } from "./request.ts";
import { meta } from "./rules.ts";

interface Question {
  readonly method: string;
  readonly params: JsonObject;
  /** The client capability that it needs. */
  readonly needs: string;
}

/** A form; with mode `url` a link; with mode `error` the error that asks for a link first, until that is done. */
export function elicit({ message, mode }: JsonObject, request: Request): Promise<JsonObject> | JsonObject {
  const url = mode === "url" || mode === "error";
  const { server, connection } = request;
  const form = {
    message: message ?? "Which one?",
    requestedSchema: { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] },
  };
  const link = {
    mode: "url",
    message: message ?? "Please look.",
    url: "https://example.com/consent",
    ...(url && !request.modern && { elicitationId: newLink(connection) }),
  };
  if (mode === "error" && server.linksAreDone) return { content: [{ type: "text", text: "the link is done" }] };
  if (mode === "error") throw new RpcFailure(-32042, "A link has to be opened first", { elicitations: [link] });
  return put({ method: "elicitation/create", params: url ? link : form, needs: "elicitation" }, request);
}

function newLink(connection: Connection): string {
  const id = randomUUID();
  connection.links.add(id);
  return id;
}

/** The user is done with every link: the clients are told, and the tool works. */
export function finishLinks(server: HostileServer): void {
  server.linksAreDone = true;
  for (const connection of server.connections) {
    for (const elicitationId of connection.links) connection.notify("notifications/elicitation/complete", { elicitationId });
    connection.links.clear();
  }
}

export function sample({ prompt }: JsonObject, request: Request): Promise<JsonObject> {
  const messages = [{ role: "user", content: { type: "text", text: prompt ?? "Hello?" } }];
  return put({ method: "sampling/createMessage", params: { messages, maxTokens: 100 }, needs: "sampling" }, request);
}

export function roots(_: JsonObject, request: Request): Promise<JsonObject> {
  return put({ method: "roots/list", params: {}, needs: "roots" }, request);
}

/** Asks as often as `rounds` says; the tool's text is the JSON of all answers. */
async function put(question: Question, request: Request): Promise<JsonObject> {
  const { server, modern } = request;
  const { values } = server.switches;
  const capabilities = modern ? objectOr(meta(request.params, "clientCapabilities")) : request.connection.capabilities;
  if (!isObject(capabilities[question.needs]) && !values["ask-anyway"]) return refuse(question, modern);
  return modern ? askModern(question, request) : askLegacy(question, request);
}

function refuse({ needs }: Question, modern: boolean): JsonObject {
  if (modern) throw new RpcFailure(-32021, "Missing required client capability", { requiredCapabilities: { [needs]: {} } });
  return { content: [{ type: "text", text: `the client does not support ${needs}` }], isError: true };
}

async function askLegacy({ method, params }: Question, { server, connection, id, signal }: Request): Promise<JsonObject> {
  const { values } = server.switches;
  const answers: unknown[] = [];
  for (let round = 0; round < values.rounds && !signal.aborted; round++) {
    const { result, error } = await connection.ask(method, params, values["ask-on-get"] ? undefined : id);
    answers.push(error ? { error } : result);
  }
  return { content: [{ type: "text", text: JSON.stringify(answers) }] };
}

/** The state carries the answers so far, so any process could go on; this one checks that it comes back unchanged. */
function askModern({ method, params }: Question, { server, params: call }: Request): JsonObject {
  const { values } = server.switches;
  const state = call["requestState"];
  if (state !== undefined && !server.issuedStates.has(plain(state))) {
    server.log("violation", { rule: "a requestState that was never issued" });
    throw new RpcFailure(-32602, "Invalid requestState");
  }
  const answers: unknown[] = state === undefined ? [] : JSON.parse(Buffer.from(plain(state), "base64url").toString("utf8")).answers;
  const given = objectOr(call["inputResponses"])[`k${answers.length + 1}`];
  if (state !== undefined && given !== undefined) answers.push(given);
  if (answers.length >= values.rounds) return { content: [{ type: "text", text: JSON.stringify(answers) }] };
  const requestState = Buffer.from(JSON.stringify({ answers, nonce: randomUUID() })).toString("base64url");
  server.issuedStates.add(requestState);
  return { resultType: "input_required", inputRequests: { [`k${answers.length + 1}`]: { method, params } }, requestState };
}
