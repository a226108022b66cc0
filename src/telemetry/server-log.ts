/** What servers log and no client is to hear goes to Toolyard's own log: with our levels, of a bounded length, without secrets. */

import { stringOr, type JsonObject } from "../base/json.ts";
import type { Logger, LogLevel } from "../base/log.ts";
import type { ServerConfig } from "../config/config.ts";
import { redactorFor } from "../upstream/links/redact.ts";

/** Characters of one message. */
const LONGEST = 4_000;

/** The others are errors of some degree; what a server invents is worth no more than information. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["notice", "info"],
  ["warning", "warn"],
  ["error", "error"],
  ["critical", "error"],
  ["alert", "error"],
  ["emergency", "error"],
]);

/** @param params of a `notifications/message` (spec 2025-11-25: Logging) */
export function logOfServer(logger: Logger, server: ServerConfig, { level, logger: source, data }: JsonObject): void {
  const text = typeof data === "string" ? data : (JSON.stringify(data) ?? "");
  const redact = redactorFor(server);
  const cut = text.length <= LONGEST ? redact(text) : redact(text.slice(0, LONGEST), "end");
  const from = stringOr(source);
  logger[LEVELS.get(stringOr(level) ?? "") ?? "info"](`Server "${server.name}" logged: ${cut}`, {
    server: server.name,
    ...(from === undefined ? {} : { from }),
  });
}
