/** What a server tells without being asked: to whom it goes. */

import type { Body } from "../../base/body.ts";
import { isTooDeep } from "../../base/depth.ts";
import { objectOr, type JsonObject } from "../../base/json.ts";
import { META } from "../../era/meta.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { LinkFailure } from "../links/link.ts";
import type { OpenLinks } from "./open-links.ts";
import type { Pending } from "./pending.ts";
import type { Questions } from "./questions.ts";
import type { TaskCalls } from "./task-calls.ts";

export type ListKind = "tools" | "prompts" | "resources";

export interface ConnectionEvents {
  listChanged(kind: ListKind): void;
  /** A resource that somebody watches has changed, or a part of it. */
  updated(uri: string): void;
  /** A log message of the server that belongs to no call. */
  log(params: JsonObject): void;
  /** The server no longer keeps the stream open on which it tells what belongs to no request. */
  deaf(): void;
  /** That stream was lost and stands again: what was told meanwhile is not known, and perhaps not what it was asked to tell. */
  reopened(): void;
  /** What a server sent against the rules, or what was refused to it; for the state that people see. */
  notice(text: string): void;
  closed(failure: LinkFailure): void;
}

const LIST_CHANGED: ReadonlyMap<string, ListKind> = new Map([
  ["notifications/tools/list_changed", "tools"],
  ["notifications/prompts/list_changed", "prompts"],
  ["notifications/resources/list_changed", "resources"],
]);

/** What came and was dropped, as it belongs to nothing. */
/** What the protocol defines beside what is handled here, and nobody passes on as it is. */
const NOT_OF_A_CALL: ReadonlySet<string> = new Set([
  "notifications/initialized",
  "notifications/roots/list_changed",
  "notifications/tasks",
]);

export interface NotificationParts {
  readonly events: ConnectionEvents;
  /** Requests in flight, by their ids. */
  readonly pending: ReadonlyMap<number, Pending>;
  readonly questions: Questions;
  readonly links: OpenLinks;
  readonly tasks: TaskCalls;
}

export class Notifications {
  readonly #parts: NotificationParts;
  /** Of streams of news that the server has not acknowledged yet. */
  readonly #unacknowledged = new Map<number, (honoured: JsonObject) => void>();

  constructor(parts: NotificationParts) {
    this.#parts = parts;
  }

  /** @param honoured takes the part of the filter of a `subscriptions/listen` that the server honours */
  awaitAcknowledgement(id: number, honoured: (filter: JsonObject) => void): void {
    this.#unacknowledged.set(id, honoured);
  }

  /** The request is over. */
  forget(id: number): void {
    this.#unacknowledged.delete(id);
  }

  /** @param stream id of the request on whose own stream it came */
  take({ method = "", params }: Envelope, stream: number | undefined): void {
    const kind = LIST_CHANGED.get(method);
    if (kind !== undefined) return this.#parts.events.listChanged(kind);
    if (isTooDeep(params)) return this.#parts.events.notice(`sent ${method} nested more deeply than it can be passed on`);
    const object = params.object;
    switch (method) {
      case "notifications/progress":
        return this.#progressed(object);
      case "notifications/message":
        return this.#logged(object, stream);
      case "notifications/resources/updated":
        return typeof object["uri"] === "string" ? this.#parts.events.updated(object["uri"]) : undefined;
      case "notifications/subscriptions/acknowledged":
        return this.#acknowledged(object);
      case "notifications/tasks/status":
        return this.#parts.tasks.told(params);
      case "notifications/elicitation/complete":
        return this.#parts.links.complete(object["elicitationId"]);
      case "notifications/cancelled":
        return this.#parts.questions.withdraw(object["requestId"]);
      default:
        return this.#notifiedUnknown(method, params, stream);
    }
  }

  /** It concerns the call on whose own stream it came, and nobody else. */
  #notifiedUnknown(method: string, params: Body, stream: number | undefined): void {
    if (stream !== undefined && !NOT_OF_A_CALL.has(method)) this.#parts.pending.get(stream)?.call?.notify?.(method, params);
  }

  #progressed({ progressToken, ...progress }: JsonObject): void {
    const pending = typeof progressToken === "number" ? this.#parts.pending.get(progressToken) : undefined;
    if (pending === undefined) return this.#parts.tasks.progressed(progressToken, progress);
    if (pending.progress(progress["progress"])) pending.call?.progress?.(progress);
  }

  #acknowledged({ _meta, notifications }: JsonObject): void {
    const id = objectOr(_meta)[META.subscriptionId];
    if (typeof id !== "number") return;
    this.#unacknowledged.get(id)?.(objectOr(notifications));
    this.#unacknowledged.delete(id);
  }

  #logged(params: JsonObject, stream: number | undefined): void {
    const call = stream === undefined ? undefined : this.#parts.pending.get(stream)?.call;
    if (call?.log !== undefined) call.log(objectOr(params));
    else this.#parts.events.log(params);
  }
}
