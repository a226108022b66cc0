/** HTTP as a carrier: one pool of kept-alive connections for one upstream. Knows no MCP. Redirects are not followed. */

import type { Agent, ClientRequest, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { http, https, type IncomingMessage } from "./node-http.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** Lower-case names; of a repeated header the first. */
  header(name: string): string | undefined;
  readonly body: Readable;
}

/** Thrown by {@link HttpCarrier.send} when no answer came. */
export class HttpFailure extends Error {
  /** False where it is certain that no byte of the request was sent. */
  readonly started: boolean;

  constructor(message: string, started: boolean, cause: unknown) {
    super(message, { cause });
    this.started = started;
  }
}

const CONNECT_MS = 5_000;
/** An unused connection is closed after so long: many servers close theirs after 5 s, and what is sent just then is lost. */
const IDLE_MS = 4_000;
/** A body of so many bytes goes out in one write with its headers. */
const ONE_WRITE = 16 * 1024;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export interface CarrierOptions {
  /** How many connections may be open at once. */
  readonly connections: number;
  /** Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are read from; loopback is never asked for by proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class HttpCarrier {
  readonly #options: CarrierOptions;
  #agent: Agent | undefined;
  #last: Target | undefined;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  /** @throws HttpFailure when no answer came; the signal's reason when it aborted */
  send(request: HttpRequest): Promise<HttpReply> {
    const { signal, body } = request;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const target = this.#target(request.url);
      const sent = target.open({ ...target.place, method: request.method, headers: headersOf(request, target) });
      const progress = new Progress(sent);
      const abort = (): void => void sent.destroy(signal.reason as Error);
      signal.addEventListener("abort", abort, { once: true });
      sent.once("response", (response) => {
        response.on("error", () => {}); // whoever reads it listens too; whoever throws it away need not
        response.once("close", () => signal.removeEventListener("abort", abort));
        resolve(toReply(response));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        signal.removeEventListener("abort", abort);
        const message = `${target.origin}: ${error.message || error.code || "no answer"}`;
        reject(signal.aborted ? (signal.reason as Error) : new HttpFailure(message, progress.connected, error));
      });
      if (body !== undefined && body.length <= ONE_WRITE) sent.end(body.toString("latin1"), "latin1");
      else sent.end(body);
    });
  }

  /** Ends every connection, and every answer still coming in. */
  close(): void {
    this.#agent?.destroy();
  }

  /** Almost every request goes where the last one went. */
  #target(url: string): Target {
    if (this.#last?.url !== url) this.#last = this.#makeTarget(url);
    return this.#last;
  }

  #makeTarget(url: string): Target {
    const { origin, protocol, hostname, host, port, pathname, search } = new URL(url);
    const { request, Agent } = protocol === "https:" ? https() : http;
    const { connections, env } = this.#options;
    const direct = LOOPBACK.test(hostname);
    const proxy = direct ? {} : { proxyEnv: env };
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: connections, timeout: IDLE_MS, ...proxy });
    const place = { agent: this.#agent, host: hostname.replace(/^\[|\]$/g, ""), port, path: pathname + search };
    return { url, origin, host, direct, place, open: request };
  }
}

/** Where requests go, worked out once. */
interface Target {
  readonly url: string;
  readonly origin: string;
  /** As the header says it. */
  readonly host: string;
  /** Never by a proxy. */
  readonly direct: boolean;
  readonly place: RequestOptions;
  readonly open: (options: RequestOptions) => ClientRequest;
}

/** A list of names and values is written as it is, an object taken apart and put together again; but a proxy adds to it. */
function headersOf({ headers, body }: HttpRequest, { host, direct }: Target): string[] | Record<string, string> {
  if (!direct) return body === undefined ? { ...headers } : { ...headers, "content-length": String(body.length) };
  const list = ["host", host];
  for (const name in headers) list.push(name, headers[name] ?? "");
  if (body !== undefined) list.push("content-length", String(body.length));
  return list;
}

/** How far a request has come. One that waits for its connection to stand is given up after a while. */
class Progress {
  /** True once a connection stood: from then on bytes may have been sent. */
  connected = false;

  constructor(sent: ClientRequest) {
    sent.once("socket", (socket) => {
      if (socket.connecting) this.#await(socket, sent);
      else this.connected = true;
    });
  }

  #await(socket: Socket, sent: ClientRequest): void {
    const timer = setTimeout(() => sent.destroy(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
      this.connected = true;
      clearTimeout(timer);
    });
    sent.once("close", () => clearTimeout(timer));
  }
}

function toReply(response: IncomingMessage): HttpReply {
  return {
    status: response.statusCode ?? 0,
    header(name) {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: response,
  };
}

/** What of a body was read: all of it, or that it is larger than the limit (the rest is thrown away). */
export type Collected = { readonly bytes: Buffer } | { readonly tooLarge: true };

/** Reads a body to its end. Rejects when it breaks off. */
export function collect(body: Readable, limit: number): Promise<Collected> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      resolve({ tooLarge: true });
      body.destroy();
    });
    body.once("end", () => resolve({ bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }));
    body.once("error", reject);
    body.once("close", () => {
      if (!body.readableEnded) reject(new Error("The answer broke off."));
    });
  });
}
