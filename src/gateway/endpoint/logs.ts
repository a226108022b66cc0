/** Log messages of servers on their way to one client: from the level on that it wants. */

import { Body } from "../../base/body.ts";
import { stringOr, type JsonObject } from "../../base/json.ts";
import { LOG_LEVELS } from "../../era/classify.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { Outlet } from "./outlet.ts";

/** @param level least severe one that is wanted; undefined: all */
export function sendLog(message: JsonObject, level: string | undefined, outlet: Outlet): void {
  const severity = LOG_LEVELS.indexOf(stringOr(message["level"]) ?? "");
  if (level !== undefined && severity < LOG_LEVELS.indexOf(level)) return;
  outlet.send(writeRequest(undefined, "notifications/message", Body.of(message)), true);
}
