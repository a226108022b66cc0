/** HTTP as a carrier: one pool of kept-alive connections for one upstream. Knows no MCP. Redirects are not followed. */

import type { Agent } from "node:http";
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
const IDLE_MS = 10_000;

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

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  /** @throws HttpFailure when no answer came; the signal's reason when it aborted */
  send(request: HttpRequest): Promise<HttpReply> {
    const { method, headers, body, signal } = request;
    const url = new URL(request.url);
    const secure = url.protocol === "https:";
    const agent = this.#pool(url, secure);
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const sent = (secure ? https() : http).request(url, { method, agent, headers: { ...headers, ...length } });
      const progress = watchConnect(sent);
      const abort = (): void => void sent.destroy(signal.reason as Error);
      signal.addEventListener("abort", abort, { once: true });
      sent.once("response", (response) => {
        response.on("error", () => {}); // whoever reads it listens too; whoever throws it away need not
        response.once("close", () => signal.removeEventListener("abort", abort));
        resolve(toReply(response));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        signal.removeEventListener("abort", abort);
        progress.end();
        const message = `${url.origin}: ${error.message || error.code || "no answer"}`;
        reject(signal.aborted ? (signal.reason as Error) : new HttpFailure(message, progress.connected(), error));
      });
      sent.end(body);
    });
  }

  /** Ends every connection, and every answer still coming in. */
  close(): void {
    this.#agent?.destroy();
  }

  #pool({ hostname }: URL, secure: boolean): Agent {
    const { connections, env } = this.#options;
    const proxy = LOOPBACK.test(hostname) ? {} : { proxyEnv: env };
    this.#agent ??= new (secure ? https() : http).Agent({ keepAlive: true, maxSockets: connections, keepAliveMsecs: IDLE_MS, ...proxy });
    return this.#agent;
  }
}

interface ConnectWatch {
  /** True once a connection stood: from then on bytes may have been sent. */
  connected(): boolean;
  end(): void;
}

/** A request that waits for a connection is given up after a while; one that has its connection is the caller's to time. */
function watchConnect(sent: ReturnType<typeof http.request>): ConnectWatch {
  let connected = false;
  const timer = setTimeout(() => sent.destroy(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
  const done = (): void => {
    connected = true;
    clearTimeout(timer);
  };
  sent.once("socket", (socket) => {
    const ready = "encrypted" in socket ? "secureConnect" : "connect";
    if (socket.connecting) socket.once(ready, done);
    else done();
  });
  return { connected: () => connected, end: () => clearTimeout(timer) };
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
    body.once("close", () => reject(new Error("The answer broke off.")));
  });
}
