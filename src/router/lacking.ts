/**
 * A modern server that needs to ask, and may not (-32021, spec 2026-07-28: Error Codes). To a modern client that has not
 * declared it the error says what to declare; to anybody else it says nothing, as it is about our hop.
 */

import type { Caller, RpcError } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { isObject, objectOr } from "../base/json.ts";
import { takesTasks } from "../era/tasks.ts";

const MISSING_CAPABILITY = -32021;
const MEND = "Use a host that answers such questions, or pass `elicit`, `sample` or `roots` to openToolyard.";
const TASK_ONLY = "It runs as a task of the tasks extension only, which a client of an earlier revision cannot follow.";
const NOT_LET = 'Set "ask": "auto" on the server.';

/** What a caller is told in place of the server's error; undefined where that says what is to be done. */
export function lackingAnswer({ code, data }: RpcError, { era, capabilities }: Caller): ToolyardError | undefined {
  if (code !== MISSING_CAPABILITY) return undefined;
  const needs = objectOr(isObject(data) ? data["requiredCapabilities"] : undefined);
  if (takesTasks(needs)) return era === "modern" ? undefined : new ToolyardError("TASK_ONLY", TASK_ONLY);
  const required = Object.keys(needs);
  const has = required.length > 0 && required.every((capability) => isObject(capabilities[capability]));
  if (era === "modern" && !has) return undefined;
  const what = required.length === 0 ? "something of its caller" : required.join(" and ");
  const message = has ? `It needs ${what}, and is not let to ask.` : `It needs ${what}, which this caller cannot give.`;
  return new ToolyardError("CANNOT_ASK", message, { mend: has ? NOT_LET : MEND });
}
