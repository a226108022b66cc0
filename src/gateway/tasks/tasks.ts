/**
 * Tasks of servers, relayed to clients of the same era under ids of ours (spec 2025-11-25: Tasks; tasks extension to
 * 2026-07-28). Where servers' messages name a task, clients read their own id, and the other way round.
 */

import { Body } from "../../base/body.ts";
import type { Answer, Call, Caller, Origin, Question } from "../../base/call.ts";
import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { objectOr, stringOr, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Item } from "../../catalog/item.ts";
import { TASKS_EXTENSION } from "../../era/capabilities.ts";
import { META } from "../../era/meta.ts";
import { createdTask, relatedTask, takesTasks, withTaskId } from "../../era/tasks.ts";
import { namedRequests } from "../endpoint/relay.ts";
import { expiryOf, Handles, type Handle } from "./handles.ts";
import { KnownTasks, type Known } from "./known.ts";

/** On one page of a list: each costs its server a request. */
const PAGE = 50;
const UNKNOWN = -32602;

/** A request about one task, as its server gets it. */
export interface Opened {
  readonly params: Body;
  readonly origin: Origin;
  /** What came back, as the client gets it. */
  shown(answer: Answer): Answer;
}

/** What a caller sees of the servers. */
export interface Sight {
  sees(origin: Origin): boolean;
  /** Asks a server how a task stands. */
  look(params: Body, origin: Origin): Promise<Answer>;
}

export class Tasks {
  readonly #clock: Clock;
  readonly #handles: Handles;
  readonly #known = new KnownTasks();

  /** @param key of the state directory */
  constructor(key: Buffer, clock: Clock) {
    this.#clock = clock;
    this.#handles = new Handles(key);
  }

  /** The answer to a tool call, with the client's id where it has become a task. @param item the called tool */
  created(answer: Answer, caller: Caller, item: Item | undefined): Answer {
    const task = item === undefined || answer.result === undefined ? undefined : createdTask(caller.era, answer.result);
    if (item === undefined || task === undefined || answer.result === undefined) return answer;
    const { era, identity, instanceKey } = caller;
    const origin = { server: item.server, tool: item.id, ...(instanceKey === undefined ? {} : { instanceKey }) };
    const handle = { origin, task: task.id, era, identity, expires: expiryOf(task.ttlMs, this.#clock.now()) };
    const token = this.#handles.seal(handle);
    this.#known.note(token, handle, era === "legacy" ? objectOr(answer.result.get("task")) : {});
    return { result: withTaskId(answer.result, task.id, token) };
  }

  /**
   * A request about one task.
   *
   * @throws MISSING_CAPABILITY for a modern client that has not declared the extension, INVALID_PARAMS for a task that is not
   * this caller's
   */
  open(params: Body, caller: Caller): Opened {
    requireExtension(caller);
    const token = stringOr(params.get("taskId"));
    const handle = token === undefined ? undefined : this.#handles.open(token, caller, this.#clock.now());
    if (token === undefined || handle === undefined) throw new ToolyardError("INVALID_PARAMS", "Unknown task.");
    this.#known.note(token, handle);
    return {
      params: params.with({ taskId: handle.task }),
      origin: handle.origin,
      shown: (answer) => (answer.result === undefined ? answer : { result: shownResult(answer.result, token, handle) }),
    };
  }

  /** One page of the caller's own tasks, each as its server says that it stands. @throws INVALID_PARAMS for a cursor that was not given out */
  async list(cursor: JsonValue | undefined, caller: Caller, sight: Sight): Promise<Body> {
    const after = numberOf(cursor);
    const all = this.#known.of(caller, after, this.#clock.now()).filter(({ handle }) => sight.sees(handle.origin));
    const page = all.slice(0, PAGE);
    const tasks = (await Promise.all(page.map((each) => this.#look(each, sight)))).filter((task) => task !== undefined);
    const last = all.length > page.length ? page.at(-1) : undefined;
    return Body.of({ tasks, ...(last === undefined ? {} : { nextCursor: `t${last.number}` }) });
  }

  /** How a task stands, as a client is told unasked; undefined for one that it does not know. */
  status(status: Body, server: string, caller: Caller): Body | undefined {
    const task = stringOr(status.get("taskId"));
    const token = task === undefined ? undefined : this.#known.tokenOf(caller, server, task);
    return task === undefined || token === undefined ? undefined : withTaskId(status, task, token);
  }

  /** Has questions that belong to a task name it by the client's id, and answers by the server's. */
  relating(ask: NonNullable<Call["ask"]>, caller: Caller): NonNullable<Call["ask"]> {
    return async (question: Question) => {
      const task = relatedTask(question.params);
      if (task === undefined) return await ask(question);
      const token = this.#known.tokenOf(caller, question.server, task);
      if (token === undefined) return await ask({ ...question, params: unrelated(question.params) });
      const answer = await ask({ ...question, params: withTaskId(question.params, task, token) });
      return answer.result === undefined ? answer : { result: withTaskId(answer.result, token, task) };
    };
  }

  /** As its server says now; as it was last seen where that cannot be asked; undefined where it knows it no longer. */
  async #look({ token, handle, last }: Known, sight: Sight): Promise<JsonObject | undefined> {
    const { result, error } = await sight.look(Body.of({ taskId: handle.task }), handle.origin);
    if (error?.code === UNKNOWN || (result === undefined && Object.keys(last).length === 0)) return undefined;
    const task = result === undefined ? last : result.object;
    this.#known.note(token, handle, task);
    return { ...task, taskId: token };
  }
}

/** @throws MISSING_CAPABILITY for a modern client that has not declared that it can follow tasks */
export function requireExtension({ era, capabilities }: Caller): void {
  if (era === "legacy" || takesTasks(capabilities)) return;
  throw new ToolyardError("MISSING_CAPABILITY", "Tasks need the tasks extension, which this request does not declare.", {
    data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
  });
}

/** Questions in it name the server, as the client knows only us. */
function shownResult(result: Body, token: string, { task, era, origin }: Handle): Body {
  const shown = withTaskId(result, task, token);
  const requests = era === "modern" ? shown.get("inputRequests") : undefined;
  return requests === undefined ? shown : shown.with({ inputRequests: namedRequests(objectOr(requests), origin.server) });
}

function unrelated(params: Body): Body {
  return params.with({ _meta: params.member("_meta")?.with({ [META.relatedTask]: undefined }) });
}

/** @throws INVALID_PARAMS */
function numberOf(cursor: JsonValue | undefined): number {
  if (cursor === undefined) return 0;
  const [, digits] = /^t(\d{1,15})$/.exec(stringOr(cursor) ?? "") ?? [];
  if (digits === undefined)
    throw new ToolyardError("INVALID_PARAMS", "The cursor was not given out here.", { mend: "List again from the start." });
  return Number(digits);
}
