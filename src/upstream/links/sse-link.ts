import { Body } from "../../base/body.ts";
import { sleep, type Clock } from "../../base/clock.ts";
import { messageOf, ToolyardError } from "../../base/errors.ts";
import { readEnvelope, writeError, writeRequest, writeResult } from "../../wire/envelope.ts";
import { discard, HttpFailure, type HttpCarrier } from "../../wire/http/carrier.ts";
import { openCarrier } from "../../wire/http/open-carrier.ts";
import { SseReader, type SseEvent } from "../../wire/sse.ts";
import type { Link, LinkEvents, LinkRequest } from "./link.ts";
import { excerptOf, type Redact } from "./redact.ts";
import { Welcome } from "./welcome.ts";

export interface SseLinkOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly messageBytes: number;
  readonly connections: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the server may take to name its endpoint, in ms. */
  readonly connectMs: number;
  readonly clock: Clock;
  /** Gives up the attempt to connect. */
  readonly signal: AbortSignal;
  readonly redact: Redact;
}

const EXCERPT = 200;

/** The old HTTP+SSE transport (spec 2024-11-05): one event stream down, a POST for each message up. */
export class SseLink implements Link {
  readonly kind = "sse";
  readonly #options: SseLinkOptions;
  readonly #events: LinkEvents;
  readonly #carrier: HttpCarrier;
  readonly #end = new AbortController();
  readonly #open = new Set<number>();
  readonly #welcome: Welcome;
  readonly #named = Promise.withResolvers<string>();
  #endpoint = "";
  #closed = false;

  private constructor(options: SseLinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#carrier = openCarrier(options.url, options);
    this.#welcome = new Welcome(options.clock);
  }

  /** @throws SERVER_UNREACHABLE, SERVER_AUTH_REQUIRED, or SERVER_PROTOCOL when no endpoint is named */
  static async open(options: SseLinkOptions, events: LinkEvents): Promise<SseLink> {
    const link = new SseLink(options, events);
    const giveUp = (): void => link.#end.abort();
    options.signal.addEventListener("abort", giveUp, { once: true });
    try {
      await link.#start();
      return link;
    } catch (error) {
      link.#carrier.close();
      throw error;
    } finally {
      options.signal.removeEventListener("abort", giveUp);
    }
  }

  speak(): void {}

  request(request: LinkRequest): void {
    this.#open.add(request.id);
    void this.#ask(request);
  }

  async #ask({ id, method, params }: LinkRequest): Promise<void> {
    if (this.#welcome.awaited !== undefined) await this.#welcome.awaited;
    if (!this.#open.has(id)) return; // cancelled, or the connection has ended
    try {
      await this.#post(writeRequest(id, method, params));
    } catch (error) {
      const started = error instanceof HttpFailure ? error.started : true;
      if (this.#open.delete(id)) this.#events.lost(id, { code: "SERVER_UNREACHABLE", message: messageOf(error), started });
    }
  }

  notify(method: string, params: Body): void {
    const posted = this.#post(writeRequest(undefined, method, params)).catch(() => {});
    if (method === "notifications/initialized") this.#welcome.await(posted);
  }

  reply(id: string | number, answer: Parameters<Link["reply"]>[1]): void {
    void this.#post("result" in answer ? writeResult(id, answer.result) : writeError(id, answer.error)).catch(() => {});
  }

  cancel(id: number, reason: string): void {
    if (this.#open.delete(id)) this.notify("notifications/cancelled", Body.of({ requestId: id, reason }));
  }

  async close(): Promise<void> {
    this.#finish("The connection was closed.");
    this.#carrier.close();
  }

  async #start(): Promise<void> {
    const { url, headers, connectMs, clock } = this.#options;
    const accept = { ...headers, accept: "text/event-stream" };
    const reply = await this.#carrier.send({ method: "GET", url, headers: accept, signal: this.#end.signal }).catch((error: unknown) => {
      throw new ToolyardError("SERVER_UNREACHABLE", messageOf(error), { started: false }, error);
    });
    const code = reply.status === 401 || reply.status === 403 ? "SERVER_AUTH_REQUIRED" : "SERVER_PROTOCOL";
    if (reply.status !== 200) throw new ToolyardError(code, `It answered ${reply.status} where an event stream was asked for.`);
    const reader = new SseReader({
      limit: this.#options.messageBytes,
      event: (event) => this.#event(event),
      oversize: (size) => this.#events.noise(`a message of ${size} bytes, which is over the limit`),
    });
    reply.read({ data: (piece) => reader.push(piece), done: () => this.#finish("The server ended its event stream.") });
    this.#endpoint = await this.#withinTime(this.#named.promise, connectMs, clock);
  }

  async #withinTime(named: Promise<string>, ms: number, clock: Clock): Promise<string> {
    const stop = new AbortController();
    const late = sleep(clock, ms, stop.signal).then(() => {
      throw new ToolyardError("SERVER_PROTOCOL", "It opened an event stream but named no endpoint to post to.");
    });
    try {
      return await Promise.race([named, late]);
    } finally {
      late.catch(() => {});
      stop.abort();
    }
  }

  #event({ event, data }: SseEvent): void {
    if (event === "endpoint") return this.#name(data.toString("utf8"));
    if (data.length === 0) return;
    try {
      const envelope = readEnvelope(data);
      if (envelope.kind === "answer" && typeof envelope.id === "number") this.#open.delete(envelope.id);
      this.#events.message(envelope, undefined);
    } catch {
      this.#events.noise(excerptOf(data, EXCERPT, this.#options.redact));
    }
  }

  /** Messages go only where the stream itself came from: a server must not be able to point us elsewhere. */
  #name(text: string): void {
    const endpoint = URL.parse(text, this.#options.url);
    if (endpoint?.origin === new URL(this.#options.url).origin) this.#named.resolve(endpoint.href);
    else {
      const excerpt = excerptOf(Buffer.from(text), EXCERPT, this.#options.redact);
      this.#named.reject(new ToolyardError("SERVER_PROTOCOL", `It named an endpoint on another origin: ${excerpt}`));
    }
  }

  async #post(body: Buffer): Promise<void> {
    const headers = { ...this.#options.headers, "content-type": "application/json", accept: "application/json" };
    const reply = await this.#carrier.send({ method: "POST", url: this.#endpoint, headers, body, signal: this.#end.signal });
    discard(reply);
    if (reply.status >= 300) throw new HttpFailure(`The server answered with HTTP status ${reply.status}.`, false, undefined);
  }

  #finish(message: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end.abort();
    this.#named.reject(new ToolyardError("SERVER_UNREACHABLE", message));
    this.#named.promise.catch(() => {});
    this.#events.closed({ code: "SERVER_UNREACHABLE", message, started: true });
  }
}
