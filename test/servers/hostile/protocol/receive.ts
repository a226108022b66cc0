/** From a message that came to the answer that goes, with every fault on the way. */

import { isObject, objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { strike, wait } from "../process.ts";
import type { Connection, HostileServer } from "../server.ts";
import { encode, momentsOf, RpcFailure, type Message, type RpcId } from "./message.ts";
import type { Request } from "./request.ts";
import { respond } from "./respond.ts";
import { checkRequest, isModern, meta } from "./rules.ts";
import { garbage, scripted } from "./script.ts";

const FOR_NOBODY: Message = { jsonrpc: "2.0", id: 987_654_321, result: { content: [{ type: "text", text: "for nobody" }] } };

/** @throws SyntaxError when it is not JSON */
export function parseMessage(bytes: Buffer): Message {
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  if (!isObject(value) || value["jsonrpc"] !== "2.0") throw new SyntaxError("not a JSON-RPC 2.0 message");
  return value as unknown as Message;
}

export async function receive(server: HostileServer, connection: Connection, message: Message, raw: Buffer): Promise<void> {
  const { id, method } = message;
  const params = objectOr(message.params);
  if (method === undefined) return takeAnswer(server, connection, message);
  if (id === undefined || id === null) return takeNotification(server, connection, method, params);
  const controller = new AbortController();
  const modern = isModern(server, params);
  const request: Request = { server, connection, id, method, params, modern, headers: connection.headers, signal: controller.signal, raw };
  server.log("in", {
    method,
    id,
    modern,
    name: params["name"] ?? params["uri"],
    args: excerpt(params["arguments"]),
    filter: excerpt(params["notifications"]),
    level: params["level"] ?? meta(params, "logLevel"),
    carrier: connection.carrier.kind,
  });
  checkRequest(request);
  connection.running.set(id, controller);
  if (method === "tools/call") server.enterCall();
  try {
    await answer(request);
  } finally {
    if (method === "tools/call") server.leaveCall();
    if (connection.running.get(id) === controller) connection.running.delete(id);
  }
}

async function answer(request: Request): Promise<void> {
  const { server, method, params, signal } = request;
  const { switches } = server;
  const moments = momentsOf(method, params);
  await strike(server, moments);
  const mute = switches.values.era === "silent" && request.connection.version === "" && method !== "initialize";
  if (switches.take("never-answer", moments) !== undefined || mute) return until(request);
  await wait(Number(switches.take("slow", moments) ?? 0), signal);
  const outcome = scripted(server, request.id, method, moments) ?? (await respondOrFail(request));
  await wait(Math.random() * switches.values.jitter, signal);
  if (signal.aborted) {
    server.log("aborted", { id: request.id, method, name: params["name"], why: String(signal.reason) });
    if (!switches.values["late-cancelled"]) return;
  }
  const kind = switches.take("garbage", moments);
  await reply(request, kind === undefined ? outcome : garbage(kind, outcome));
  await strike(server, momentsOf(method, params, "after-"));
}

/** Waits for the client to give up, so that a cancel for an unanswered request is seen as one of a running request. */
function until({ server, id, method, params, signal }: Request): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      server.log("aborted", { id, method, name: params["name"], why: String(signal.reason) });
      resolve();
    });
  });
}

async function respondOrFail(request: Request): Promise<Message> {
  try {
    return { jsonrpc: "2.0", id: request.id, result: await respond(request) };
  } catch (failure) {
    if (!(failure instanceof RpcFailure)) throw failure;
    const { code, message, data } = failure;
    return { jsonrpc: "2.0", id: request.id, error: { code, message, ...(data !== undefined && { data }) } };
  }
}

async function reply({ server, connection, id, method }: Request, outcome: Message | Buffer): Promise<void> {
  const { values } = server.switches;
  const { carrier } = connection;
  if (values["foreign-id"]) void carrier.send(FOR_NOBODY, id, false);
  if (values["server-request"]) void carrier.send({ jsonrpc: "2.0", id: `ping-${id}`, method: "ping" }, id, false);
  const wrapped = values["batch-answers"] ? Buffer.concat([Buffer.from("["), encode(outcome), Buffer.from("]")]) : outcome;
  if (values["duplicate-response"]) void carrier.send(wrapped, id, false);
  server.log("out", { method, id, ...(!Buffer.isBuffer(outcome) && outcome.error && { error: outcome.error.code }) });
  await carrier.send(wrapped, id, true);
}

function takeAnswer(server: HostileServer, connection: Connection, message: Message): void {
  const resolve = connection.asked.get(message.id as RpcId);
  server.log("in", { answer: message.id, ...(message.error && { error: message.error }), result: excerpt(message.result) });
  if (resolve === undefined) return server.log("violation", { rule: "an answer to no question", id: message.id });
  connection.asked.delete(message.id as RpcId);
  resolve(message);
}

function takeNotification(server: HostileServer, connection: Connection, method: string, params: JsonObject): void {
  server.log("in", { method, params: excerpt(params) });
  connection.heard.add(method);
  if (method === "notifications/initialized") connection.initialized = true;
  if (method !== "notifications/cancelled") return;
  const id = params["requestId"] as RpcId;
  const running = connection.running.get(id);
  server.log("cancelled", { id, running: running !== undefined, reason: params["reason"] });
  connection.listens.delete(id);
  running?.abort("cancelled");
}

/** What is small enough to be read in a log. */
function excerpt(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > 2000 ? `${text.length} characters` : value;
}
