/** One client's conversation with one server through the gateway, in the client's own revision: questions are answered in the way of its era. */

import type { JsonObject } from "../../../src/base/json.ts";
import { isObject, objectOr } from "../../../src/base/json.ts";
import { connectSocket } from "../../../src/gateway/socket.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import { HttpClient } from "../../support/http-client.ts";
import type { Id, Inbox, WireMessage } from "../../support/inbox.ts";
import { LineClient } from "../../support/line-client.ts";
import { until } from "../../support/wait.ts";
import { eraOf, type Column, type Era } from "../columns.ts";
import { APPS, EXTENSION } from "../server/data.ts";
import type { Place } from "./place.ts";

export interface Question {
  readonly method: string;
  readonly params: JsonObject;
}

export interface TalkOptions {
  readonly capabilities?: JsonObject;
  /** Below `/mcp`; default: the toolset of the column's server. */
  readonly endpoint?: string;
}

export interface TalkRequest {
  readonly id?: Id;
  readonly meta?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

/** All that a client can declare. */
export const EVERYTHING: JsonObject = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {}, context: {} },
  roots: {},
  extensions: { [EXTENSION]: { client: true }, [APPS]: { mimeTypes: ["text/html;profile=mcp-app"] } },
};

const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";
/** Rounds of questions that a client bears. */
const ROUNDS = 12;

export class Talk implements AsyncDisposable {
  readonly column: Column;
  readonly place: Place;
  readonly era: Era;
  /** Answer of the handshake, or of `server/discover`. */
  welcome: JsonObject = {};
  /** What the server has asked, in order. */
  readonly asked: Question[] = [];
  /** Answers with a result; undefined: with a refusal. */
  answer: (question: Question) => JsonObject | undefined = () => undefined;
  readonly #client: HttpClient | LineClient;
  readonly #close: () => void;
  #listens = 0;

  private constructor(place: Place, column: Column, made: { client: HttpClient | LineClient; close: () => void }) {
    this.place = place;
    this.column = column;
    this.era = eraOf(column.client.revision);
    this.#client = made.client;
    this.#close = made.close;
  }

  /** A client that has shaken hands. */
  static async open(place: Place, column: Column, { capabilities = EVERYTHING, endpoint }: TalkOptions = {}): Promise<Talk> {
    const { client, server } = column;
    const path = `/${endpoint ?? server.name}`;
    const talks: { made?: Talk } = {};
    const answer = (message: WireMessage): JsonObject | undefined => talks.made?.answerTo(message);
    const options = { era: eraOf(client.revision), capabilities, answer };
    const made = client.carrier === "http" ? overHttp(place, path, options) : await overPipe(place, path, options);
    const talk = new Talk(place, column, made);
    talks.made = talk;
    const hello = talk.era === "modern" ? await talk.request("server/discover") : await made.client.handshake(client.revision);
    talk.welcome = objectOr(hello.result);
    return talk;
  }

  get inbox(): Inbox {
    return this.#client.inbox;
  }

  /** The name under which clients see a tool or prompt of the server. */
  name(own: string): string {
    return `${this.column.server.name}__${own}`;
  }

