/** The body of one HTTP answer: one JSON object or an event stream, torn as the switches say. */

import type { ServerResponse } from "node:http";
import { encode, type Message } from "../protocol/message.ts";
import { wait } from "../process.ts";
import type { HostileServer } from "../server.ts";

export interface ReplyOptions {
  /** Answer as an event stream even if one message is all there is. */
  readonly stream: boolean;
  readonly headers?: Record<string, string>;
  readonly moments: readonly string[];
  /** Status of the answer as one JSON object. */
  readonly status?: (message: Message | Buffer) => number;
}

export class Reply {
  readonly #server: HostileServer;
  readonly #response: ServerResponse;
  readonly #options: ReplyOptions;
  readonly #drop: number | undefined;
  readonly #cut: number | undefined;
  readonly #headersDelay: number;
  #queue: Promise<void> = Promise.resolve();
  #begun = false;
  #written = 0;

  constructor(server: HostileServer, response: ServerResponse, options: ReplyOptions) {
    const due = (name: "drop" | "cut" | "headers-delay"): number | undefined => {
      const value = server.switches.take(name, options.moments);
      return value === undefined ? undefined : Number(value);
    };
    this.#server = server;
    this.#response = response;
    this.#options = options;
    this.#drop = due("drop");
    this.#cut = due("cut");
    this.#headersDelay = due("headers-delay") ?? 0;
    if (options.stream) this.#beginStream();
  }

  /**
   * @param last true for the message after which nothing follows
   * @returns resolves once it is written
   */
  send(message: Message | Buffer, last: boolean, eventId?: string): Promise<void> {
    const bytes = encode(message);
    if (last && !this.#begun) this.#sendWhole(bytes, this.#options.status?.(message) ?? 200);
    else this.#sendPart(bytes, last, eventId);
    return this.#queue;
  }

  /** An event that is no message: `endpoint`, or the empty one that a stream begins with. */
  sendEvent(name: string | undefined, data: string, eventId?: string): void {
    const lines = [
      ...(name === undefined ? [] : [`event: ${name}`]),
      ...(eventId === undefined ? [] : [`id: ${eventId}`]),
      `data: ${data}`,
    ];
    this.#write(Buffer.from(this.#ending([...lines, "", ""].join("\n"))));
  }

  /** Ends the body, and waits until it has left. */
  end(): void {
    this.#queue = this.#queue.then(
      () =>
        new Promise((resolve) => {
          if (this.#response.closed) return resolve();
          this.#response.once("close", resolve);
          this.#response.end(resolve);
        }),
    );
  }

  destroy(): void {
    this.#response.destroy();
  }

  #sendPart(bytes: Buffer, last: boolean, eventId: string | undefined): void {
    if (!this.#begun) this.#beginStream();
    this.#write(this.#event(bytes, eventId));
    if (last) this.end();
  }

  #sendWhole(bytes: Buffer, status: number): void {
    const length = this.#cut === undefined ? { "content-length": String(bytes.length) } : {};
    this.#begin(status, { "content-type": "application/json", ...length });
    this.#write(bytes);
    this.end();
  }

  #beginStream(): void {
    this.#begin(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const { values } = this.#server.switches;
    if (values["sse-style"].includes("bom")) this.#write(Buffer.from("\uFEFF"));
    if (values["sse-style"].includes("retry")) this.#write(Buffer.from(this.#ending("retry: 50\n\n")));
  }

  #begin(status: number, headers: Record<string, string>): void {
    this.#begun = true;
    const type = this.#server.switches.values["content-type"];
    this.#queue = this.#queue.then(async () => {
      await wait(this.#headersDelay);
      if (this.#drop === -1) return void this.#response.destroy();
      this.#response.writeHead(status, { ...headers, ...this.#options.headers, ...(type && { "content-type": type }) });
      this.#response.flushHeaders();
    });
  }

  #event(bytes: Buffer, eventId: string | undefined): Buffer {
    const styles = this.#server.switches.values["sse-style"];
    const text = styles.includes("multiline") ? JSON.stringify(JSON.parse(bytes.toString("utf8")), null, 1) : undefined;
    const before = `${styles.includes("comments") ? ": a comment\n" : ""}${styles.includes("bare") ? "" : "event: message\n"}${eventId === undefined ? "" : `id: ${eventId}\n`}`;
    const data = text === undefined ? bytes : Buffer.from(text.replaceAll("\n", "\ndata: "));
    const parts = [this.#ending(`${before}data: `), text === undefined ? data : this.#ending(data.toString("utf8")), this.#ending("\n\n")];
    return Buffer.concat(parts.map((part) => Buffer.from(part)));
  }

  #ending(text: string): string {
    const styles = this.#server.switches.values["sse-style"];
    return styles.includes("crlf") ? text.replaceAll("\n", "\r\n") : styles.includes("cr") ? text.replaceAll("\n", "\r") : text;
  }

  /** Writes in pieces where asked, and no further than `drop` or `cut` allow. */
  #write(bytes: Buffer): void {
    this.#queue = this.#queue.then(async () => {
      const limit = this.#drop ?? this.#cut ?? Infinity;
      const allowed = bytes.subarray(0, Math.max(0, limit - this.#written));
      this.#written += bytes.length;
      const size = this.#server.switches.values["split-at"] || allowed.length;
      for (let at = 0; at < allowed.length; at += size) {
        await this.#push(allowed.subarray(at, at + size));
        if (size < allowed.length) await wait(1);
      }
      if (this.#written < limit || limit === Infinity) return;
      if (this.#drop === undefined) this.#response.end();
      else this.#response.destroy();
    });
  }

  #push(bytes: Buffer): Promise<void> {
    if (this.#response.destroyed || this.#response.writableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.#response.once("close", resolve);
      this.#response.write(bytes, () => {
        this.#response.off("close", resolve);
        resolve();
      });
    });
  }
}
