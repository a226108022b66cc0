/** What must be remembered of one client between its messages: a legacy session, or whoever is at the other end of a pipe. */

import type { Answer, Caller, Question } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { Ear } from "../../base/hearing.ts";
import type { JsonObject } from "../../base/json.ts";
import type { RpcId } from "../../wire/envelope.ts";
import { Links } from "./links.ts";
import { sendLog } from "./logs.ts";
import type { Outlet } from "./outlet.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { Subscriptions } from "./subscriptions.ts";

/** News that wait for a client that does not listen just now. They tell of lists and resources: the same ones come again and again. */
const MOST_NEWS = 64;

export class Peer {
  #caller: Caller | undefined;
  #ear: Ear | undefined;
  #logLevel: string | undefined;
  /** The resources of whose changes it is told. */
  readonly subscriptions: Subscriptions = new Subscriptions((news) => this.tell(news));
  /** The links that it was asked to open. */
  readonly links: Links = new Links((news) => this.tell(news));
  /** Where what belongs to no request goes. */
  readonly outlet: Outlet;
  readonly #relay: Relay;
  /** By the client's own ids: `1` and `"1"` are two. */
  readonly #running = new Map<RpcId, AbortController>();

  /** By their text: the same news twice is once. */
  readonly #news = new Map<string, Buffer>();

  constructor(outlet: Outlet, options: RelayOptions) {
    this.outlet = outlet;
    this.#relay = new Relay(options);
  }

  /** Who this is, once a handshake has told. */
  get caller(): Caller | undefined {
    return this.#caller;
  }

  /** Least severe level of log messages that it wants; undefined: what servers send unasked. */
  get logLevel(): string | undefined {
    return this.#logLevel;
  }

  /** A handshake has told who this is. @param hear how it hears what is logged for it alone */
  introduce(caller: Caller, hear: (take: (message: JsonObject) => void) => Ear): void {
    this.#ear?.close();
    this.#caller = caller;
    this.#logLevel = undefined;
    this.#ear = hear((message) => sendLog(message, this.#logLevel, this.outlet));
  }

  /** Resolves when servers know, or had a moment for it. */
  async setLogLevel(level: string): Promise<void> {
    this.#logLevel = level;
    await this.#ear?.setLevel(level);
  }

  /** How many of its requests are under way. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Begins a request; its signal aborts when the client cancels or is gone.
   *
   * @throws INVALID_REQUEST while another one has this id
   */
  begin(id: RpcId): AbortSignal {
    if (this.#running.has(id)) {
      throw new ToolyardError("INVALID_REQUEST", `A request with the id ${JSON.stringify(id)} is still under way.`, {
        mend: "Give each request an id of its own.",
      });
    }
    const abort = new AbortController();
    this.#running.set(id, abort);
    return abort.signal;
  }

  end(id: RpcId): void {
    this.#running.delete(id);
  }

  /** The client no longer waits for this request; nothing happens where there is none. */
  cancel(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") this.#running.get(id)?.abort();
  }

  /** Tells of a change that belongs to no request, now or once the client listens. */
  tell(news: Buffer): void {
    if (this.outlet.send(news, false) || this.#news.size >= MOST_NEWS) return;
    this.#news.set(news.toString("latin1"), news);
  }

  /** The client listens again. */
  catchUp(): void {
    const news = [...this.#news.values()];
    this.#news.clear();
    for (const each of news) this.tell(each);
  }

  /**
   * Puts a server's question to the client; see {@link Relay.ask}.
   *
   * @param own stream of the call that it belongs to; where that takes none, the client's own is used
   */
  ask(question: Question, caller: Caller, own: Outlet): Promise<Answer> {
    const send: Outlet["send"] = (message, droppable) =>
      own.send(message, droppable) || this.outlet.send(message, droppable) || (own.keep?.(message) ?? false);
    const params = this.links.shown(question.server, question.params);
    return this.#relay.ask({ ...question, params }, caller, { send });
  }

  /** Takes an answer of the client. */
  answered: Relay["answered"] = (envelope) => this.#relay.answered(envelope);

  /** The client is gone: everything of it is cancelled. */
  close(): void {
    for (const abort of this.#running.values()) abort.abort();
    this.#relay.close();
    this.#ear?.close();
    this.subscriptions.close();
  }
}

/** May this client be asked anything at all? */
export function canBeAsked({ era, capabilities }: Caller): boolean {
  const { elicitation, sampling, roots } = capabilities;
  return era === "legacy" && (elicitation ?? sampling ?? roots) !== undefined;
}
