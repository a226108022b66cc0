/** Which era a client's message belongs to, told by its body; the header only confirms (spec 2026-07-28: Versioning, Base protocol). */

import type { Body } from "../base/body.ts";
import { ToolyardError } from "../base/errors.ts";
import { isObject, type JsonObject } from "../base/json.ts";
import type { Envelope } from "../wire/envelope.ts";
import { META, type ProgressToken, progressTokenIn } from "./meta.ts";
import { eraOf, MODERN_REVISIONS } from "./revisions.ts";

/** Severities of `notifications/message`, least severe first. */
export const LOG_LEVELS: readonly string[] = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/** What a modern message says of its sender. */
export interface ModernClaim {
  readonly kind: "modern";
  readonly version: string;
  readonly capabilities: JsonObject;
  /** For display alone. */
  readonly clientInfo: JsonObject | undefined;
  readonly logLevel: string | undefined;
  readonly progressToken: ProgressToken | undefined;
}

export type Classified = { readonly kind: "legacy" } | ModernClaim | { readonly kind: "reject"; readonly error: ToolyardError };

const LEGACY: Classified = { kind: "legacy" };

/**
 * The era of one message, in this order: answers are legacy; a protocol version in `_meta` makes a message modern,
 * `initialize` too; without one, `initialize` is legacy, whatever the header says; a modern header without one is
 * an error in a request and enough in a notification; the rest is legacy.
 *
 * A legacy message's header belongs to its session and is not looked at here. `notifications/cancelled` on stdio
 * has no version in either era and comes out as legacy: look its request id up.
 *
 * @param header the value of `MCP-Protocol-Version`, where there is one
 * @returns `reject` with HEADER_MISMATCH, UNSUPPORTED_VERSION or INVALID_PARAMS, before anything else of the message is looked at
 */
export function classifyMessage(envelope: Envelope, header?: string): Classified {
  if (envelope.kind === "answer") return LEGACY;
  const meta = envelope.params.get("_meta");
  if (isObject(meta) && Object.hasOwn(meta, META.protocolVersion)) return claimed(meta, envelope, header);
  const isModernHeader = header !== undefined && eraOf(header.trim()) === "modern";
  if (!isModernHeader || envelope.method === "initialize") return LEGACY;
  if (envelope.kind === "notification") return claimed({ [META.protocolVersion]: header.trim() }, envelope);
  return reject("INVALID_PARAMS", `The request lacks _meta["${META.protocolVersion}"], which revision ${header.trim()} requires.`);
}

/** Reads a message whose `_meta` names a version: the version first, as another one may spell the rest otherwise. */
function claimed(meta: JsonObject, { kind, params }: Envelope, header?: string): Classified {
  const version = meta[META.protocolVersion];
  if (typeof version !== "string") return reject("INVALID_PARAMS", `_meta["${META.protocolVersion}"] must be a string.`);
  if (!MODERN_REVISIONS.includes(version)) {
    return header === undefined || header.trim() === version ? unsupported(version) : differs(header, version);
  }
  const fault = kind === "request" ? faultIn(meta, params) : undefined;
  if (fault !== undefined) return reject("INVALID_PARAMS", fault);
  return {
    kind: "modern",
    version,
    capabilities: object(meta[META.clientCapabilities]) ?? {},
    clientInfo: object(meta[META.clientInfo]),
    logLevel: level(meta[META.logLevel]),
    progressToken: progressTokenIn(params),
  };
}

function faultIn(meta: JsonObject, params: Body): string | undefined {
  const { [META.clientCapabilities]: capabilities, [META.logLevel]: logLevel } = meta;
  if (capabilities === undefined) return `_meta["${META.clientCapabilities}"] is missing; {} stands for none.`;
  if (!isObject(capabilities)) return `_meta["${META.clientCapabilities}"] must be an object.`;
  if (logLevel !== undefined && level(logLevel) === undefined) {
    return `_meta["${META.logLevel}"] must be one of ${LOG_LEVELS.join(", ")}.`;
  }
  if (meta[META.progressToken] !== undefined && progressTokenIn(params) === undefined) {
    return `_meta.${META.progressToken} must be a string or an integer.`;
  }
  return undefined;
}

const object = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined);

const level = (value: unknown): string | undefined => LOG_LEVELS.find((known) => known === value);

/** The same versions as in `server/discover`: legacy ones cannot be had in this way. */
function unsupported(requested: string): Classified {
  const supported = MODERN_REVISIONS.toReversed();
  return reject("UNSUPPORTED_VERSION", `The protocol version ${requested} is not spoken here in this way.`, { supported, requested });
}

function differs(header: string, version: string): Classified {
  return reject("HEADER_MISMATCH", `The header says protocol version ${JSON.stringify(header)}, the body ${JSON.stringify(version)}.`);
}

function reject(code: "INVALID_PARAMS" | "UNSUPPORTED_VERSION" | "HEADER_MISMATCH", message: string, data?: unknown): Classified {
  return { kind: "reject", error: new ToolyardError(code, message, data === undefined ? {} : { data }) };
}
