/** Why a call to a server need not wait: there will be no connection soon. */

import { ToolyardError, type ErrorCode } from "../base/errors.ts";
import type { Lifeline } from "./life/lifeline.ts";

/** Undefined where there is a connection, or soon will be. */
export function refusalOf(lifeline: Lifeline): ToolyardError | undefined {
  const { state, reason, retryAfterMs } = lifeline;
  switch (state) {
    case "disabled":
      return error(lifeline, "SERVER_DISABLED", "It is disabled.");
    case "closed":
      return error(lifeline, "SERVER_REMOVED", "It has been removed.");
    case "failed":
      return error(lifeline, "SERVER_FAILED", `It could not be started. ${reason?.message ?? ""}`.trim(), retryAfterMs);
    case "backoff":
      return retryAfterMs === 0 ? undefined : waiting(lifeline); // at 0 the next attempt is about to begin
    case "auth-required":
      return waiting(lifeline);
    default:
      return undefined;
  }
}

export function inSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** The last failure and when the next try is, unless a try now costs nothing. */
function waiting(lifeline: Lifeline): ToolyardError | undefined {
  const { reason, retryAfterMs } = lifeline;
  if (lifeline.mayHurry()) return undefined;
  const again = retryAfterMs === 0 ? "" : ` The next try is in ${inSeconds(retryAfterMs)}.`;
  return error(lifeline, reason?.code ?? "SERVER_UNREACHABLE", `${reason?.message ?? ""}${again}`, retryAfterMs);
}

function error({ server }: Lifeline, code: ErrorCode, message: string, retryAfterMs?: number): ToolyardError {
  return new ToolyardError(code, message, { server: server.name, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
