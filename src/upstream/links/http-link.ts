import { Body } from "../../base/body.ts";
import type { Era } from "../../base/call.ts";
import { sleep, type Clock } from "../../base/clock.ts";
import { messageOf, ToolyardError, type ErrorCode } from "../../base/errors.ts";
import { requestHeaders } from "../../era/headers.ts";
import { readEnvelope, writeError, writeRequest, writeResult, type Envelope } from "../../wire/envelope.ts";
import { collect, discard, HttpFailure, type HttpCarrier, type HttpReply } from "../../wire/http/carrier.ts";
import { openCarrier } from "../../wire/http/open-carrier.ts";
import { isEventStream, keepStanding, readEvents, StreamPosition, type EventSink } from "./event-stream.ts";
import type { Link, LinkEvents, LinkFailure, LinkRequest } from "./link.ts";
import { excerptOf, type Redact } from "./redact.ts";
import { Welcome } from "./welcome.ts";

export interface HttpLinkOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly messageBytes: number;
  readonly connections: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly redact: Redact;
}

const EXCERPT = 1024;
/** Bytes of an answer that says no. */
const MOST_REFUSAL = 1024 * 1024;
const RESUMES = 5;
const DELETE_MS = 1_000;
const SESSION_WORDS = /session|initiali[sz]e/i;

/** What the headers of a message repeat of it. */
type Said = Omit<LinkRequest, "id">;

const NOTHING: Said = { method: "", params: Body.empty };

interface Stream {
  readonly abort: AbortController;
  /** Set once the answer, or its loss, was told. */
  settled: boolean;
  readonly position: StreamPosition;
}

