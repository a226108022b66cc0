/** Tasks stay within an era: what keeps a call from becoming one that its caller could not follow, and handles with whom they belong. */

import type { Answer, Call, Caller } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import type { Item, Section } from "../catalog/item.ts";
import type { ServerConfig } from "../config/config.ts";
import { isTaskOnly, makesTasks, takesTasks } from "../era/tasks.ts";

/**
 * @throws TASK_ONLY for a modern caller of a legacy tool that runs in no other way; INVALID_PARAMS for a handle that another
 * client's own instance has given out
 */
export function checkTask({ caller, origin }: Call, item: Item | undefined, { sharing }: ServerConfig, section: Section | undefined): void {
  const mayBeOnly = caller.era === "modern" && item?.kind === "tool" && makesTasks("legacy", section?.capabilities ?? {});
  if (mayBeOnly && isTaskOnly(item.definition)) {
    throw new ToolyardError(
      "TASK_ONLY",
      "It runs as a task of revision 2025-11-25 only, which a client of a later revision cannot follow.",
    );
  }
  if (origin !== undefined && sharing === "per-client" && origin.instanceKey !== caller.instanceKey) {
    throw new ToolyardError("INVALID_PARAMS", "Unknown task.");
  }
}

/** A wish for a task counts where server and caller have the same kind of them; elsewhere the call is made without one (spec 2025-11-25: Tasks). */
export function withFitTask(call: Call, section: Section | undefined): Call {
  if (call.params.member("task") === undefined || call.method !== "tools/call") return call;
  if (call.caller.era === "legacy" && makesTasks("legacy", section?.capabilities ?? {})) return call;
  return { ...call, params: call.params.with({ task: undefined }) };
}

/** A modern server's answer that is not the end. @throws SERVER_PROTOCOL for a task that the caller has not said it can follow */
export function expected(answer: Answer, { era, capabilities }: Caller): Answer {
  if (answer.result?.get("resultType") !== "task" || (era === "modern" && takesTasks(capabilities))) return answer;
  throw new ToolyardError("SERVER_PROTOCOL", "It made a task of the call, although the caller had not said that it can follow one.");
}
