/** What the answer to a `server/discover` says of a server's era (spec 2026-07-28: Versioning; stdio and Streamable HTTP, Backward Compatibility). */

import type { Body } from "../base/body.ts";
import type { Answer, RpcError } from "../base/call.ts";
import type { Envelope } from "../wire/envelope.ts";
import { commonModern, LATEST_MODERN, LEGACY_REVISIONS } from "./revisions.ts";

export type Verdict =
  /** Speaks `version`; `discover` is its DiscoverResult. */
  | { readonly kind: "modern"; readonly version: string; readonly discover: Body }
  /** Go on with `initialize`. */
  | { readonly kind: "legacy" }
  /** Modern, but wants the question once more, in `version`. */
  | { readonly kind: "retry"; readonly version: string }
  /** Says nothing of the era: remember nothing, fall back to nothing, report `reason`. */
  | { readonly kind: "none"; readonly reason: string };

const LEGACY: Verdict = { kind: "legacy" };

const UNSUPPORTED_VERSION = -32022;
/** HeaderMismatch, MissingRequiredClientCapability: only a modern server knows them. */
const MODERN_CODES: ReadonlySet<number> = new Set([-32020, -32021]);

/** Statuses that speak of access or of the moment, not of the protocol. */
const NO_VERDICT: ReadonlyMap<number, string> = new Map([
  [401, "it wants credentials"],
  [403, "it refuses access"],
  [407, "a proxy on the way wants credentials"],
  [408, "it gave up waiting"],
  [429, "it takes no more requests now"],
]);

/**
 * The verdict on stdio.
 *
 * @param answer to `server/discover`; undefined where none came in time, or the process ended
 * @param asked the version of a repeated question; a server gets only one repetition
 */
export function stdioVerdict(answer: Answer | undefined, asked?: string): Verdict {
  if (answer === undefined) return LEGACY;
  return answer.error === undefined ? onResult(answer.result) : onError(answer.error, asked);
}

/**
 * The verdict on Streamable HTTP. Network errors and timeouts never come here: they are no verdict.
 *
 * @param status of the response
 * @param envelope its body; undefined where that is no JSON-RPC message
 * @param asked as for {@link stdioVerdict}
 */
export function httpVerdict(status: number, envelope: Envelope | undefined, asked?: string): Verdict {
  const reason = noVerdict(status);
  if (reason !== undefined) return { kind: "none", reason };
  if (envelope?.error !== undefined) return onError(envelope.error, asked);
  const found = status < 300 ? envelope?.result : undefined;
  return found === undefined ? LEGACY : onResult(found);
}

/**
 * Was a refused `initialize` perhaps sent to the POST side of an HTTP+SSE server? Then a GET tells: its first
 * event is `endpoint` (spec 2025-11-25: Transports, Backwards Compatibility).
 */
export function maySpeakSse(status: number, envelope: Envelope | undefined): boolean {
  const code = envelope?.error?.code;
  const isModern = code !== undefined && (code === UNSUPPORTED_VERSION || MODERN_CODES.has(code));
  return !isModern && (status === 400 || status === 404 || status === 405);
}

function noVerdict(status: number): string | undefined {
  const reason = NO_VERDICT.get(status);
  if (reason !== undefined) return `The server answered HTTP ${status}: ${reason}.`;
  if (status >= 500) return `The server answered HTTP ${status}: it has a fault of its own.`;
  if (status >= 300 && status < 400) return `The server answered HTTP ${status}: it has moved; give its new address.`;
  return undefined;
}

/** A result without `supportedVersions` is no DiscoverResult: some legacy servers answer anything. */
function onResult(result: Body): Verdict {
  const supported = result.get("supportedVersions");
  if (!Array.isArray(supported)) return LEGACY;
  const version = commonModern(supported);
  return version === undefined ? withoutCommon(supported) : { kind: "modern", version, discover: result };
}

function onError(error: RpcError, asked: string | undefined): Verdict {
  if (MODERN_CODES.has(error.code)) return again(LATEST_MODERN, error, asked);
  if (error.code !== UNSUPPORTED_VERSION) return LEGACY;
  const supported = supportedIn(error.data);
  if (supported === undefined) return LEGACY;
  const version = commonModern(supported);
  return version === undefined ? withoutCommon(supported) : again(version, error, asked);
}

function again(version: string, error: RpcError, asked: string | undefined): Verdict {
  if (asked === undefined) return { kind: "retry", version };
  return { kind: "none", reason: `The server refused version ${asked} twice: ${error.message}.` };
}

/** No modern revision in common: a legacy one will do, if the server has it. */
function withoutCommon(supported: readonly unknown[]): Verdict {
  if (supported.some((version) => LEGACY_REVISIONS.includes(String(version)))) return LEGACY;
  return { kind: "none", reason: `The server speaks none of our protocol versions, only ${supported.join(", ") || "none"}.` };
}

function supportedIn(data: unknown): readonly unknown[] | undefined {
  const supported = typeof data === "object" && data !== null && "supported" in data ? data.supported : undefined;
  return Array.isArray(supported) ? supported : undefined;
}
