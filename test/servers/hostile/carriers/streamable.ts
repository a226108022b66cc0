/** Streamable HTTP of both eras: POST, and for the legacy era GET, DELETE and sessions. */

import { randomUUID } from "node:crypto";
import { objectOr } from "../../../../src/base/json.ts";
import type { Message, RpcId } from "../protocol/message.ts";
import { receive } from "../protocol/receive.ts";
import { isModern } from "../protocol/rules.ts";
import type { Connection, HostileServer } from "../server.ts";
import { HttpCarrier } from "./http-carrier.ts";
import { checkHeaders } from "./http-rules.ts";
import { answerJson, refuse, type Exchange } from "./exchange.ts";
import { Reply } from "./reply.ts";

const HTTP_STATUS: Readonly<Record<number, number>> = { [-32601]: 404, [-32020]: 400, [-32021]: 400, [-32022]: 400 };

export async function serveStreamable(server: HostileServer, exchange: Exchange): Promise<void> {
  const { request, response, path, message } = exchange;
  if (path !== "/mcp") return answerJson(response, 404, { error: "not found" });
  if (request.method === "GET") return openGet(server, exchange);
  if (request.method === "DELETE") return endSession(server, exchange);
  if (request.method !== "POST") return answerJson(response, 405, { error: "method not allowed" });
  if (message === undefined) return refuse(exchange, 400, -32700, "Parse error");
  const modern = isModern(server, objectOr(message.params));
  const fault = checkHeaders(server, exchange, modern);
  if (fault !== undefined) return refuse(exchange, fault.status, fault.code, fault.message);
  if (message.method === undefined || message.id === undefined || message.id === null) return takeUnanswered(server, exchange, message);
  return takeRequest(server, exchange, message.id, modern);
}

async function takeRequest(server: HostileServer, exchange: Exchange, id: RpcId, modern: boolean): Promise<void> {
  const { request, response, body, message, moments } = exchange;
  const connection = modern ? connect(server) : legacyConnection(server, exchange);
  if (connection === undefined || message === undefined) return;
  connection.headers = request.headers;
  const { values } = server.switches;
  const session = sessionOf(server, connection);
  const reply = new Reply(server, response, {
    stream: values["sse-answers"] || values.resumable,
    moments,
    ...(session !== undefined && message.method === "initialize" && { headers: { "mcp-session-id": session } }),
    status: (answer) => (modern && !Buffer.isBuffer(answer) && answer.error ? (HTTP_STATUS[answer.error.code] ?? 200) : 200),
  });
  const carrier = connection.carrier as HttpCarrier;
  carrier.open(reply, id);
  response.on("close", () => {
    carrier.detach(reply);
    if (response.writableFinished) return;
    server.log("closed", { id, method: message.method });
    if (modern) connection.abandon();
  });
  if (values["hang-up"]) reply.end();
  await receive(server, connection, message, body);
  if (session === undefined) server.disconnect(connection);
}

/** Notifications and answers; without a session they are for whichever connection knows their id. */
async function takeUnanswered(server: HostileServer, exchange: Exchange, message: Message): Promise<void> {
  const named = exchange.request.headers["mcp-session-id"] !== undefined && server.switches.values.session;
  const id = (message.method === undefined ? message.id : objectOr(message.params)["requestId"]) as RpcId;
  const owner = [...server.connections].find((each) => (message.method === undefined ? each.asked.has(id) : each.running.has(id)));
  const connection = named ? legacyConnection(server, exchange) : (owner ?? server.stateless);
  if (connection === undefined) return;
  await receive(server, connection, message, exchange.body);
  exchange.response.writeHead(202).end();
}

function connect(server: HostileServer): Connection {
  const carrier = new HttpCarrier("http", server.switches.values.resumable);
  const connection = server.connect(carrier);
  connection.drop = () => carrier.drop();
  return connection;
}

/** The connection of the session that the request names; answers the request itself when there is none. */
function legacyConnection(server: HostileServer, exchange: Exchange): Connection | undefined {
  const { values } = server.switches;
  const id = exchange.request.headers["mcp-session-id"];
  if (exchange.message?.method === "initialize" && values.session) {
    const connection = connect(server);
    const session = randomUUID();
    server.sessions.set(session, connection);
    server.log("session", { session, opened: true });
    return connection;
  }
  if (typeof id === "string" && values.session) {
    const connection = server.sessions.get(id);
    if (connection === undefined) refuse(exchange, 404, -32001, "Session not found");
    return connection;
  }
  if (values["require-session"] && exchange.message?.method !== "initialize") {
    refuse(exchange, 400, -32000, "Bad Request: no session id");
    return undefined;
  }
  // Without sessions the server remembers only what the last `initialize` said.
  const connection = connect(server);
  const { capabilities, logLevel, version } = server.stateless;
  return Object.assign(connection, { capabilities, logLevel, version: exchange.message?.method === "initialize" ? "" : version });
}

function sessionOf(server: HostileServer, connection: Connection): string | undefined {
  return [...server.sessions].find(([, each]) => each === connection)?.[0];
}

function openGet(server: HostileServer, exchange: Exchange): void {
  const { values } = server.switches;
  const { request, response, moments } = exchange;
  if (values.era === "modern" || values["no-get"]) return answerJson(response, 405, { error: "method not allowed" }, { allow: "POST" });
  const connection = legacyConnection(server, exchange);
  if (connection === undefined) return;
  const carrier = connection.carrier as HttpCarrier;
  const last = request.headers["last-event-id"];
  if (last === undefined && carrier.isOpen(undefined)) return refuse(exchange, 409, -32000, "Conflict: only one GET stream per session");
  const reply = new Reply(server, response, { stream: true, moments });
  const owned = sessionOf(server, connection) !== undefined;
  response.on("close", () => {
    carrier.detach(reply);
    server.log("closed", { method: "GET" });
    if (!owned) server.disconnect(connection);
  });
  if (!owned) connection.initialized = true;
  if (typeof last === "string" && carrier.resume(reply, last)) return;
  carrier.open(reply, undefined);
}

function endSession(server: HostileServer, exchange: Exchange): void {
  const id = String(exchange.request.headers["mcp-session-id"]);
  const connection = server.sessions.get(id);
  if (!server.switches.values.session) return answerJson(exchange.response, 405, { error: "method not allowed" });
  if (connection === undefined) return refuse(exchange, 404, -32001, "Session not found");
  server.sessions.delete(id);
  (connection.carrier as HttpCarrier).drop();
  server.disconnect(connection);
  server.log("session", { session: id, opened: false });
  exchange.response.writeHead(200).end();
}
