/** What a running gateway offers, in plain requests: a command that only lists needs no yard of its own. */

import { buffer } from "node:stream/consumers";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, objectOr, stringOr, type JsonObject } from "../../base/json.ts";
import { VERSION } from "../../base/version.ts";
import { modernRequestMeta } from "../../era/meta.ts";
import { LATEST_MODERN } from "../../era/revisions.ts";
import type { ToolDefinition } from "../../host.ts";
import type { ServerStatus } from "../../status.ts";
import { http, type IncomingMessage } from "../../wire/node-http.ts";
import { SseReader } from "../../wire/sse.ts";
import { askGateway } from "./ask.ts";
import type { Running } from "./record.ts";

/** How the servers of a running gateway stand. @throws GATEWAY_UNREACHABLE */
export async function serversBehind({ url, token }: Running): Promise<ServerStatus[]> {
  const { servers } = await askGateway(url, "/api/state", { token });
  const list: unknown[] = Array.isArray(servers) ? servers : [undefined];
  if (list.every(isStatus)) return list;
  throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${url} is of another kind.`);
}

/**
 * Every tool of a running gateway.
 *
 * @param path what of it, such as `/support` for a toolset
 * @throws ROUTE_UNKNOWN for a toolset that is not there, GATEWAY_UNREACHABLE
 */
export async function toolsBehind(running: Running, path: string, timeoutMs: number): Promise<ToolDefinition[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const tools: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTools(running, path, cursor, signal);
    tools.push(...(Array.isArray(page["tools"]) ? page["tools"] : []));
    cursor = stringOr(page["nextCursor"]);
  } while (cursor !== undefined);
  return tools.filter(isTool);
}

async function listTools({ url, token }: Running, path: string, cursor: string | undefined, signal: AbortSignal): Promise<JsonObject> {
  const method = "tools/list";
  const meta = modernRequestMeta({ version: LATEST_MODERN, capabilities: {}, clientInfo: { name: "toolyard", version: VERSION } });
  const params = { ...(cursor === undefined ? {} : { cursor }), _meta: meta };
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": LATEST_MODERN,
    "mcp-method": method,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await post(new URL(`${url}${path}?surface=all`), headers, body, signal).catch((error: unknown) => {
    throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${url} does not answer.`, {}, error);
  });
  if (isObject(answer["result"])) return answer["result"];
  throw refusalIn(objectOr(answer["error"]), url);
}

function refusalIn({ message, data }: JsonObject, url: string): ToolyardError {
  const says = stringOr(message) ?? "It does not list its tools.";
  if (objectOr(data)["code"] === "ROUTE_UNKNOWN") return new ToolyardError("ROUTE_UNKNOWN", says);
  return new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${url} refused: ${says}`, {
    mend: "Look at what it prints, or start it anew.",
  });
}

async function post(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<JsonObject> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    http.request(url, { method: "POST", agent: false, headers, signal }, resolve).once("error", reject).end(body);
  });
  const bytes = await buffer(response);
  const isStream = response.headers["content-type"]?.startsWith("text/event-stream") === true;
  return objectOr(JSON.parse((isStream ? lastEvent(bytes) : bytes).toString()));
}

/** A gateway that has to wait for long answers with a stream, of which the last message is the answer. */
function lastEvent(bytes: Buffer): Buffer {
  let last: Buffer = Buffer.from("null");
  const reader = new SseReader({
    limit: bytes.length,
    event: ({ data }) => void (last = data.length > 0 ? data : last),
    oversize: () => {},
  });
  reader.push(bytes);
  return last;
}

function isTool(value: unknown): value is ToolDefinition {
  return isObject(value) && typeof value["name"] === "string";
}

function isStatus(value: unknown): value is ServerStatus {
  return isObject(value) && typeof value["name"] === "string" && typeof value["state"] === "string";
}
