/** The HTTP face: routes, faults of HTTP itself, and `/control`. */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { objectOr } from "../../../../src/base/json.ts";
import { control } from "../control.ts";
import { momentsOf, type Message } from "../protocol/message.ts";
import { parseMessage } from "../protocol/receive.ts";
import type { HostileServer } from "../server.ts";
import { makeCertificate } from "./certificate.ts";
import { answerJson, type Exchange } from "./exchange.ts";
import { misbehave } from "./http-faults.ts";
import { serveSse } from "./sse.ts";
import { serveStreamable } from "./streamable.ts";

/** A port that is open. */
export interface Listening {
  readonly url: string;
  /** PEM of the authority, with `tls`. */
  readonly ca: string | undefined;
  /** Closes the port and every connection. */
  close(): void;
}

/** Resolves once the port is open. @throws Error when it cannot be opened */
export async function serveHttp(server: HostileServer): Promise<Listening> {
  const { values } = server.switches;
  const listener: RequestListener = (request, response) =>
    void handle(server, request, response).catch((error: Error) => answerJson(response, 500, { error: error.message }));
  const certificate = values.tls === "none" ? undefined : makeCertificate(values.tls);
  const face: Server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  const sse = values.sse >= 0;
  await new Promise<void>((resolve, reject) => face.once("error", reject).listen(sse ? values.sse : values.http, "127.0.0.1", resolve));
  const { port } = face.address() as AddressInfo;
  const url = `${certificate ? "https" : "http"}://127.0.0.1:${port}/${sse ? "sse" : "mcp"}`;
  server.log("listening", { url });
  return {
    url,
    ca: certificate?.ca,
    close() {
      face.close();
      face.closeAllConnections();
    },
  };
}

async function handle(server: HostileServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  const body = await readBody(request);
  if (path === "/control") return answerControl(server, request, response, body);
  const message = request.method === "POST" ? tryParse(body) : undefined;
  const exchange: Exchange = { request, response, path, body, message, moments: momentsOfHttp(request, message) };
  server.log("headers", { method: request.method, path, rpc: message?.method, headers: request.headers });
  if (misbehave(server, exchange)) return;
  if (server.switches.values.sse >= 0) return serveSse(server, exchange);
  return serveStreamable(server, exchange);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function tryParse(body: Buffer): Message | undefined {
  try {
    return parseMessage(body);
  } catch {
    return undefined;
  }
}

function momentsOfHttp(request: IncomingMessage, message: Message | undefined): string[] {
  const verb = (request.method ?? "").toLowerCase();
  if (message?.method === undefined) return [verb, "any", ...(message === undefined ? [] : ["answer"])];
  return [verb, ...momentsOf(message.method, objectOr(message.params))];
}

async function answerControl(server: HostileServer, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  if (request.method === "GET") return answerJson(response, 200, server.state());
  try {
    const state = await control(server, objectOr(JSON.parse(body.toString("utf8"))));
    answerJson(response, 200, state);
  } catch (error) {
    answerJson(response, 400, { error: (error as Error).message });
  }
}
