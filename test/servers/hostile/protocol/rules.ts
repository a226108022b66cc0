/** Which era a message is of, and the rules that the client breaks: those are logged, so that a test can ask for none. */

import { isObject, objectOr, type JsonObject } from "../../../../src/base/json.ts";
import type { HostileServer } from "../server.ts";
import type { Request } from "./request.ts";

const PREFIX = "io.modelcontextprotocol/";
export const MODERN = "2026-07-28";
export const LEGACY: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

export function meta(params: JsonObject, key: string): unknown {
  return objectOr(params["_meta"])[PREFIX + key];
}

/** True when the message carries its protocol version itself and this server knows that era. */
export function isModern(server: HostileServer, params: JsonObject): boolean {
  const { era } = server.switches.values;
  return (era === "modern" || era === "both") && meta(params, "protocolVersion") !== undefined;
}

/** Logs what is wrong with a request; it is handled all the same, as real servers do. */
export function checkRequest(request: Request): void {
  const { server, connection, id, method, params, modern } = request;
  const broken = (rule: string): void => server.log("violation", { rule, id, method });
  if (connection.running.has(id)) broken("an id that is still in flight");
  if (modern) {
    if (!isObject(meta(params, "clientCapabilities"))) broken("a modern request without client capabilities");
    return;
  }
  if (connection.usedIds.has(id)) broken("an id used twice in a session");
  connection.usedIds.add(id);
  const early = !connection.initialized && connection.carrier.kind !== "http";
  if (early && !["initialize", "ping", "server/discover"].includes(method)) broken("a request before the handshake");
  if (method === "initialize" && connection.version !== "") broken("a second initialize");
  if (objectOr(params["_meta"])[`${PREFIX}protocolVersion`] !== undefined && method !== "server/discover")
    broken("modern fields for a legacy server");
}
