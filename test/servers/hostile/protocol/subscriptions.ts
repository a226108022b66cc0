/** What the server sends of its own accord: changed lists, updated resources, logs. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import type { Connection, HostileServer } from "../server.ts";
import type { Request } from "./receive.ts";
import { meta } from "./rules.ts";

const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

export function subscribe({ connection, method, params }: Request): JsonObject {
  const uri = String(params["uri"]);
  if (method === "resources/subscribe") connection.subscribed.add(uri);
  else connection.subscribed.delete(uri);
  return {};
}

export function setLogLevel({ server, connection, params }: Request): JsonObject {
  connection.logLevel = String(params["level"]);
  server.stateless.logLevel = connection.logLevel;
  return {};
}

/** Stays open until the client ends it. */
export function listen({ server, connection, id, params, signal }: Request): Promise<JsonObject> {
  const filter = objectOr(params["notifications"]);
  const about = { "io.modelcontextprotocol/subscriptionId": id };
  if (server.switches.values["early-notification"]) connection.notify("notifications/tools/list_changed", { _meta: about }, id);
  connection.notify("notifications/subscriptions/acknowledged", { _meta: about, notifications: filter }, id);
  return new Promise((resolve) => {
    const end = (): void => {
      connection.listens.delete(id);
      resolve({ _meta: about });
    };
    connection.listens.set(id, { filter, end });
    signal.addEventListener("abort", end);
  });
}

/** Tells everyone who wants to know that a list (`tools`, `prompts`, `resources`) has changed, `count` times. */
export function announceChange(server: HostileServer, kind: string, count = 1): void {
  for (let nth = 0; nth < count; nth++) {
    for (const connection of server.connections) {
      tell(connection, `notifications/${kind}/list_changed`, {}, connection.initialized, (filter) => filter[`${kind}ListChanged`] === true);
    }
  }
}

/** Tells the subscribers of a resource that it has changed. */
export function announceUpdate(server: HostileServer, uri: string): void {
  for (const connection of server.connections) {
    const wanted = (filter: JsonObject): boolean =>
      Array.isArray(filter["resourceSubscriptions"]) && filter["resourceSubscriptions"].includes(uri);
    tell(connection, "notifications/resources/updated", { uri }, connection.subscribed.has(uri), wanted);
  }
}

function tell(connection: Connection, method: string, params: JsonObject, legacy: boolean, wanted: (filter: JsonObject) => boolean): void {
  if (legacy) connection.notify(method, params);
  for (const [id, { filter }] of connection.listens) {
    if (wanted(filter)) connection.notify(method, { ...params, _meta: { "io.modelcontextprotocol/subscriptionId": id } }, id);
  }
}

/** The tool `log`: messages on the request's own stream, where its level is wanted. */
export function sendLogs({ level, message, count }: JsonObject, request: Request): JsonObject {
  const { connection, id, params, modern } = request;
  const wanted = modern ? meta(params, "logLevel") : (connection.logLevel ?? "debug");
  const heard = typeof wanted === "string" && LEVELS.indexOf(String(level ?? "info")) >= LEVELS.indexOf(wanted);
  for (let nth = 0; heard && nth < Number(count ?? 1); nth++) {
    connection.notify("notifications/message", { level: level ?? "info", logger: "hostile", data: message ?? "a log line" }, id);
  }
  return { content: [{ type: "text", text: heard ? "sent" : "not wanted" }] };
}
