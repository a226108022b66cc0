/** What the server sends of its own accord: changed lists, updated resources, logs. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import type { Connection, HostileServer } from "../server.ts";
import { plain } from "./message.ts";
import type { Request } from "./request.ts";
import { meta } from "./rules.ts";

const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

export function subscribe({ connection, method, params }: Request): JsonObject {
  const uri = plain(params["uri"]);
  if (method === "resources/subscribe") connection.subscribed.add(uri);
  else connection.subscribed.delete(uri);
  return {};
}

export function setLogLevel({ server, connection, params }: Request): JsonObject {
  connection.logLevel = plain(params["level"]);
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
  const news: News = {
    method: `notifications/${kind}/list_changed`,
    params: {},
    legacy: (connection) => connection.initialized,
    modern: (filter) => filter[`${kind}ListChanged`] === true,
  };
  for (let nth = 0; nth < count; nth++) spread(server, news);
}

/** Tells the subscribers of a resource that it, or (`of`) a part of what they subscribed to, has changed. */
export function announceUpdate(server: HostileServer, uri: string, of: string = uri): void {
  spread(server, {
    method: "notifications/resources/updated",
    params: { uri },
    legacy: (connection) => connection.subscribed.has(of),
    modern: ({ resourceSubscriptions: uris }) => Array.isArray(uris) && uris.includes(of),
  });
}

/** A notification, and who wants it. */
interface News {
  readonly method: string;
  readonly params: JsonObject;
  readonly legacy: (connection: Connection) => boolean;
  readonly modern: (filter: JsonObject) => boolean;
}

function spread(server: HostileServer, { method, params, legacy, modern }: News): void {
  for (const connection of server.connections) {
    if (legacy(connection)) connection.notify(method, params);
    for (const [id, { filter }] of connection.listens) {
      if (modern(filter)) connection.notify(method, { ...params, _meta: { "io.modelcontextprotocol/subscriptionId": id } }, id);
    }
  }
}

/** The tool `log`: messages on the request's own stream, where its level is wanted. */
export function sendLogs({ level, message, count }: JsonObject, request: Request): JsonObject {
  const { connection, id, params, modern } = request;
  const wanted = modern ? meta(params, "logLevel") : (connection.logLevel ?? "debug");
  const heard = typeof wanted === "string" && LEVELS.indexOf(plain(level, "info")) >= LEVELS.indexOf(wanted);
  const times = heard ? Number(count ?? 1) : 0;
  for (let nth = 0; nth < times; nth++) {
    connection.notify("notifications/message", { level: level ?? "info", logger: "hostile", data: message ?? "a log line" }, id);
  }
  return { content: [{ type: "text", text: heard ? "sent" : "not wanted" }] };
}
