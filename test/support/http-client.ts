/** A Streamable HTTP client of either era without an SDK: it sends what it is told and shows everything that came. */

import type { JsonObject } from "../../src/base/json.ts";
import { readEvents, send, type RawAnswer } from "./http-raw.ts";
import {
  asMessage,
  Inbox,
  LEGACY_VERSION,
  MODERN_VERSION,
  modernParams,
  textOf,
  type Answering,
  type Id,
  type WireMessage,
} from "./inbox.ts";

export interface HttpClientOptions {
  /** Default `legacy`: then call {@link HttpClient.handshake} first. */
  readonly era?: "legacy" | "modern";
  readonly capabilities?: JsonObject;
  /** Headers that go with every request; they win over our own. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: Answering;
  /** PEM of an authority to trust. */
  readonly ca?: string;
}

export interface HttpRequestOptions {
  readonly id?: Id;
  readonly deadlineMs?: number;
  /** Closes the request's connection: a disconnect, not an MCP cancel. */
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP answer to a request, read to its end. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly body: string;
  constructor(method: string, status: number, body: string) {
    super(`${method} was answered with HTTP ${status}: ${body.slice(0, 500)}`);
    this.status = status;
    this.body = body;
  }
}

export class HttpClient implements AsyncDisposable {
  readonly url: string;
  readonly inbox: Inbox;
  session: string | undefined;
  version: string | undefined;
  readonly #options: HttpClientOptions;
  readonly #closing = new AbortController();
  #nextId = 1;

  constructor(url: string, options: HttpClientOptions = {}) {
    this.url = url;
    this.#options = options;
    this.inbox = new Inbox(options.answer);
  }

  /**
   * Sends a request and gives the answer to it; what else comes on its stream goes to the inbox.
   *
   * @throws HttpFailure when the answer is no message; Error when none came within `deadlineMs`
   */
  async request(method: string, params: JsonObject = {}, options: HttpRequestOptions = {}): Promise<WireMessage> {
    const { id = this.#nextId++, deadlineMs = 10_000, signal, headers } = options;
    const full = this.#options.era === "modern" ? modernParams(params, this.#options.capabilities ?? {}) : params;
    const ending = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(deadlineMs), ...(signal ? [signal] : [])]);
    const answer = await this.post({ jsonrpc: "2.0", id, method, params: full }, { ...this.#routing(method, params), ...headers }, ending);
    if (method === "initialize") this.session = answer.headers["mcp-session-id"]?.toString();
    return this.#answerIn(method, id, answer);
  }

  notify(method: string, params: JsonObject = {}): Promise<RawAnswer> {
    return this.post({ jsonrpc: "2.0", method, params });
  }

  cancel(id: Id, reason = "test"): Promise<RawAnswer> {
    return this.notify("notifications/cancelled", { requestId: id, reason });
  }

  call(name: string, args: JsonObject = {}, options: HttpRequestOptions & { readonly meta?: JsonObject } = {}): Promise<WireMessage> {
    return this.request("tools/call", { name, arguments: args, ...(options.meta && { _meta: options.meta }) }, options);
  }

  /** Calls a tool and gives the text of its answer. */
  async text(name: string, args: JsonObject = {}): Promise<string> {
    return textOf(await this.call(name, args));
  }

  /** Names of the tools on the first page. */
  async toolNames(): Promise<string[]> {
    const { result } = await this.request("tools/list");
    return (result?.tools ?? []).map((tool) => tool.name);
  }

  /** The legacy handshake; remembers session and version. */
  async handshake(version: string = LEGACY_VERSION): Promise<WireMessage> {
    const clientInfo = { name: "wire-client", version: "1.0.0" };
    const answer = await this.request("initialize", {
      protocolVersion: version,
      capabilities: this.#options.capabilities ?? {},
      clientInfo,
    });
    this.version = String(answer.result?.["protocolVersion"]);
    await this.notify("notifications/initialized");
    return answer;
  }

  /** Opens the legacy GET stream; its messages go to the inbox until the client is disposed of or the returned function is called. */
  async listen(lastEventId?: string): Promise<{ readonly status: number; close(): void; readonly ended: Promise<void> }> {
    const closing = new AbortController();
    const headers = {
      ...this.#standing(),
      accept: "text/event-stream",
      ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
    };
    const answer = await this.#send("GET", headers, undefined, AbortSignal.any([this.#closing.signal, closing.signal]));
    const ended = readEvents(answer.stream, (data) => this.#take(data)).catch(() => {});
    return { status: answer.status, close: () => closing.abort(), ended };
  }

  /** Ends the session. */
  deleteSession(): Promise<RawAnswer> {
    return this.#send("DELETE", this.#standing(), undefined, this.#closing.signal);
  }

  /** Posts a message with the headers that belong to it; the answer is not read. */
  post(message: JsonObject, headers: Record<string, string> = {}, signal: AbortSignal = this.#closing.signal): Promise<RawAnswer> {
    const own = { "content-type": "application/json", accept: "application/json, text/event-stream", ...this.#standing() };
    return this.#send("POST", { ...own, ...headers }, JSON.stringify(message), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
  }

  #send(method: string, headers: Record<string, string>, body: string | undefined, signal: AbortSignal): Promise<RawAnswer> {
    const { ca } = this.#options;
    return send(this.url, { method, headers: { ...headers, ...this.#options.headers }, body, signal, ca });
  }

  #standing(): Record<string, string> {
    const version = this.#options.era === "modern" ? MODERN_VERSION : this.version;
    return { ...(version && { "mcp-protocol-version": version }), ...(this.session && { "mcp-session-id": this.session }) };
  }

  /** The headers that repeat a modern request's body. */
  #routing(method: string, params: JsonObject): Record<string, string> {
    if (this.#options.era !== "modern") return {};
    const name = params["name"] ?? params["uri"] ?? params["taskId"];
    return { "mcp-method": method, ...(typeof name === "string" && { "mcp-name": headerText(name) }) };
  }

  async #answerIn(method: string, id: Id, answer: RawAnswer): Promise<WireMessage> {
    let own: WireMessage | undefined;
    const take = (data: string): void => {
      const message = this.#take(data);
      if (message?.id === id && message.method === undefined) own ??= { ...message, status: answer.status };
    };
    if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
      await readEvents(answer.stream, take);
      return own ?? fail(method, answer.status, "the stream ended without an answer");
    }
    const body = await answer.text();
    try {
      take(body);
    } catch {
      return fail(method, answer.status, body);
    }
    return own ?? fail(method, answer.status, body);
  }

  #take(data: string): WireMessage | undefined {
    const message = asMessage(JSON.parse(data));
    const reply = message && this.inbox.take(message);
    if (reply !== undefined)
      void this.post(reply)
        .then((answer) => answer.text())
        .catch(() => {});
    return message;
  }
}

/** A client after its handshake, or in the modern era ready to ask. */
export async function openHttp(url: string, options: HttpClientOptions = {}): Promise<HttpClient> {
  const client = new HttpClient(url, options);
  if (options.era !== "modern") await client.handshake();
  return client;
}

function fail(method: string, status: number, body: string): never {
  throw new HttpFailure(method, status, body);
}

/** Spec 2026-07-28, streamable HTTP: what is not printable ASCII travels as Base64. */
function headerText(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith("=?base64?");
  return plain ? value : `=?base64?${Buffer.from(value).toString("base64")}?=`;
}
