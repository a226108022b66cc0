/** A row of the matrix: one thing that a client and a server do together. */

import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/base/json.ts";
import { objectOr } from "../../../src/base/json.ts";
import { textOf, type WireMessage } from "../../support/inbox.ts";
import { eraOf, type Column, type Era, type Revision } from "../columns.ts";
import type { Talk } from "../place/talk.ts";

export interface Feature {
  readonly name: string;
  /** Checked with the older revisions too. */
  readonly older?: boolean;
  /**
   * `asking`: a legacy server's question may name no call, so nobody else may be at work there then. `last`: what it leaves
   * behind would be in the way of others.
   */
  readonly stage?: "asking" | "last";
  /** Why there is no such thing between these two. */
  absent?(column: Column): string | undefined;
  /** @throws what is not as it should be */
  check(talk: Talk): Promise<void>;
}

/** Why a cell is empty. */
export const WHY = {
  functions: "A server in the process of the host is a list of functions: it has tools alone, and asks and announces nothing.",
  modernNone: "The modern era has no such thing.",
  legacyNone: "The legacy era has no such thing.",
  httpOnly: "A matter of HTTP.",
  modernHttp: "Headers repeat a message on modern HTTP alone.",
  objectOutput: "Until 2025-11-25 a tool's output is an object.",
  unattributed:
    "On stdio and HTTP+SSE a log message names no call; that of a server which several clients share goes to Toolyard's own log.",
} as const;

export const from = (revision: Revision): string => `It came with revision ${revision}.`;

/** No in-process server has this. */
export function notLocal({ server }: Column): string | undefined {
  return server.carrier === "local" ? WHY.functions : undefined;
}

export const serverEra = ({ server }: Column): Era => eraOf(server.revision);
export const clientEra = ({ client }: Column): Era => eraOf(client.revision);

/** True where messages of the server can be put to the call that they belong to by the stream that they come on. */
export function hasOwnStreams({ server }: Column): boolean {
  return serverEra({ server } as Column) === "modern" || server.carrier === "http";
}

/** The result of an answer. @throws when it is an error */
export function resultOf(answer: WireMessage): JsonObject {
  assert.equal(answer.error, undefined);
  assert.ok(answer.result, "there is no result");
  return answer.result as JsonObject;
}

/** What an act of the server said. */
export function saidIn(answer: WireMessage): unknown {
  const result = resultOf(answer);
  assert.notEqual(result["isError"], true, textOf(answer));
  return JSON.parse(textOf(answer));
}

/** A result without what each era adds to it. @throws when that is not as the client's era wants it */
export function coreOf(talk: Talk, answer: WireMessage): JsonObject {
  const { resultType, ttlMs, cacheScope, _meta, ...core } = resultOf(answer);
  const { "io.modelcontextprotocol/serverInfo": serverInfo, ...meta } = objectOr(_meta);
  if (talk.era === "modern") assert.equal(resultType, "complete");
  else assert.deepEqual([resultType, ttlMs, cacheScope, serverInfo], [undefined, undefined, undefined, undefined]);
  return { ...core, ...(Object.keys(meta).length > 0 && { _meta: meta }) };
}

/** Every entry of a list, whatever its pages. */
export async function listOf(talk: Talk, method: string, member: string): Promise<JsonObject[]> {
  const entries: JsonObject[] = [];
  let cursor: unknown;
  do {
    const result = resultOf(await talk.request(method, typeof cursor === "string" ? { cursor } : {}));
    if (talk.era === "modern") assert.deepEqual([typeof result["ttlMs"], typeof result["cacheScope"]], ["number", "string"]);
    const page = result[member];
    assert.ok(Array.isArray(page), `there is no list ${member}`);
    entries.push(...page.map(objectOr));
    cursor = result["nextCursor"];
  } while (cursor !== undefined);
  return entries;
}

/** The entry of a list with this value of a member. @throws when there is none */
export function entryOf(entries: readonly JsonObject[], key: string, value: string): JsonObject {
  const found = entries.find((entry) => entry[key] === value);
  assert.ok(found, `${value} is not listed`);
  return found;
}

let last = 0;

/** A word that no other cell uses. */
export const fresh = (prefix: string): string => `${prefix}${++last}`;
