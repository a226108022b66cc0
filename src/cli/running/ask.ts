import { text } from "node:stream/consumers";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { http, type IncomingMessage } from "../../wire/node-http.ts";

const PATIENCE_MS = 2_000;

/**
 * What a running gateway says on one of its pages.
 *
 * @param url its MCP address
 * @throws GATEWAY_UNREACHABLE
 */
export async function askGateway(url: string, path: string): Promise<JsonObject> {
  try {
    const response = await get(new URL(path, url));
    const value: unknown = JSON.parse(await text(response));
    if (response.statusCode === 200 && isObject(value)) return value;
  } catch (error) {
    throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${url} does not answer.`, {}, error);
  }
  throw new ToolyardError("GATEWAY_UNREACHABLE", `What answers at ${url} is no gateway.`);
}

function get(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, resolve).once("error", reject);
  });
}
