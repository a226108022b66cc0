/** A client on a pair of byte streams, a message a line: it sends what it is told and shows everything that came. */

import type { JsonObject } from "../../src/base/json.ts";
import { asMessage, Inbox, LEGACY_VERSION, modernParams, textOf, type Answering, type Id, type WireMessage } from "./inbox.ts";

export interface LineClientOptions {
  /** Default `legacy`: then call {@link LineClient.handshake} first. */
  readonly era?: "legacy" | "modern";
  readonly capabilities?: JsonObject;
  readonly answer?: Answering;
}

export interface LineRequestOptions {
  readonly id?: Id;
  readonly deadlineMs?: number;
}

export class LineClient {
  readonly inbox: Inbox;
  /** Lines that are no JSON object, in order. */
  readonly noise: string[] = [];
  readonly #options: LineClientOptions;
  readonly #write: (text: string | Buffer) => void;
  #nextId = 1;
  #rest = "";

  /** @param write puts bytes on the way to the server */
  constructor(options: LineClientOptions, write: (text: string | Buffer) => void) {
    this.#options = options;
    this.#write = write;
    this.inbox = new Inbox(options.answer);
  }

  /** Takes text that came from the server. */
  read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  /** Writes text as it is. */
  write(text: string | Buffer): void {
    this.#write(text);
  }

  send(message: JsonObject): void {
    this.write(`${JSON.stringify(message)}\n`);
  }

  notify(method: string, params: JsonObject = {}): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  cancel(id: Id, reason = "test"): void {
    this.notify("notifications/cancelled", { requestId: id, reason });
  }

  /** @throws Error when no answer came within `deadlineMs` */
  request(
    method: string,
    params: JsonObject = {},
    { id = this.#nextId++, deadlineMs = 10_000 }: LineRequestOptions = {},
  ): Promise<WireMessage> {
    const answer = this.inbox.answerTo(id, deadlineMs);
    const { era, capabilities = {} } = this.#options;
    this.send({ jsonrpc: "2.0", id, method, params: era === "modern" ? modernParams(params, capabilities) : params });
    return answer;
  }

  call(name: string, args: JsonObject = {}, options: LineRequestOptions & { readonly meta?: JsonObject } = {}): Promise<WireMessage> {
    const params = { name, arguments: args, ...(options.meta && { _meta: options.meta }) };
    return this.request("tools/call", params, options);
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

  /** The legacy handshake. */
  async handshake(version: string = LEGACY_VERSION): Promise<WireMessage> {
    const clientInfo = { name: "wire-client", version: "1.0.0" };
    const answer = await this.request("initialize", {
      protocolVersion: version,
      capabilities: this.#options.capabilities ?? {},
      clientInfo,
    });
    this.notify("notifications/initialized");
    return answer;
  }

  #take(line: string): void {
    let message: WireMessage | undefined;
    try {
      message = asMessage(JSON.parse(line));
    } catch {
      // noise
    }
    if (message === undefined) return void this.noise.push(line);
    const answer = this.inbox.take(message);
    if (answer !== undefined) this.send(answer);
  }
}
