import type { RequestOptions } from "node:http";
import { text } from "node:stream/consumers";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { http, type IncomingMessage } from "../../wire/node-http.ts";

interface Asked {
  readonly patienceMs?: number;
  readonly token?: string | undefined;
}

/** A gateway answers these pages at once, whatever its servers do. */
const PATIENCE_MS = 2_000;

/**
 * What a running gateway says on one of its pages.
 *
 * @param url its MCP address
 * @param asked how long to wait, and what lets this user in
 * @throws GATEWAY_UNREACHABLE
 */
export async function askGateway(url: string, path: string, { patienceMs = PATIENCE_MS, token }: Asked = {}): Promise<JsonObject> {
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await get(new URL(path, url), { headers, signal: AbortSignal.timeout(patienceMs) });
    const value: unknown = JSON.parse(await text(response));
    if (response.statusCode === 200 && isObject(value)) return value;
  } catch (error) {
    throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${url} does not answer.`, {}, error);
  }
  throw new ToolyardError("GATEWAY_UNREACHABLE", `What answers at ${url} is no gateway.`);
}

function get(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent: false, ...options }, resolve).once("error", reject);
  });
}
