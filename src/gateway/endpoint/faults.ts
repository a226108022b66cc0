/** Our errors as a client of either era gets them: the JSON-RPC error, and the status of the HTTP answer that carries it. */

import type { Era, RpcError } from "../../base/call.ts";
import { ERRORS, ToolyardError } from "../../base/errors.ts";

/** Codes that a modern server answers with a status of their own (spec 2026-07-28: Streamable HTTP). */
const MODERN_STATUS: ReadonlyMap<number, number> = new Map([
  [-32601, 404],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);

/** Of a fault of our own only that it happened; the rest is for the log. */
const INTERNAL: RpcError = { code: ERRORS.INTERNAL.rpc, message: ERRORS.INTERNAL.meaning, data: { code: "INTERNAL" } };

export function rpcErrorOf(error: unknown): RpcError {
  if (!(error instanceof ToolyardError) || error.code === "INTERNAL") return INTERNAL;
  const { code, message, mend, details } = error;
  const { retryAfterMs } = details;
  const data = details.data ?? { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return { code: ERRORS[code].rpc, message: `${message} ${mend}`, data };
}

/** The status for an error that ended an HTTP request before it was a message to anybody. */
export function statusOf(error: unknown): number {
  return error instanceof ToolyardError ? ERRORS[error.code].http : ERRORS.INTERNAL.http;
}

/** The status for the answer to a message. Legacy clients take any other than 200 for a broken transport. */
export function answerStatus(era: Era, error: RpcError | undefined): number {
  return (error !== undefined && era === "modern" && MODERN_STATUS.get(error.code)) || 200;
}

export function unknownMethod(method: string): ToolyardError {
  return new ToolyardError("METHOD_NOT_FOUND", `The method "${method}" is not known here.`);
}