  /** The answer to a request, once every question of the server is answered. */
  async request(method: string, params: JsonObject = {}, options: TalkRequest = {}): Promise<WireMessage> {
    let answer = await this.once(method, params, options);
    for (let round = 0; answer.result?.["resultType"] === "input_required"; round++) {
      if (round === ROUNDS) throw new Error(`After ${ROUNDS} rounds it still asks.`);
      const { inputRequests, requestState } = answer.result;
      const inputResponses = Object.fromEntries(Object.entries(objectOr(inputRequests)).map(([key, each]) => [key, this.#respond(each)]));
      const state = typeof requestState === "string" ? { requestState } : {};
      answer = await this.once(
        method,
        { ...params, inputResponses, ...state },
        { ...options, ...(options.id !== undefined && { id: `${options.id}-${round}` }) },
      );
    }
    return answer;
  }

  /** The answer to a request as it comes: in the modern era that may be a question. */
  once(method: string, params: JsonObject = {}, { meta, ...options }: TalkRequest = {}): Promise<WireMessage> {
    return this.#client.request(method, meta === undefined ? params : { ...params, _meta: meta }, options);
  }

  /** Calls a tool by the server's own name. */
  call(own: string, args: JsonObject = {}, options: TalkRequest = {}): Promise<WireMessage> {
    return this.request("tools/call", { name: this.name(own), arguments: args }, options);
  }

  /** A request that can be given up, in the way of the client's carrier and era. */
  begin(method: string, params: JsonObject, { id, meta }: { readonly id: Id; readonly meta?: JsonObject }): { cancel(): Promise<void> } {
    const closing = new AbortController();
    const full = meta === undefined ? params : { ...params, _meta: meta };
    const sent = { id, deadlineMs: 20_000, signal: closing.signal };
    this.#client.request(method, full, sent).catch(() => {}); // given up
    return {
      cancel: async () => {
        if (this.era === "modern" && this.column.client.carrier === "http") closing.abort();
        else await this.#client.cancel(id);
      },
    };
  }

  /** Has news of lists and of these resources come in from now on. Resolves once they are promised; gives what ends it. */
  async listen(notifications: JsonObject): Promise<{ readonly honoured: JsonObject; cancel(): Promise<void> }> {
    if (this.era === "legacy") {
      const stream = this.#client instanceof HttpClient ? await this.#client.listen() : undefined;
      return { honoured: notifications, cancel: async () => stream?.close() };
    }
    const id = `listen ${this.#listens++}`;
    const listening = this.begin("subscriptions/listen", { notifications }, { id });
    const acknowledged = await this.news("notifications/subscriptions/acknowledged", ({ _meta }) => objectOr(_meta)[SUBSCRIPTION] === id);
    return { honoured: objectOr(acknowledged["notifications"]), cancel: () => listening.cancel() };
  }

  /** Params of the first message with this method that fit, once it is there. */
  news(method: string, fits: (params: JsonObject) => boolean = () => true, deadlineMs = 5_000): Promise<JsonObject> {
    const find = (): JsonObject | undefined =>
      this.inbox
        .of(method)
        .map(({ params }) => objectOr(params))
        .find(fits);
    return until(find, deadlineMs, `${method} comes`, () => this.inbox.messages.slice(-5).map((message) => message.method ?? message.id));
  }

  notify(method: string, params: JsonObject = {}): Promise<unknown> {
    return Promise.resolve(this.#client.notify(method, params));
  }

  /** The answers to messages that go as one. */
  async batch(messages: readonly JsonObject[]): Promise<WireMessage[]> {
    const whole = messages as unknown as JsonObject; // written like any other message
    if (this.#client instanceof HttpClient) return JSON.parse(await (await this.#client.post(whole)).text());
    const { noise } = this.#client;
    this.#client.send(whole);
    return JSON.parse(await until(() => noise.at(-1)));
  }

  /** Forgets what was asked, and has no answers any more. */
  rest(): void {
    this.asked.length = 0;
    this.answer = () => undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  /** The answer to a legacy server's question; a refusal is sent here. */
  answerTo({ id, method = "", params }: WireMessage): JsonObject | undefined {
    const question = { method, params: objectOr(params) };
    this.asked.push(question);
    const result = this.answer(question);
    const refusal = { jsonrpc: "2.0", id: id ?? null, error: { code: -1, message: "no" } };
    if (result === undefined) void (this.#client instanceof HttpClient ? this.#client.post(refusal) : this.#client.send(refusal));
    return result;
  }

  #respond(request: unknown): JsonObject {
    const { method, params } = objectOr(request);
    const question = { method: plain(method), params: objectOr(params) };
    this.asked.push(question);
    const result = this.answer(question);
    if (!isObject(result)) throw new Error(`The client has no answer to ${question.method}.`);
    return result;
  }
}

interface ClientOptions {
  readonly era: Era;
  readonly capabilities: JsonObject;
  readonly answer: (message: WireMessage) => JsonObject | undefined;
}

function overHttp({ gateway }: Place, path: string, options: ClientOptions): { client: HttpClient; close: () => void } {
  const client = new HttpClient(gateway.url + path, options);
  return { client, close: () => void client[Symbol.asyncDispose]() };
}

async function overPipe({ socket }: Place, path: string, options: ClientOptions): Promise<{ client: LineClient; close: () => void }> {
  const connection = await connectSocket(socket, `/mcp${path}`);
  if (connection === undefined) throw new Error(`Nobody listens on ${socket}.`);
  const client = new LineClient(options, (text) => connection.write(text));
  connection.setEncoding("utf8").on("data", (text: string) => client.read(text));
  connection.on("error", () => {});
  connection.resume();
  return { client, close: () => connection.destroy() };
}
