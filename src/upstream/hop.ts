/** Errors of a modern server about our hop to it: its caller can mend nothing of them, and nothing has run (spec 2026-07-28: Error Codes). */

import type { Answer, Era, RpcError } from "../base/call.ts";
import type { Body } from "../base/body.ts";
import { objectOr } from "../base/json.ts";

const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;

/** Does the server object to our headers, or to the revision? */
export function isOfTheHop({ error }: Answer, era: Era | undefined): boolean {
  return era === "modern" && (isHeaderMismatch(error) || error?.code === UNSUPPORTED_VERSION);
}

export function isHeaderMismatch(error: RpcError | undefined): boolean {
  return error?.code === HEADER_MISMATCH;
}

/** The input schema of a called tool, by which some headers are made. @param tools as the server lists them */
export function schemaIn(tools: readonly unknown[], { method, params }: { readonly method: string; readonly params: Body }): unknown {
  if (method !== "tools/call") return undefined;
  const name = params.get("name");
  return objectOr(tools.find((tool) => objectOr(tool)["name"] === name))["inputSchema"];
}
