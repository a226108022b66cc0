/** MCP over Streamable HTTP, both eras on one path (spec 2025-11-25 and 2026-07-28: Transports, Streamable HTTP). */

import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Limits } from "../../config/config.ts";
import { classifyMessage, type ModernClaim } from "../../era/classify.ts";
import { checkHeaders, checkParamHeaders, VERSION_HEADER } from "../../era/headers.ts";
import { eraOf, isKnown } from "../../era/revisions.ts";
import { peekId, readEnvelope, writeError, writeResult, type Envelope, type RpcId } from "../../wire/envelope.ts";
import type { IncomingMessage, ServerResponse } from "../../wire/node-http.ts";
import type { Activity } from "../endpoint/activity.ts";
import { answerBatch, converse, handshake, isBatch, modernCaller, toBytes } from "../endpoint/conversation.ts";
import { answerStatus, rpcErrorOf, statusOf } from "../endpoint/faults.ts";
import { initializeResult } from "../endpoint/offer.ts";
import type { Face } from "../face.ts";
import { requireJson } from "../guard.ts";
import { EventStream, type StreamOptions } from "./event-stream.ts";
import type { StreamRecord } from "./journal.ts";
import { readBody } from "./read-body.ts";
import { Reply, type ReplyOptions } from "./reply.ts";
import type { Sessions, Spot } from "./sessions.ts";

const SESSION_HEADER = "mcp-session-id";
const LAST_EVENT_HEADER = "last-event-id";
const CALL_AGAIN = "If the call is harmless, make it again; else see whether it took effect.";

/** One HTTP request to one endpoint. */
export interface Visit extends Spot {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** One POST, and its answer. */
interface Posting extends Visit {
  readonly reply: Reply;
}

/** A modern request, and what it says of its sender. */
interface ModernRequest {
  readonly id: RpcId;
  readonly envelope: Envelope;
  readonly claim: ModernClaim;
}

export interface StreamableParts {
  readonly sessions: Sessions;
  readonly activity: Activity;
  readonly limits: Pick<Limits, "bodyBytes" | "keepAliveMs" | "sendBufferBytes">;
}

export class Streamable {
  readonly #parts: StreamableParts;
  readonly #streaming: ReplyOptions;
  readonly #plain: ReplyOptions;

  constructor(parts: StreamableParts) {
    const { keepAliveMs, sendBufferBytes } = parts.limits;
    this.#parts = parts;
    this.#streaming = { keepAliveMs, sendBufferBytes, takesStream: true };
    this.#plain = { keepAliveMs, sendBufferBytes, takesStream: false };
  }

  /** Answers a POST, also when something goes wrong. @throws what was wrong before the body was read */
  async post(visit: Visit): Promise<void> {
    requireJson(visit.request);
    const message = await readBody(visit.request, this.#parts.limits.bodyBytes);
    const { request, response } = visit;
    const posting = { ...visit, reply: new Reply(response, takesStream(request) ? this.#streaming : this.#plain) };
    try {
      if (isBatch(message)) await this.#batch(message, posting);
      else await this.#message(readEnvelope(message), posting);
    } catch (error) {
      posting.reply.end(writeError(peekId(message) ?? null, rpcErrorOf(error)), statusOf(error));
    }
  }

  /** Opens the stream for what belongs to no call. @throws SESSION_MISSING, SESSION_UNKNOWN, SERVER_BUSY, GATEWAY_CLOSING */
  get(visit: Visit): void {
    const { request, response } = visit;
    this.#parts.activity.refuseIfClosing();
    checkVersion(request);
    const session = this.#parts.sessions.use(tokenOf(request), visit);
    const last = headerOf(request, LAST_EVENT_HEADER);
    const found = last === undefined ? undefined : session.journal.find(last);
    if (found === "gone")
      throw new ToolyardError("INVALID_REQUEST", "What followed this event is not known any more.", { mend: CALL_AGAIN });
    const record = found?.record ?? session.journal.open("standing");
    const first = found === undefined ? session.firstEvents(record) : (record.after(found.number) ?? []);
    if (record.kind === "call") return resume(response, this.#parts.limits, record, first);
    const left = (): void => {
      session.removeStream(stream);
      session.journal.ended(record);
    };
    const stream = new EventStream(response, this.#parts.limits, left, { record, first });
    session.addStream(stream);
  }

  /** Ends a session. @throws SESSION_MISSING, SESSION_UNKNOWN */
  delete(visit: Visit): void {
    const { request, response } = visit;
    this.#parts.sessions.end(tokenOf(request), visit);
    response.writeHead(204).end();
  }

  async #message(envelope: Envelope, posting: Posting): Promise<void> {
    const claim = classifyMessage(envelope, headerOf(posting.request, VERSION_HEADER));
    const { id } = envelope;
    if (claim.kind === "reject") throw claim.error;
    if (claim.kind === "modern") {
      if (id === undefined) posting.reply.endEmpty();
      else await this.#modern({ id, envelope, claim }, posting);
    } else if (envelope.method === "initialize" && id !== undefined) {
      this.#initialize(id, envelope, posting);
    } else {
      await this.#legacy(envelope, posting);
    }
  }

  async #modern({ id, envelope, claim }: ModernRequest, { face, principal, request, response, reply }: Posting): Promise<void> {
    const { method = "", params } = envelope;
    const mismatch = headerMismatch(request, envelope, claim, face);
    if (mismatch !== undefined) throw mismatch;
    this.#parts.activity.refuseIfClosing();
    const abort = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) abort.abort(); // in this era a client that leaves has cancelled
    });
    const { signal } = abort;
    const { progressToken, logLevel } = claim;
    const caller = modernCaller(claim, principal.identity);
    reply.await();
    const answer = await face.endpoint.answer({
      ...{ id, method, params, caller, signal, progressToken, logLevel },
      peer: undefined,
      outlet: reply,
    });
    reply.end(toBytes(id, answer), answerStatus("modern", answer.error));
  }

