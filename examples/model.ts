/** A scripted model on loopback that speaks OpenAI's and Anthropic's APIs, streaming or not: agents can be tried and checked without a key. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { chat } from "./model/chat.ts";
import { messages } from "./model/messages.ts";
import { responses } from "./model/responses.ts";
import { toConversation, type Dialect, type Request, type Script } from "./model/turn.ts";

/** What a request was like, for checks. */
export interface ModelRequest {
  readonly path: string;
  readonly streamed: boolean;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** Size of the whole body, and of the tools in it (bytes). */
  readonly bytes: number;
  readonly toolBytes: number;
  readonly question: string;
}

export interface ScriptedModel extends AsyncDisposable {
  /** Base URL for clients, ending in `/v1`. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly ModelRequest[];
  close(): Promise<void>;
}

const dialects = new Map<string, Dialect>([
  ["/v1/chat/completions", chat],
  ["/v1/responses", responses],
  ["/v1/messages", messages],
]);

/** Opens the endpoint on a free port. What the script throws is answered with status 400, which clients do not repeat. */
export async function openScriptedModel(script: Script): Promise<ScriptedModel> {
  const requests: ModelRequest[] = [];
  const server = createServer((request, response) => {
    respond(request, response, script, requests).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      sendJson(response, 400, { error: { message, type: "script_error" } });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}/v1`, requests, close, [Symbol.asyncDispose]: close };
}

async function respond(request: IncomingMessage, response: ServerResponse, script: Script, requests: ModelRequest[]): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  const dialect = request.method === "POST" ? dialects.get(path) : undefined;
  if (dialect === undefined) return sendJson(response, 404, { error: { message: `Nothing at ${path}.`, type: "invalid_request_error" } });
  const raw = await text(request);
  const body = JSON.parse(raw) as Request;
  const tools = dialect.toolNames(body);
  const conversation = toConversation(dialect.entries(body), tools);
  const streamed = body["stream"] === true;
  const toolBytes = Buffer.byteLength(JSON.stringify(body["tools"] ?? []));
  requests.push({ path, streamed, tools, bytes: Buffer.byteLength(raw), toolBytes, question: conversation.question });
  const turn = script(conversation);
  const model = String(body["model"]);
  if (!streamed) return sendJson(response, 200, dialect.whole(turn, model));
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const event of dialect.events(turn, model)) response.write(event);
  response.end();
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
