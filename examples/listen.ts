/** Streamable HTTP for a demo server: legacy clients get sessions, modern ones need none, on one endpoint on loopback. */

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from "@modelcontextprotocol/node";
import { createMcpHandler, isInitializeRequest, isLegacyRequest, type McpServer } from "@modelcontextprotocol/server";

export interface Listening {
  /** The MCP endpoint. */
  readonly url: string;
  /** Ends every session and connection. */
  close(): Promise<void>;
}

/** Legacy clients rarely say goodbye; beyond so many sessions the one that was quiet longest is ended. */
const MAX_SESSIONS = 256;

/** Listens on loopback; port 0 picks a free one. */
export async function listen(make: () => McpServer, port: number): Promise<Listening> {
  const legacy = legacySessions(make);
  const modern = createMcpHandler(make, { legacy: "reject" });
  const serveModern = toNodeHandler(modern);
  const hostAllowed = localhostHostValidation();
  const originAllowed = localhostOriginValidation();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const known = Object.assign(request, { method: request.method ?? "GET", url: request.url ?? "/" });
    if (new URL(known.url, "http://localhost").pathname !== "/mcp") return refuse(response, 404, -32601, "The endpoint is /mcp.");
    const body = request.method === "POST" ? await json(request).catch(() => undefined) : undefined;
    if (request.method === "POST" && body === undefined) return refuse(response, 400, -32700, "The body is not JSON.");
    const isLegacy = await isLegacyRequest(await toWebRequest(known, body), body);
    return isLegacy ? legacy.handle(request, response, body) : serveModern(known, response, body);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, -32603, "Internal error.");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}/mcp`,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await Promise.all([legacy.close(), modern.close()]);
      server.closeAllConnections();
      await closed;
    },
  };
}

interface LegacySessions {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** One server instance for each legacy session, as revisions to 2025-11-25 want it. */
function legacySessions(make: () => McpServer): LegacySessions {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();

  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, transport);
        const [oldest] = sessions.values();
        if (sessions.size > MAX_SESSIONS) void oldest?.close();
      },
    });
    transport.onclose = () => void sessions.delete(transport.sessionId ?? "");
    await make().connect(transport);
    return transport;
  };

  /** Moves the session to the end of the map, whose order is that of last use. */
  const touch = (id: string): NodeStreamableHTTPServerTransport | undefined => {
    const transport = sessions.get(id);
    if (transport !== undefined && sessions.delete(id)) sessions.set(id, transport);
    return transport;
  };

  return {
    async handle(request, response, body) {
      const id = request.headers["mcp-session-id"];
      if (typeof id === "string") {
        const transport = touch(id);
        if (transport === undefined) return refuse(response, 404, -32001, "The session has ended. Send initialize again.");
        return transport.handleRequest(request, response, body);
      }
      if (!isInitializeRequest(body)) return refuse(response, 400, -32000, "Send initialize first, then its Mcp-Session-Id.");
      return (await open()).handleRequest(request, response, body);
    },
    async close() {
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
    },
  };
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } }));
}
