/** Results, definitions and errors on their way to a client of another era or revision (spec 2025-11-25 and 2026-07-28: Tools, Caching, Error Codes). */

import { Body, type Change } from "../base/body.ts";
import type { Era, RpcError } from "../base/call.ts";
import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { contentFor, needsWrap, takesAllContent, wrapSchema, wrapValue } from "./downgrade.ts";
import { META, without } from "./meta.ts";
import { eraOf } from "./revisions.ts";

/** How long a client may keep a result, and for whom (spec 2026-07-28: Caching). */
export interface CacheHints {
  /** Milliseconds; 0: not at all. */
  readonly ttlMs: number;
  readonly cacheScope: "public" | "private";
}

/** From what kind of server to what client a result goes. */
export interface Crossing {
  readonly from: Era;
  /** The revision that the client speaks. */
  readonly toVersion: string;
  /** Our Implementation, for a modern client that gets a legacy server's result. */
  readonly serverInfo?: JsonObject;
  /** For results that modern clients may keep; `{ ttlMs: 0, cacheScope: "private" }` without it. */
  readonly hints?: CacheHints;
  /** The called tool's own `outputSchema`, where it has one. */
  readonly outputSchema?: JsonValue | undefined;
}

const NOT_KEPT: CacheHints = { ttlMs: 0, cacheScope: "private" };

/** Methods whose complete results carry `ttlMs` and `cacheScope`. */
const KEPT: ReadonlySet<string> = new Set([
  "server/discover",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
]);

/**
 * A complete result as a client gets it. Fields that neither era defines pass untouched. Not for
 * `input_required` and `task`, which are no results to a legacy client.
 *
 * @returns the same Body where both ends agree already
 */
export function toClient(method: string, result: Body, crossing: Crossing): Body {
  const { from, toVersion } = crossing;
  const to = eraOf(toVersion);
  if (to === "modern") return from === "modern" ? withHints(method, withType(result)) : modernised(method, result, crossing);
  if (from === "legacy" && takesAllContent(toVersion)) return result;
  const changes = { ...(from === "modern" ? withoutModern(method, result, crossing) : {}), ...olderContent(method, result, toVersion) };
  return Object.keys(changes).length === 0 ? result : result.with(changes);
}

/** A tool's definition as a client gets it: modern ones know no `execution`, legacy ones only objects as output. */
export function toolToClient(tool: JsonObject, toVersion: string): JsonObject {
  if (eraOf(toVersion) === "legacy") {
    const { outputSchema } = tool;
    return isObject(outputSchema) && needsWrap(outputSchema) ? { ...tool, outputSchema: wrapSchema(outputSchema) } : tool;
  }
  return without(tool, (key) => key === "execution");
}

type Changes = Record<string, Change>;

/** Servers that leave it out mean `complete` (spec 2026-07-28: Base protocol, Results). */
function withType(result: Body): Body {
  return result.get("resultType") === undefined ? result.with({ resultType: "complete" }) : result;
}

/** Every modern result of these methods says how long it may be kept; one that does not may not be. */
function withHints(method: string, result: Body): Body {
  if (!KEPT.has(method)) return result;
  const [ttlMs, cacheScope] = [result.get("ttlMs"), result.get("cacheScope")];
  const changes: Changes = {};
  if (!Number.isSafeInteger(ttlMs) || Number(ttlMs) < 0) changes["ttlMs"] = NOT_KEPT.ttlMs;
  if (cacheScope !== "public" && cacheScope !== "private") changes["cacheScope"] = NOT_KEPT.cacheScope;
  return Object.keys(changes).length === 0 ? result : result.with(changes);
}

/** Legacy to modern: what every modern result must have. */
function modernised(method: string, result: Body, { serverInfo, hints = NOT_KEPT, toVersion }: Crossing): Body {
  const changes: Changes = { resultType: "complete" };
  if (KEPT.has(method)) Object.assign(changes, hints);
  if (serverInfo !== undefined) changes["_meta"] = (result.member("_meta") ?? Body.empty).with({ [META.serverInfo]: serverInfo });
  if (method === "tools/list") changes["tools"] = toolsFor(result, toVersion);
  return result.with(changes);
}

/** Modern to legacy: what a legacy client does not know, or may not get. */
function withoutModern(method: string, result: Body, { outputSchema, toVersion }: Crossing): Changes {
  const changes: Changes = { resultType: undefined };
  if (KEPT.has(method)) Object.assign(changes, { ttlMs: undefined, cacheScope: undefined });
  const meta = result.member("_meta");
  if (meta?.members !== undefined) changes["_meta"] = withoutHop(meta);
  if (method === "tools/list") changes["tools"] = toolsFor(result, toVersion);
  const structured = result.member("structuredContent");
  const wraps = structured !== undefined && (structured.members === undefined || needsWrap(outputSchema));
  if (method === "tools/call" && wraps) changes["structuredContent"] = wrapValue(structured);
  return changes;
}

function withoutHop(meta: Body): Body | undefined {
  const gone = (meta.members ?? []).filter(({ key }) => key === META.serverInfo || key === META.subscriptionId);
  if (gone.length === meta.members?.length) return undefined;
  return gone.length === 0 ? meta : meta.with(Object.fromEntries(gone.map(({ key }) => [key, undefined])));
}

function toolsFor(result: Body, toVersion: string): JsonValue | undefined {
  const tools = result.get("tools");
  return Array.isArray(tools) ? tools.map((tool) => (isObject(tool) ? toolToClient(tool, toVersion) : tool)) : tools;
}

function olderContent(method: string, result: Body, version: string): Changes {
  if (takesAllContent(version)) return {};
  if (method === "tools/call") return { content: contentFor(version, result.get("content")) };
  const messages = result.get("messages");
  if (method !== "prompts/get" || !Array.isArray(messages)) return {};
  return {
    messages: messages.map((message) => (isObject(message) ? { ...message, content: contentFor(version, message["content"]) } : message)),
  };
}

/** HeaderMismatch and UnsupportedProtocolVersion speak of the hop to the server; no client can mend them. */
const OF_THE_HOP: ReadonlySet<number> = new Set([-32020, -32022]);
const MISSING_CAPABILITY = -32021;
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const LEGACY_NOT_FOUND = -32002;

/**
 * A server's own error as a client gets it. Unchanged, but for codes that concern one hop, that the client's era
 * does not know, or that nobody may send to a modern client (spec 2026-07-28: Error Codes).
 *
 * @param toVersion the revision that the client speaks
 */
export function errorToClient(error: RpcError, toVersion: string): RpcError {
  const code = OF_THE_HOP.has(error.code) ? INTERNAL : codeFor(eraOf(toVersion), error.code);
  return code === error.code ? error : { ...error, code };
}

function codeFor(to: Era, code: number): number {
  if (to === "legacy") return code === MISSING_CAPABILITY ? INTERNAL : code;
  if (code === LEGACY_NOT_FOUND) return INVALID_PARAMS;
  const isReserved = code <= -32023 && code >= -32099;
  return isReserved ? INTERNAL : code;
}
