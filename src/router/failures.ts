/** From an error of ours to the answer that a client gets: it names server, tool, cause and what to do next. */

import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import { ERRORS, ToolyardError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { Route } from "./route.ts";

/** What a model can do next, beside the mend that is meant for people. */
const NEXT_STEP: Partial<Record<ToolyardError["code"], string>> = {
  CALL_TIMEOUT: "Try a smaller request, or another tool; other servers are not affected.",
  OUTCOME_UNKNOWN: "Check whether it took effect before you call it again.",
  SERVER_STARTING: "Call it again in a while, or use another tool meanwhile.",
  SERVER_BUSY: "Wait a moment, then call again.",
  INVALID_ARGUMENTS: "Correct the arguments and call again.",
  RESULT_UNKNOWN: "Call the tool that gave it once more, if that does no harm.",
  LINK_FIRST: "Give the user the link, and call again once they are done there.",
};
const RETRY_LATER = "Call again later, or use another tool; other servers are not affected.";
const NOT_NOW = "Do not repeat this call; use another tool, and tell the user what is wrong.";

/** The answer to a call for an error on its way. */
export function toAnswer(error: ToolyardError, { method, caller }: Pick<Call, "method" | "caller">, route: Route | undefined): Answer {
  const row = ERRORS[error.code];
  const whole = caller.era === "modern" ? { resultType: "complete" } : {};
  if (method === "tools/call" && row.inCall === "isError") return { result: Body.of({ ...whole, ...toolError(error, route) }) };
  const data = error.details.data ?? { code: error.code, server: route?.server.name ?? error.details.server };
  return { error: { code: row.rpc, message: plainText(error, route), data } };
}

/** The same error, with the server and what was asked of it in its message. */
export function placed(error: ToolyardError, route: Route): ToolyardError {
  return new ToolyardError(error.code, plainText(error, route), error.details, error);
}

/** A CallToolResult that a model can read and act on (spec: Tools, error handling). */
function toolError(error: ToolyardError, route: Route | undefined): JsonObject {
  const { retryAfterMs } = error.details;
  const meta: JsonObject = { code: error.code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const text = `${plainText(error, route)} ${nextStep(error)}`;
  return { content: [{ type: "text", text }], isError: true, _meta: { "toolyard/error": meta } };
}

function plainText(error: ToolyardError, route: Route | undefined): string {
  const server = route?.server.name ?? error.details.server;
  if (server === undefined) return `${error.message} ${error.details.mend ?? ""}`.trim();
  const tool = route?.item === undefined ? "" : `, ${route.item.kind} "${route.name}"`;
  return `Server "${server}"${tool}: ${error.message} [${error.code}]`;
}

function nextStep(error: ToolyardError): string {
  return NEXT_STEP[error.code] ?? (error.retryable ? RETRY_LATER : NOT_NOW);
}
