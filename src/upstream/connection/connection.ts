/**
 * The protocol over one Link: which answer belongs to which request, whose progress and whose question a message is.
 * It knows one connection and no reconnecting.
 */

import { Body } from "../../base/body.ts";
import type { Answer, Call, Era, RpcError } from "../../base/call.ts";
import type { Clock } from "../../base/clock.ts";
import { isTooDeep } from "../../base/depth.ts";
import { ToolyardError } from "../../base/errors.ts";
import { objectOr, stringOr, type JsonObject } from "../../base/json.ts";
import { linksIn } from "../../era/links.ts";
import { outboundMeta, withoutRound, type Hop } from "../../era/meta.ts";
import type { Envelope, RpcId } from "../../wire/envelope.ts";
import type { Link, LinkEvents, LinkFailure } from "../links/link.ts";
import { quote } from "../../config/problems.ts";
import { Abandoned } from "./abandoned.ts";
import { Notifications, type ConnectionEvents } from "./notifications.ts";
import { OpenLinks } from "./open-links.ts";
import { Pending, type RequestLimits } from "./pending.ts";
import { Questions, type QuestionRules } from "./questions.ts";
import { TaskCalls } from "./task-calls.ts";

export interface ConnectionOptions {
  readonly server: string;
  readonly clock: Clock;
  readonly questions: QuestionRules;
  /** ClientCapabilities that are declared on this connection. */
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

/** What the handshake found out. */
export interface Spoken {
  readonly era: Era;
  readonly version: string;
  /** ServerCapabilities. */
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
}

export interface OutRequest {
  readonly method: string;
  /** With the server's own names and URIs. */
  readonly params: Body;
  readonly limits: RequestLimits;
  /** The call that this serves. */
  readonly call?: Call;
  /** Gives up a request that serves no call. */
  readonly signal?: AbortSignal;
  /** Of a `subscriptions/listen`: takes the part of its filter that the server honours. */
  readonly acknowledged?: (honoured: JsonObject) => void;
  /** Of a called tool, as the server itself lists it. */
  readonly inputSchema?: unknown;
}

export interface Noise {
  readonly count: number;
  /** The beginning of the first. */
  readonly first: string;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #questions: Questions;
  readonly #links: OpenLinks;
  readonly #abandoned = new Abandoned();
  /** Of those who have called; two are as good as many. */
  readonly #identities = new Set<string>();
  readonly #tasks = new TaskCalls();
  readonly #notifications: Notifications;
  #link: Link | undefined;
  #noise: Noise | undefined;
  #spoken: Spoken | undefined;
  #ended: LinkFailure | undefined;
  #nextId = 1;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#links = new OpenLinks(options.server);
    this.#questions = new Questions(options.server, options.questions, (text) => events.notice(text), this.#links);
    this.#notifications = new Notifications({
      events,
      pending: this.#pending,
      questions: this.#questions,
      links: this.#links,
      tasks: this.#tasks,
    });
  }

  /** Puts this connection on a link. The link's events must go to {@link Connection.linkEvents}. */
  attach(link: Link): void {
    this.#link = link;
  }

  /** Where a link reports to. */
  get linkEvents(): LinkEvents {
    return {
      message: (envelope, stream) => this.#message(envelope, stream),
      lost: (id, failure) => this.#lost(id, failure),
      closed: (failure) => this.#closed(failure),
      deaf: () => this.#events.deaf(),
      gap: () => {
        this.#missed();
        this.#events.reopened();
      },
      noise: (excerpt) => this.#heardNoise(excerpt),
    };
  }

  get link(): Link {
    if (this.#link === undefined) throw new ToolyardError("INTERNAL", "A connection was used before it had a link.");
    return this.#link;
  }

  get spoken(): Spoken | undefined {
    return this.#spoken;
  }

  /** Requests in flight that serve a call; our own are not counted. */
  get calls(): number {
    let count = 0;
    for (const { call } of this.#pending.values()) if (call !== undefined) count++;
    return count;
  }

  /** Is a call still at work after its answer, as a task? */
  get hasTasks(): boolean {
    return this.#tasks.isBusy(this.#options.clock.now());
  }

  /** What has come that is no MCP message, or one that a server may not send; undefined: nothing. */
  get noise(): Noise | undefined {
    return this.#noise;
  }

  get ended(): LinkFailure | undefined {
    return this.#ended;
  }

  /** Fixes what the handshake found out; every later request follows it. */
  speak(spoken: Spoken): void {
    this.#spoken = spoken;
    this.link.speak(spoken.era, spoken.version);
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws CALL_TIMEOUT, CANCELLED, SERVER_* or OUTCOME_UNKNOWN
   */
  request(request: OutRequest): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#errorOf({ ...this.#ended, started: false }, request.method));
    if (request.call?.signal?.aborted) return Promise.reject(new ToolyardError("CANCELLED", "The caller cancelled."));
    const id = this.#nextId++;
    const { method, params, call, limits, signal, inputSchema, acknowledged } = request;
    if (call !== undefined && this.#identities.size < 2) this.#identities.add(call.caller.identity);
    const task = call?.origin === undefined ? undefined : stringOr(params.get("taskId"));
    const pending = new Pending({ id, method, call, limits, signal, task }, this.#options.clock, this.#giveUp);
    this.#pending.set(id, pending);
    if (acknowledged !== undefined) this.#notifications.awaitAcknowledgement(id, acknowledged);
    this.link.request({ id, method, params: this.#outbound(request, id), inputSchema });
    return pending.answer;
  }

  notify(method: string, params: Body): void {
    this.link.notify(method, params);
  }

  /** Its client has other roots than before: told to a server that was told that there are some (spec 2025-11-25: Roots). */
  rootsChanged(): void {
    const isTold = this.#spoken?.era === "legacy" && objectOr(this.#options.capabilities["roots"])["listChanged"] === true;
    if (isTold) this.notify("notifications/roots/list_changed", Body.empty);
  }

  /** Closes once the requests that are in flight have ended; whoever calls this sends no more. Never rejects. */
  async retire(): Promise<void> {
    await Promise.allSettled([...this.#pending.values()].map(({ answer }) => answer));
    await this.close();
  }

  /** @param why what requests that are still in flight are told */
  async close(why = "The connection was closed."): Promise<void> {
    for (const pending of this.#pending.values()) {
      this.#forget(pending);
      pending.reject(this.#errorOf({ code: "SERVER_EXITED", message: why, started: true }, pending.method));
    }
    await this.#link?.close();
  }

  #outbound({ method, params, call }: OutRequest, id: number): Body {
    const progressToken = method === "tools/call" || call?.progress !== undefined ? id : undefined;
    const own = this.#spoken?.era === "modern" ? params : withoutRound(params);
    return outboundMeta(own, this.#hop(call, progressToken));
  }

  #hop(call: Call | undefined, progressToken: number | undefined): Hop {
    if (this.#spoken?.era !== "modern") return { era: "legacy", progressToken };
    const capabilities = call === undefined ? {} : this.#questions.modernCapabilities(call);
    const { version } = this.#spoken;
    return { era: "modern", version, capabilities, clientInfo: this.#options.clientInfo, logLevel: call?.logLevel, progressToken };
  }

  readonly #giveUp = (pending: Pending, error: ToolyardError): void => {
    if (!this.#forget(pending)) return;
    if (pending.call !== undefined)
      this.#abandoned.add(pending.id, pending.call.caller, this.#options.clock.now() + pending.limits.quietMs);
    this.link.cancel(pending.id, error.code === "CANCELLED" ? "The caller cancelled." : "The time for this request is over.");
    pending.reject(error);
  };

  #forget(pending: Pending): boolean {
    this.#questions.drop(pending.id);
    this.#notifications.forget(pending.id);
    return this.#pending.delete(pending.id);
  }

  #message(envelope: Envelope, stream: number | undefined): void {
    if (envelope.kind === "answer") return this.#answered(envelope, stream);
    if (envelope.kind === "request" && envelope.id !== undefined) return this.#asked(envelope, envelope.id, stream);
    this.#notifications.take(envelope, stream);
  }

  #answered(envelope: Envelope, stream: number | undefined): void {
    const id = envelope.id ?? stream;
    const pending = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (pending === undefined) return this.#answeredNobody(id);
    this.#forget(pending);
    const { result, error } = envelope;
    if (result?.isObject === true) return this.#succeeded(pending, result);
    if (error !== undefined) return this.#failed(pending, error);
    const message = `The server's answer has ${result === undefined ? "neither result nor error" : "a result that is no object"}.`;
    pending.reject(this.#errorOf({ code: "SERVER_PROTOCOL", message, started: true }, pending.method));
  }

  /** It comes late, or to a request that there never was. */
  #answeredNobody(id: RpcId | undefined): void {
    this.#abandoned.answered(id);
    const asked = typeof id === "number" && id > 0 && id < this.#nextId;
    if (!asked) this.#heardNoise(`an answer to ${JSON.stringify(id) ?? "nothing"}, which nobody asked`);
  }

  #lost(id: number, failure: LinkFailure): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#forget(pending);
    const error = failure.answer?.error;
    if (error !== undefined && !failure.sessionLost && failure.code === "SERVER_PROTOCOL") return this.#failed(pending, error);
    pending.reject(this.#errorOf(failure, pending.method));
  }

  #succeeded(pending: Pending, result: Body): void {
    const era = this.#spoken?.era ?? "legacy";
    this.#tasks.made(pending, era, result, this.#options.clock.now());
    this.#tasks.answered(pending, result);
    pending.resolve({ result });
  }

  /** By an error of the server's own, which may have links in it. */
  #failed(pending: Pending, error: RpcError): void {
    for (const { elicitationId } of linksIn(error)) this.#links.expect(elicitationId, pending.call);
    pending.resolve({ error });
  }

  #closed(failure: LinkFailure): void {
    this.#ended = failure;
    for (const pending of [...this.#pending.values()]) {
      this.#forget(pending);
      pending.reject(this.#errorOf(failure, pending.method));
    }
    this.#events.closed(failure);
  }

  /** A request that may have run, and may have changed something, is never called merely lost. */
  #errorOf(failure: LinkFailure, method: string): ToolyardError {
    const { started, sessionLost = false, status } = failure;
    const uncertain = started && method === "tools/call" && failure.code !== "MESSAGE_TOO_LARGE" && failure.code !== "SERVER_AUTH_REQUIRED";
    const details = { server: this.#options.server, started, sessionLost, ...(status === undefined ? {} : { status }) };
    if (!uncertain) return new ToolyardError(failure.code, failure.message, details);
    return new ToolyardError(
      "OUTCOME_UNKNOWN",
      `The answer was lost after the call was sent: it may have run. ${failure.message}`,
      details,
    );
  }

  /** What was said meanwhile is not known: as if all of it had been said. */
  #missed(): void {
    for (const kind of ["tools", "prompts", "resources"] as const) {
      if (objectOr(this.#spoken?.capabilities[kind])["listChanged"] === true) this.#events.listChanged(kind);
    }
  }

  /** Told once; servers that print do so all the time. */
  #heardNoise(excerpt: string): void {
    if (this.#noise === undefined) this.#events.notice(`sent what it may not send: ${quote(excerpt)}`);
    this.#noise = { count: (this.#noise?.count ?? 0) + 1, first: this.#noise?.first ?? excerpt };
  }

  #asked(envelope: Envelope, id: RpcId, stream: number | undefined): void {
    if (this.#spoken?.era === "modern") return this.#heardNoise(`the request ${envelope.method}, which servers of its era do not send`);
    if (envelope.method === "ping") return this.link.reply(id, { result: Body.empty });
    if (isTooDeep(envelope.params)) return this.link.reply(id, { error: { code: -32602, message: "The request is nested too deeply." } });
    const own = stream === undefined ? undefined : (this.#pending.get(stream) ?? "gone");
    const abandoned = this.#abandoned.callers(this.#options.clock.now());
    void this.#questions
      .put({
        ...{ method: envelope.method ?? "", params: envelope.params, id, own, open: this.#pending.values(), abandoned },
        ...{ tasks: this.#tasks, shared: this.#identities.size > 1 },
      })
      .then((answer) => {
        if (this.#ended === undefined && answer !== undefined) this.link.reply(id, answer);
      });
  }
}
