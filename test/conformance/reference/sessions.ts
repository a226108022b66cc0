/** The legacy era over HTTP: a server for each session. */

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { isInitializeRequest, McpServer, type EventStore, type JSONRPCMessage, type McpServerFactory } from "@modelcontextprotocol/server";

type Handler = (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>;

/** Clients that were hung up on come back after so long (ms). */
const RETRY = 100;

export function legacySessions(servers: McpServerFactory): Handler {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  return async (request, response, body) => {
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? sessions.get(id) : undefined;
    if (known !== undefined) return await known.handleRequest(request, response, body);
    if (!isInitializeRequest(body)) return refuse(response, id === undefined ? 400 : 404);
    const transport = await openSession(servers, sessions);
    await transport.handleRequest(request, response, body);
  };
}

async function openSession(
  servers: McpServerFactory,
  sessions: Map<string, NodeStreamableHTTPServerTransport>,
): Promise<NodeStreamableHTTPServerTransport> {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
    eventStore: new Events(),
    retryInterval: RETRY,
  });
  const server = await servers({ era: "legacy" });
  if (server instanceof McpServer) await server.connect(transport);
  return transport;
}

function refuse(response: ServerResponse, status: 400 | 404): void {
  const [code, message] = status === 404 ? [-32001, "Session not found"] : [-32000, "Bad Request: no session"];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } }));
}

/** What a client missed of a stream that was cut. */
class Events implements EventStore {
  readonly #events: { readonly stream: string; readonly message: JSONRPCMessage }[] = [];

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    return String(this.#events.push({ stream, message }));
  }

  async getStreamIdForEventId(event: string): Promise<string | undefined> {
    return this.#events[Number(event) - 1]?.stream;
  }

  async replayEventsAfter(last: string, { send }: { send: (event: string, message: JSONRPCMessage) => Promise<void> }): Promise<string> {
    const stream = (await this.getStreamIdForEventId(last)) ?? "";
    for (const [index, event] of this.#events.entries()) {
      if (index >= Number(last) && event.stream === stream) await send(String(index + 1), event.message);
    }
    return stream;
  }
}