/** Streamable HTTP, both eras: each request is a POST whose answer is JSON or a stream of its own (spec: transports). */
export class HttpLink implements Link {
  readonly kind = "http";
  readonly #options: HttpLinkOptions;
  readonly #events: LinkEvents;
  readonly #carrier: HttpCarrier;
  readonly #streams = new Map<number, Stream>();
  readonly #end = new AbortController();
  readonly #welcome: Welcome;
  #era: Era = "legacy";
  #version: string | undefined;
  #session: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: HttpLinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#carrier = openCarrier(options.url, options);
    this.#welcome = new Welcome(options.clock);
  }

  speak(era: Era, protocolVersion: string): void {
    this.#era = era;
    this.#version = protocolVersion;
  }

  request(request: LinkRequest): void {
    const stream: Stream = { abort: new AbortController(), settled: false, position: new StreamPosition() };
    this.#streams.set(request.id, stream);
    void this.#exchange(request, stream).finally(() => this.#streams.delete(request.id));
  }

  notify(method: string, params: Body): void {
    const posted = this.#post(writeRequest(undefined, method, params), method, params);
    if (method !== "notifications/initialized") return;
    const listening = posted.then((opened) => {
      if (opened) void this.#listen();
    });
    this.#welcome.await(listening);
  }

  reply(id: string | number, answer: Parameters<Link["reply"]>[1]): void {
    void this.#post("result" in answer ? writeResult(id, answer.result) : writeError(id, answer.error), "", Body.empty);
  }

  cancel(id: number, reason: string): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.settled = true;
    if (this.#era === "legacy") this.notify("notifications/cancelled", Body.of({ requestId: id, reason }));
    stream.abort.abort();
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    for (const stream of this.#streams.values()) {
      stream.settled = true;
      stream.abort.abort();
    }
    this.#end.abort();
    if (this.#session !== undefined) await this.#endSession(this.#session);
    this.#carrier.close();
    this.#events.closed({ code: "SERVER_UNREACHABLE", message: "The connection was closed.", started: true });
  }

  async #endSession(session: string): Promise<void> {
    const signal = AbortSignal.timeout(DELETE_MS);
    const headers = { ...this.#headers(NOTHING), "mcp-session-id": session };
    await this.#carrier.send({ method: "DELETE", url: this.#options.url, headers, signal }).then(discard, () => {});
  }

  /** Sends what needs no answer; true when the server took it. */
  async #post(body: Buffer, method: string, params: Body): Promise<boolean> {
    try {
      const reply = await this.#send(body, this.#headers({ method, params }), this.#end.signal);
      discard(reply);
      return reply.status < 300;
    } catch {
      return false; // the next request tells
    }
  }

  async #exchange(request: LinkRequest, stream: Stream): Promise<void> {
    const body = writeRequest(request.id, request.method, request.params);
    if (this.#welcome.awaited !== undefined) await this.#welcome.awaited;
    try {
      const reply = await this.#send(body, this.#headers(request), stream.abort.signal);
      if (request.method === "initialize") this.#session = reply.header("mcp-session-id");
      await this.#take(reply, request.id, stream);
    } catch (error) {
      const started = error instanceof HttpFailure ? error.started : true;
      this.#lose(request.id, stream, { code: "SERVER_UNREACHABLE", message: messageOf(error), started });
    }
  }

  async #take(reply: HttpReply, id: number, stream: Stream): Promise<void> {
    if (reply.status >= 300 && reply.status < 400) return this.#redirected(reply, id, stream);
    if (reply.status >= 400) return this.#refused(reply, id, stream);
    if (isEventStream(reply)) return this.#follow(reply, id, stream);
    const collected = await collect(reply, this.#options.messageBytes);
    if ("tooLarge" in collected) return this.#tooLarge(id, stream, reply.header("content-length"));
    const envelope = tryEnvelope(collected.bytes);
    if (envelope !== undefined) {
      this.#deliver(envelope, id, stream);
      const message = `The server answered another request than it was asked: ${this.#excerptOf(collected.bytes)}`;
      return this.#lose(id, stream, { code: "SERVER_PROTOCOL", message, started: true, status: reply.status });
    }
    const message = `The server answered with status ${reply.status} and no MCP message: ${this.#excerptOf(collected.bytes)}`;
    return this.#lose(id, stream, { code: "SERVER_PROTOCOL", message, started: true, status: reply.status });
  }

  /** Where a server points to is not where its operator wanted us to go, nor what our headers were meant for. */
  #redirected(reply: HttpReply, id: number, stream: Stream): void {
    discard(reply);
    const target = this.#excerptOf(Buffer.from(reply.header("location") ?? "nowhere"));
    const message = `The server redirects (HTTP status ${reply.status}) to ${target}, and redirects are not followed: put the right address into its \`url\`.`;
    this.#lose(id, stream, { code: "SERVER_PROTOCOL", message, started: true, status: reply.status });
  }

  /** A status that says no. */
  async #refused(reply: HttpReply, id: number, stream: Stream): Promise<void> {
    const limit = Math.min(MOST_REFUSAL, this.#options.messageBytes);
    const collected = await collect(reply, limit).catch(() => ({ bytes: Buffer.alloc(0) }));
    const bytes = "bytes" in collected ? collected.bytes : Buffer.alloc(0);
    const answer = tryEnvelope(bytes);
    const sessionLost = this.#session !== undefined && isSessionLost(reply.status, answer);
    const words = answer?.error?.message ?? this.#excerptOf(bytes);
    const message = `The server answered with HTTP status ${reply.status}${words === "" ? "." : `: ${words}`}`;
    const rejected = reply.status >= 400 && reply.status < 500;
    const failure: LinkFailure = { code: codeOf(reply.status), message, started: !rejected, sessionLost, status: reply.status };
    this.#lose(id, stream, answer === undefined ? failure : { ...failure, answer });
  }

  /** Reads a request's own event stream, and resumes it where the server hung up on purpose (spec 2025-11-25: resumability). */
  async #follow(reply: HttpReply, id: number, stream: Stream): Promise<void> {
    const sink = this.#sink(id, stream);
    const { position } = stream;
    let source: HttpReply | undefined = reply;
    for (let resumes = 0; source !== undefined && resumes <= RESUMES; resumes++) {
      const before: string | undefined = position.lastEventId;
      await readEvents(source, position, sink);
      if (stream.settled || position.lastEventId === undefined || this.#era === "modern") break;
      if (position.lastEventId !== before) resumes = 0;
      await sleep(this.#options.clock, position.retryMs, stream.abort.signal);
      source = await this.#resume(stream).catch(() => undefined);
    }
    const message = "The server ended the stream before its answer.";
    this.#lose(id, stream, { code: "SERVER_UNREACHABLE", message, started: true });
  }

  async #resume({ position, abort }: Stream): Promise<HttpReply | undefined> {
    const reply = await this.#get(position.headers, abort.signal);
    if (reply.status === 200 && isEventStream(reply)) return reply;
    discard(reply);
    return undefined;
  }

  #sink(id: number | undefined, stream: Stream | undefined): EventSink {
    return {
      limit: this.#options.messageBytes,
      event: (data) => {
        const envelope = tryEnvelope(data);
        if (envelope === undefined) this.#events.noise(this.#excerptOf(data));
        else this.#deliver(envelope, id, stream);
      },
      oversize: () => {
        if (id !== undefined && stream !== undefined) this.#tooLarge(id, stream);
      },
    };
  }

  #deliver(envelope: Envelope, id: number | undefined, stream: Stream | undefined): void {
    // One to another id is not the answer that this stream is for.
    if (envelope.kind === "answer" && stream !== undefined && (envelope.id ?? id) === id) {
      if (stream.settled) return;
      stream.settled = true;
    }
    this.#events.message(envelope, id);
  }

  #lose(id: number, stream: Stream, failure: LinkFailure): void {
    if (stream.settled) return;
    stream.settled = true;
    this.#events.lost(id, failure);
  }

  #tooLarge(id: number, stream: Stream, size = "too many"): void {
    const message = `The server sent a message of ${size} bytes; the limit is ${this.#options.messageBytes}.`;
    this.#lose(id, stream, { code: "MESSAGE_TOO_LARGE", message, started: true });
    stream.abort.abort();
  }

  /** The stream for messages that belong to no request; a server may not have one (405). */
  async #listen(): Promise<void> {
    const { signal } = this.#end;
    const open = (headers: Record<string, string>): Promise<HttpReply | undefined> => this.#get(headers, signal).catch(() => undefined);
    const again = (): void => this.#events.gap();
    const deaf = await keepStanding({ open, again, sink: this.#sink(undefined, undefined), clock: this.#options.clock, signal });
    if (deaf) this.#events.deaf();
  }

  #get(headers: Record<string, string>, signal: AbortSignal): Promise<HttpReply> {
    return this.#carrier.send({ method: "GET", url: this.#options.url, headers: { ...this.#headers(NOTHING), ...headers }, signal });
  }

  #send(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<HttpReply> {
    return this.#carrier.send({ method: "POST", url: this.#options.url, headers, body, signal });
  }

  #excerptOf(bytes: Buffer): string {
    return excerptOf(bytes, EXCERPT, this.#options.redact).replaceAll(/\s+/g, " ").trim();
  }

  #headers({ method, params, inputSchema }: Said): Record<string, string> {
    const headers: Record<string, string> = {
      ...this.#options.headers,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    if (this.#version !== undefined && method !== "initialize")
      Object.assign(headers, requestHeaders(this.#version, method, params, inputSchema));
    if (this.#session !== undefined && this.#era === "legacy" && method !== "initialize") headers["mcp-session-id"] = this.#session;
    return headers;
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return "SERVER_AUTH_REQUIRED";
  return status >= 500 ? "SERVER_UNREACHABLE" : "SERVER_PROTOCOL";
}

/** 404 by the spec; many servers say 400 to a session that they do not know. */
function isSessionLost(status: number, answer: Envelope | undefined): boolean {
  if (status === 404) return answer?.error?.code !== -32601;
  return status === 400 && SESSION_WORDS.test(answer?.error?.message ?? "");
}

function tryEnvelope(bytes: Buffer): Envelope | undefined {
  try {
    return readEnvelope(bytes);
  } catch (error) {
    if (error instanceof ToolyardError) return undefined;
    throw error;
  }
}
