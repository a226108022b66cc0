/** The `_meta` of requests: what each modern request must carry, and what of a caller's `_meta` goes on to the server. */

import type { Body, Change } from "../base/body.ts";
import { objectOr, type JsonObject } from "../base/json.ts";

const PREFIX = "io.modelcontextprotocol/";

/** Keys of `_meta` that the protocol itself defines (spec: Base protocol, `_meta`). */
export const META = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  logLevel: "io.modelcontextprotocol/logLevel",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  relatedTask: "io.modelcontextprotocol/related-task",
  progressToken: "progressToken",
  traceparent: "traceparent",
} as const;

/** Keys that speak of one hop only; the next hop gets its own. */
const HOP_LOCAL: ReadonlySet<string> = new Set([
  META.protocolVersion,
  META.clientCapabilities,
  META.clientInfo,
  META.logLevel,
  META.subscriptionId,
  META.relatedTask,
  META.progressToken,
]);

export type ProgressToken = string | number;

/** What a modern request says of its sender. */
export interface ModernMeta {
  readonly version: string;
  /** ClientCapabilities for this request alone; `{}`: none. */
  readonly capabilities: JsonObject;
  /** Implementation: name and version, for display. */
  readonly clientInfo: JsonObject;
  /** Least severe level of `notifications/message` wanted; none come without it. */
  readonly logLevel?: string | undefined;
  readonly progressToken?: ProgressToken | undefined;
  /** Members to keep beside ours, which win. */
  readonly rest?: JsonObject;
}

/** The next hop of a request, and our own part of its `_meta`. */
export type Hop =
  | { readonly era: "legacy"; readonly progressToken?: ProgressToken | undefined }
  | ({ readonly era: "modern" } & ModernMeta);

/** The `_meta` that every modern request carries (spec 2026-07-28: Base protocol, Request metadata). */
export function modernRequestMeta(meta: ModernMeta): JsonObject {
  const { version, capabilities, clientInfo, logLevel, progressToken, rest } = meta;
  return {
    ...rest,
    [META.protocolVersion]: version,
    [META.clientCapabilities]: capabilities,
    [META.clientInfo]: clientInfo,
    ...(logLevel === undefined ? {} : { [META.logLevel]: logLevel }),
    ...(progressToken === undefined ? {} : { [META.progressToken]: progressToken }),
  };
}

/**
 * A request's params as the next hop gets them. What is local to a hop is replaced by our own; everything else
 * in `_meta`, `traceparent` included, goes from end to end. A legacy server gets no key of the modern protocol.
 *
 * @returns the same Body where nothing changes
 */
export function outboundMeta(params: Body, hop: Hop): Body {
  const came = params.member("_meta");
  const own = ownMeta(hop);
  const members = came?.members;
  if (came === undefined || members === undefined) return Object.keys(own).length === 0 ? params : params.with({ _meta: own });
  const gone = members.filter(({ key }) => isLocal(key, hop.era));
  const changes = Object.fromEntries<Change>([...gone.map(({ key }) => [key, undefined] as const), ...Object.entries(own)]);
  if (Object.keys(changes).length === 0) return params;
  const isEmpty = gone.length === members.length && Object.keys(own).length === 0;
  return params.with({ _meta: isEmpty ? undefined : came.with(changes) });
}

function ownMeta(hop: Hop): JsonObject {
  if (hop.era === "modern") return modernRequestMeta(hop);
  return hop.progressToken === undefined ? {} : { [META.progressToken]: hop.progressToken };
}

/** Does this key end at the hop to a server of this era? */
function isLocal(key: string, era: Hop["era"]): boolean {
  return era === "modern" ? HOP_LOCAL.has(key) : key === META.progressToken || key.startsWith(PREFIX);
}

/** The params without the answers and the state of a round, which only a modern server can have asked for (spec 2026-07-28: MRTR). */
export function withoutRound(params: Body): Body {
  const isRound = params.member("inputResponses") !== undefined || params.member("requestState") !== undefined;
  return isRound ? params.with({ inputResponses: undefined, requestState: undefined }) : params;
}

/** The progress token of a request, in either era; undefined where it has none that is legal. */
export function progressTokenIn(params: Body): ProgressToken | undefined {
  const token = objectOr(params.get("_meta"))[META.progressToken];
  return typeof token === "string" || (typeof token === "number" && Number.isInteger(token)) ? token : undefined;
}

/** An object without some of its keys; the same object when it has none of them. */
export function without(object: JsonObject, isUnwanted: (key: string) => boolean): JsonObject {
  const keys = Object.keys(object);
  if (!keys.some(isUnwanted)) return object;
  return Object.fromEntries(keys.filter((key) => !isUnwanted(key)).map((key) => [key, object[key]]));
}
