/** The messages of a client whose state is held, whatever carries them: who it says that it is, what it asks, what it answers. */

import type { Body } from "../../base/body.ts";
import type { Answer, Caller } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import { objectOr, type JsonObject } from "../../base/json.ts";
import type { ModernClaim } from "../../era/classify.ts";
import { progressTokenIn } from "../../era/meta.ts";
import { negotiateLegacy } from "../../era/revisions.ts";
import { peekId, readEnvelope, writeError, writeResult, type Envelope, type RpcId } from "../../wire/envelope.ts";
import { defersTools } from "../deferring.ts";
import type { Endpoint } from "./endpoint.ts";
import { rpcErrorOf } from "./faults.ts";
import { relayable } from "./offer.ts";
import type { Outlet } from "./outlet.ts";
import type { Peer } from "./peer.ts";

/** The only revision with batches (spec 2025-03-26: Base protocol, Batching). */
const BATCH_REVISION = "2025-03-26";
const MOST_IN_BATCH = 256;
const BRACKET = 0x5b;
/** What JSON calls white space. */
const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** What a client says of itself, as far as it is remembered. */
export interface Handshake {
  readonly version: string;
  readonly capabilities: JsonObject;
  /** Looks up tools itself. */
  readonly defers?: boolean;
}

/** What an `initialize` settles. Unknown and modern revisions become our latest legacy one. */
export function handshake(params: Body): Handshake {
  return {
    version: negotiateLegacy(params.get("protocolVersion")),
    capabilities: relayable(objectOr(params.get("capabilities")), "legacy"),
    ...(defersTools(params.get("clientInfo")) ? { defers: true } : {}),
  };
}

/** The sender of a modern message. */
export function modernCaller({ version, capabilities, clientInfo }: ModernClaim, identity: string): Caller {
  const caller: Caller = { identity, era: "modern", protocolVersion: version, capabilities: relayable(capabilities, "modern") };
  return defersTools(clientInfo) ? { ...caller, defers: true } : caller;
}

/** An answer as bytes. */
export function toBytes(id: RpcId, answer: Answer): Buffer {
  return answer.error === undefined ? writeResult(id, answer.result) : writeError(id, answer.error);
}

/**
 * Takes one message of a client. `initialize` is the carrier's affair.
 *
 * @param outlet where goes what precedes the answer
 * @param claim of a modern message
 * @returns the answer; undefined where there is none to give
 * @throws INVALID_REQUEST for an id that is in use
 */
export async function converse(
  endpoint: Endpoint,
  { peer, caller }: { readonly peer: Peer; readonly caller: Caller },
  envelope: Envelope,
  { outlet, claim }: { readonly outlet: Outlet; readonly claim?: ModernClaim },
): Promise<Buffer | undefined> {
  const { kind, id, method = "", params } = envelope;
  if (kind === "answer") peer.answered(envelope);
  if (kind === "notification") {
    notified(peer, method, params);
    endpoint.notified(method, caller);
  }
  if (id === undefined || kind !== "request") return undefined;
  const signal = peer.begin(id);
  try {
    const logLevel = claim === undefined ? peer.logLevel : claim.logLevel;
    const progressToken = progressTokenIn(params);
    const answer = await endpoint.answer({ id, method, params, caller, peer, outlet, signal, progressToken, logLevel });
    return signal.aborted ? undefined : toBytes(id, answer);
  } finally {
    peer.end(id);
  }
}

/** A client's word on its own requests. */
export function notified(peer: Peer, method: string, params: Body): void {
  if (method === "notifications/cancelled") peer.cancel(params.get("requestId"));
}

/** Does this look like a batch? */
export function isBatch(message: Buffer): boolean {
  const first = message.find((byte) => !SPACE.has(byte));
  return first === BRACKET;
}

/**
 * Handles the messages of a batch singly and answers them together.
 *
 * @param one handles a message that is no `initialize`
 * @returns undefined where nothing in it wants an answer
 * @throws INVALID_REQUEST where the client's revision has no batches, or the batch is empty or too long; PARSE_ERROR
 */
export async function answerBatch(
  message: Buffer,
  version: string | undefined,
  one: (envelope: Envelope) => Promise<Buffer | undefined>,
): Promise<Buffer | undefined> {
  if (version !== BATCH_REVISION) throw new ToolyardError("INVALID_REQUEST", `Batches belong to revision ${BATCH_REVISION} alone.`);
  const parts = partsOf(message);
  if (parts.length === 0 || parts.length > MOST_IN_BATCH) {
    throw new ToolyardError("INVALID_REQUEST", `A batch has 1 to ${MOST_IN_BATCH} messages; this one has ${parts.length}.`);
  }
  const answers = await Promise.all(parts.map((part) => answerPart(part, one)));
  const given = answers.filter((answer) => answer !== undefined);
  return given.length === 0 ? undefined : Buffer.from(`[${given.map((answer) => answer.toString("utf8")).join(",")}]`);
}

function partsOf(message: Buffer): Buffer[] {
  try {
    const value: unknown = JSON.parse(message.toString("utf8"));
    return Array.isArray(value) ? value.map((part) => Buffer.from(JSON.stringify(part))) : [];
  } catch (error) {
    throw new ToolyardError("PARSE_ERROR", "The message is not JSON.", {}, error);
  }
}

async function answerPart(part: Buffer, one: (envelope: Envelope) => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  try {
    const envelope = readEnvelope(part);
    if (envelope.method === "initialize") throw new ToolyardError("INVALID_REQUEST", "`initialize` cannot be part of a batch.");
    return await one(envelope);
  } catch (error) {
    return writeError(peekId(part) ?? null, rpcErrorOf(error));
  }
}
