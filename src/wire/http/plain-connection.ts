/** One connection of plain HTTP/1.1: one exchange after another, never two at once. */

import { connect, type Socket } from "node:net";
import { CONNECT_MS, ONE_WRITE } from "./carrier.ts";
import type { Exchange } from "./exchange.ts";
import { ResponseReader } from "./response-reader.ts";

export interface ConnectionOwner {
  /** It can take another exchange. */
  free(): void;
  /** It is no more. Comes once. */
  gone(): void;
}

export class PlainConnection {
  /** Since when it has had nothing to do, by `performance.now()`. */
  idleSince = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  #exchange: Exchange | undefined;
  #fault: Error | undefined;

  constructor({ host, port }: { readonly host: string; readonly port: number }, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#reader = new ResponseReader({
      head: (head) => this.#exchange?.answer(head),
      data: (piece) => this.#data(piece),
      done: (reusable) => this.#done(reusable),
    });
    this.#socket = connect({ host, port, noDelay: true });
    this.#await();
    this.#socket.on("data", (piece) => this.#read(piece));
    this.#socket.on("error", (error) => (this.#fault ??= error));
    this.#socket.on("close", () => this.#closed());
  }

  /** False where the other side has hung up, though nobody was told yet. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** Sends a request. */
  start(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.started = !this.#socket.connecting;
    exchange.onEnd = () => this.destroy();
    this.#socket.ref();
    const { head, body } = exchange.request;
    if (body === undefined) this.#socket.write(head, "latin1");
    else if (body.length <= ONE_WRITE) this.#socket.write(head + body.toString("latin1"), "latin1");
    else this.#writeLarge(head, body);
  }

  /** Ends it, with whatever is under way on it. */
  destroy(): void {
    this.#socket.destroy();
  }

  #writeLarge(head: string, body: Buffer): void {
    this.#socket.cork();
    this.#socket.write(head, "latin1");
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #await(): void {
    const timer = setTimeout(() => this.#socket.destroy(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
    this.#socket.once("close", () => clearTimeout(timer));
    this.#socket.once("connect", () => {
      clearTimeout(timer);
      if (this.#exchange !== undefined) this.#exchange.started = true;
    });
  }

  #read(piece: Buffer): void {
    if (this.#exchange === undefined) return this.destroy(); // nobody has asked
    try {
      this.#reader.push(piece);
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
  }

  #data(piece: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.data(piece)) return;
    this.#socket.pause();
    exchange.onRead = () => this.#socket.resume();
  }

  #done(reusable: boolean): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.complete();
    if (!reusable || this.#socket.writableLength > 0 || this.#socket.destroyed) return this.destroy();
    this.idleSince = performance.now();
    this.#socket.unref();
    this.#owner.free();
  }

  #closed(): void {
    if (this.#fault === undefined) this.#reader.end();
    this.#exchange?.fail(this.#fault ?? new Error("the connection was closed before the answer was complete"));
    this.#exchange = undefined;
    this.#owner.gone();
  }
}
