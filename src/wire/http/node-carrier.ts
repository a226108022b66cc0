/** The carrier of `node:http` and `node:https`: for TLS, and for what goes through a proxy. */

import type { Agent, ClientRequest, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { http, https, type IncomingMessage } from "../node-http.ts";
import {
  CONNECT_MS,
  HttpFailure,
  IDLE_MS,
  ONE_WRITE,
  type BodyReader,
  type CarrierOptions,
  type HttpCarrier,
  type HttpReply,
  type HttpRequest,
} from "./carrier.ts";

export class NodeCarrier implements HttpCarrier {
  readonly #options: CarrierOptions;
  #agent: Agent | undefined;
  #last: Target | undefined;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  send(request: HttpRequest): Promise<HttpReply> {
    const { signal, body } = request;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const target = this.#target(request.url);
      const sent = target.open({ ...target.place, method: request.method, headers: headersOf(request) });
      const progress = new Progress(sent);
      const abort = (): void => {
        sent.destroy(signal.reason as Error);
        reject(signal.reason as Error); // one that waits for a connection would say so only once it has one
      };
      signal.addEventListener("abort", abort, { once: true });
      sent.once("response", (response) => {
        response.on("error", () => {}); // its close tells
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

  close(): void {
    this.#agent?.destroy();
  }

  /** Almost every request goes where the last one went. */
  #target(url: string): Target {
    if (this.#last?.url !== url) this.#last = this.#makeTarget(url);
    return this.#last;
  }

  #makeTarget(url: string): Target {
    const { origin, protocol, hostname, port, pathname, search } = new URL(url);
    const { request, Agent } = protocol === "https:" ? https() : http;
    const { connections, env } = this.#options;
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: connections, timeout: IDLE_MS, proxyEnv: env });
    const place = { agent: this.#agent, host: hostname.replace(/^\[|\]$/g, ""), port, path: pathname + search };
    return { url, origin, place, open: request };
  }
}

/** Where requests go, worked out once. */
interface Target {
  readonly url: string;
  readonly origin: string;
  readonly place: RequestOptions;
  readonly open: (options: RequestOptions) => ClientRequest;
}

function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  return body === undefined ? { ...headers } : { ...headers, "content-length": String(body.length) };
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
    read({ data, done }: BodyReader) {
      response.on("data", data);
      response.once("close", () => done(response.complete));
    },
    abort: () => void response.destroy(),
  };
}