  /** A message of a session; a client that leaves has not cancelled. */
  async #legacy(envelope: Envelope, posting: Posting): Promise<void> {
    const { request, face, reply } = posting;
    checkVersion(request);
    const { sessions, activity } = this.#parts;
    const token = tokenOf(request);
    if (envelope.kind === "request") {
      activity.refuseIfClosing();
      const session = sessions.use(token, posting);
      reply.recordIn(session);
      return await end(reply, converse(face.endpoint, session, envelope, { outlet: reply }));
    }
    const session = sessions.find(token, posting);
    if (session !== undefined) await converse(face.endpoint, session, envelope, { outlet: reply });
    reply.endEmpty();
  }

  /** An old session id beside it does not matter. */
  #initialize(id: RpcId, { params }: Envelope, visit: Visit): void {
    const { response, face } = visit;
    this.#parts.activity.refuseIfClosing();
    const offer = handshake(params);
    const bytes = writeResult(id, initializeResult(face.view, offer.version));
    const token = this.#parts.sessions.issue(visit, offer);
    const headers = { "content-type": "application/json", "content-length": bytes.length, [SESSION_HEADER]: token };
    response.writeHead(200, headers).end(bytes);
  }

  async #batch(message: Buffer, posting: Posting): Promise<void> {
    const { request, face, reply } = posting;
    this.#parts.activity.refuseIfClosing();
    const token = tokenOf(request);
    if (token === undefined) throw new ToolyardError("INVALID_REQUEST", "A batch belongs into a session of revision 2025-03-26.");
    const session = this.#parts.sessions.use(token, posting);
    const one = (envelope: Envelope): Promise<Buffer | undefined> => converse(face.endpoint, session, envelope, { outlet: reply });
    await end(reply, answerBatch(message, session.caller.protocolVersion, one));
  }
}

/** The rest of an answer that the client has lost on its way. */
function resume(response: ServerResponse, options: StreamOptions, record: StreamRecord, first: readonly Buffer[]): void {
  const stream = new EventStream(response, options, () => {}, { record, first });
  if (record.isOver) stream.end();
}

async function end(reply: Reply, answer: Promise<Buffer | undefined>): Promise<void> {
  reply.await();
  const bytes = await answer;
  if (bytes === undefined) reply.endEmpty();
  else reply.end(bytes);
}

function headerMismatch(request: IncomingMessage, envelope: Envelope, claim: ModernClaim, face: Face): ToolyardError | undefined {
  const { method = "", params } = envelope;
  const mismatch = checkHeaders(request.headers, method, params, claim.version);
  if (mismatch !== undefined || method !== "tools/call") return mismatch;
  const name = params.get("name");
  const tool: JsonObject | undefined = typeof name === "string" ? face.view.snapshot().tool(name)?.definition : undefined;
  return checkParamHeaders(request.headers, params, tool?.["inputSchema"]);
}

/** A legacy client names its revision after the handshake; which one is the session's affair (spec 2025-11-25: Protocol Version Header). */
function checkVersion(request: IncomingMessage): void {
  const version = headerOf(request, VERSION_HEADER);
  if (version === undefined || (isKnown(version) && eraOf(version) === "legacy")) return;
  throw new ToolyardError("INVALID_REQUEST", `The protocol version ${JSON.stringify(version.slice(0, 40))} is not one of a session.`);
}

/** Every client says that it takes streams; one that says nothing of it is thought to. */
function takesStream({ headers: { accept } }: IncomingMessage): boolean {
  return accept === undefined || accept.includes("text/event-stream") || accept.includes("*/*");
}

function tokenOf(request: IncomingMessage): string | undefined {
  return headerOf(request, SESSION_HEADER);
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
