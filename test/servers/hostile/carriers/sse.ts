/** The old HTTP+SSE transport: one GET stream for everything that the server says, POSTs beside it. */

import { randomUUID } from "node:crypto";
import { receive } from "../protocol/receive.ts";
import type { Connection, HostileServer } from "../server.ts";
import { HttpCarrier } from "./http-carrier.ts";
import { answerJson, refuse, type Exchange } from "./exchange.ts";
import { Reply } from "./reply.ts";

export async function serveSse(server: HostileServer, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  if (request.method === "GET" && path === "/sse") return open(server, exchange);
  if (request.method === "POST" && path === "/messages") return take(server, exchange);
  answerJson(response, path === "/sse" ? 405 : 404, { error: "not here" });
}

function open(server: HostileServer, { request, response, moments }: Exchange): void {
  const carrier = new HttpCarrier("sse");
  const connection: Connection = server.connect(carrier);
  connection.drop = () => carrier.drop();
  const session = randomUUID();
  server.sessions.set(session, connection);
  const reply = new Reply(server, response, { stream: true, moments });
  carrier.open(reply, undefined);
  response.on("close", () => {
    server.sessions.delete(session);
    server.disconnect(connection);
    server.log("closed", { method: "GET" });
  });
  const path = `/messages?session=${session}`;
  const kind = server.switches.values.endpoint;
  const base = kind === "relative" ? "" : kind === "absolute" ? `http://${String(request.headers.host)}` : "http://127.0.0.1:9";
  if (kind !== "none") reply.sendEvent("endpoint", base + path);
}

async function take(server: HostileServer, exchange: Exchange): Promise<void> {
  const { request, response, message, body } = exchange;
  const session = new URL(request.url ?? "", "http://localhost").searchParams.get("session") ?? "";
  const connection = server.sessions.get(session);
  if (connection === undefined) return refuse(exchange, 404, -32001, "Session not found");
  if (message === undefined) return refuse(exchange, 400, -32700, "Parse error");
  connection.headers = request.headers;
  response.writeHead(202).end("Accepted");
  await receive(server, connection, message, body);
}
