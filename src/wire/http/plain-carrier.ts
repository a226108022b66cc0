/**
 * The carrier for plain HTTP without a proxy: what almost every server beside us speaks. To send a request and read its answer
 * takes a third of the processor time that the request objects of `node:http` take, and that was the dearest part of a call.
 */

import { HttpFailure, IDLE_MS, type CarrierOptions, type HttpCarrier, type HttpReply, type HttpRequest } from "./carrier.ts";
import { Exchange } from "./exchange.ts";
import { writeHead } from "./head.ts";
import { PlainConnection } from "./plain-connection.ts";

export class PlainCarrier implements HttpCarrier {
  readonly #options: CarrierOptions;
  readonly #connections = new Set<PlainConnection>();
  /** The one used last at the end: it is taken first, and those that are not needed grow old. */
  readonly #idle: PlainConnection[] = [];
  readonly #waiting = new Set<Exchange>();
  #target: Target | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  send(request: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const target = this.#targetOf(request.url);
      const { method, headers, body, signal } = request;
      if (signal.aborted) return reject(signal.reason as Error);
      if (this.#closed) return reject(new HttpFailure(`${target.origin}: the carrier is closed`, false));
      try {
        const head = writeHead(`${method} ${target.start}`, headers, body?.length);
        this.#start(new Exchange({ origin: target.origin, head, body, signal, resolve, reject }));
      } catch (error) {
        reject(new HttpFailure(`${target.origin}: ${(error as Error).message}`, false, error));
      }
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const exchange of this.#waiting) exchange.fail(new Error("the carrier was closed"));
    for (const connection of this.#connections) connection.destroy();
  }

  #start(exchange: Exchange): void {
    const connection = this.#takeIdle() ?? this.#open();
    if (connection !== undefined) return connection.start(exchange);
    this.#waiting.add(exchange);
    exchange.onEnd = () => this.#waiting.delete(exchange);
  }

  #takeIdle(): PlainConnection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.isUsable) return connection;
    }
    return undefined;
  }

  /** A new connection, where one more may be. */
  #open(): PlainConnection | undefined {
    if (this.#connections.size >= this.#options.connections || this.#target === undefined) return undefined;
    const connection = new PlainConnection(this.#target, {
      free: () => this.#freed(connection),
      gone: () => this.#gone(connection),
    });
    this.#connections.add(connection);
    return connection;
  }

  #freed(connection: PlainConnection): void {
    const next = this.#next();
    if (next !== undefined) return connection.start(next);
    this.#idle.push(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), IDLE_MS / 4).unref();
  }

  #gone(connection: PlainConnection): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    const next = this.#closed ? undefined : this.#next();
    if (next !== undefined) this.#start(next);
  }

  #next(): Exchange | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    this.#waiting.delete(next);
    next.onEnd = undefined;
    return next;
  }

  #sweep(): void {
    const oldest = performance.now() - IDLE_MS;
    for (const connection of this.#idle.filter(({ idleSince }) => idleSince < oldest)) connection.destroy();
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  /** Almost every request goes where the last one went. */
  #targetOf(url: string): Target {
    if (this.#target?.url === url) return this.#target;
    const { origin, hostname, host, port, pathname, search } = new URL(url);
    const address = { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 80 : Number(port) };
    this.#target = { url, origin, ...address, start: `${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n` };
    return this.#target;
  }
}

/** Where requests go, worked out once. */
interface Target {
  readonly url: string;
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** What stands behind the method in a request's head. */
  readonly start: string;
}
