/** The headers that a client must send; what is wrong is logged as a violation and refused as the spec says. */

import { isObject, objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { definitionOf } from "../protocol/lists.ts";
import { plain } from "../protocol/message.ts";
import { LEGACY, meta } from "../protocol/rules.ts";
import type { HostileServer } from "../server.ts";
import type { Exchange } from "./exchange.ts";

interface Fault {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export function checkHeaders(server: HostileServer, exchange: Exchange, modern: boolean): Fault | undefined {
  if (server.switches.values["lax-headers"]) return undefined;
  const fault = checkCarriage(exchange) ?? (modern ? checkModern(server, exchange) : checkLegacy(exchange));
  // The probe of a client that does not know the era yet breaks no rule, though it is refused.
  const probe = !modern && exchange.message?.method === "server/discover";
  if (fault !== undefined && !probe)
    server.log("violation", { rule: fault.message, id: exchange.message?.id, method: exchange.message?.method });
  return fault;
}

function checkCarriage({ request }: Exchange): Fault | undefined {
  const accept = request.headers.accept ?? "";
  const both = accept.includes("application/json") && accept.includes("text/event-stream");
  if (!both) return { status: 406, code: -32000, message: "Accept must list application/json and text/event-stream" };
  const json = request.headers["content-type"]?.startsWith("application/json");
  return json ? undefined : { status: 415, code: -32000, message: "Content-Type must be application/json" };
}

function checkLegacy({ request, message }: Exchange): Fault | undefined {
  const version = request.headers["mcp-protocol-version"];
  if (message?.method === "initialize" || version === undefined || LEGACY.includes(String(version))) return undefined;
  return { status: 400, code: -32000, message: `Unsupported MCP-Protocol-Version ${String(version)}` };
}

function checkModern(server: HostileServer, { request, message }: Exchange): Fault | undefined {
  const params = objectOr(message?.params);
  const method = message?.method ?? "";
  const expected: Record<string, unknown> = { "mcp-protocol-version": meta(params, "protocolVersion"), "mcp-method": method };
  if (message?.id === undefined) delete expected["mcp-method"];
  if (method === "tools/call" || method === "prompts/get") expected["mcp-name"] = params["name"];
  if (method === "resources/read") expected["mcp-name"] = params["uri"];
  if (method === "tools/call") {
    const schema = objectOr(definitionOf(server, plain(params["name"])))["inputSchema"];
    Object.assign(expected, parameterHeaders(objectOr(schema), objectOr(params["arguments"])));
  }
  for (const [name, value] of Object.entries(expected)) {
    const sent = request.headers[name];
    if (decode(String(sent)) !== String(value))
      return { status: 400, code: -32020, message: `Header mismatch: ${name} is ${String(sent)}, the body says ${String(value)}` };
  }
  return undefined;
}

/** The `Mcp-Param-*` headers that these arguments need. */
function parameterHeaders(schema: JsonObject, args: JsonObject): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(objectOr(schema["properties"]))) {
    const value = args[key];
    if (!isObject(property) || value === undefined || value === null) continue;
    const header = property["x-mcp-header"];
    if (typeof header === "string") found[`mcp-param-${header.toLowerCase()}`] = value;
    if (isObject(value)) Object.assign(found, parameterHeaders(property, value));
  }
  return found;
}

function decode(value: string): string {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, "base64").toString("utf8");
}
