/**
 * A legacy server's requests to its client: whose they are, and what is answered where nobody can be asked.
 * On stdio, HTTP+SSE and a GET stream such a request names no call; it is never guessed and never broadcast: it is put
 * only where every call that may have caused it, given-up ones too, is one client's.
 */

import { Body } from "../../base/body.ts";
import type { Answer, Call, Caller, RpcError } from "../../base/call.ts";
import type { JsonObject } from "../../base/json.ts";
import { canAsk, clientCapabilitiesToward } from "../../era/capabilities.ts";
import { relatedTask } from "../../era/tasks.ts";
import type { RpcId } from "../../wire/envelope.ts";
import { OpenLinks } from "./open-links.ts";
import type { Pending } from "./pending.ts";
import type { TaskCalls } from "./task-calls.ts";

export interface QuestionRules {
  /** What this connection lets a server ask of callers. */
  readonly ask: "auto" | "exclusive" | "none";
  /** True where the configuration names roots: servers may always ask for them. */
  readonly hasRoots: boolean;
  /** Roots that the configuration names, or the one host or client behind this connection has. Asked before any call, so never attributed. */
  roots(): Promise<readonly JsonObject[] | undefined>;
}

export interface ServerQuestion {
  readonly method: string;
  readonly params: Body;
  readonly id: RpcId;
  /** The request on whose own stream the question came; `gone` where that request has ended; undefined where it names none. */
  readonly own: Pending | "gone" | undefined;
  /** All requests open on this connection. */
  readonly open: Iterable<Pending>;
  /** Callers of requests that were given up and may still be at work. */
  readonly abandoned: Iterable<Caller>;
  /** Calls that have become tasks. */
  readonly tasks: TaskCalls;
  /** True once callers of several identities have come by this connection: a tool may ask after it has answered. */
  readonly shared: boolean;
}

const REFUSED = -1;
const UNKNOWN_METHOD = -32601;
const NOBODY = "no caller in flight can answer such a question";

interface Open {
  /** Undefined where the call has become a task, and nobody waits for that just now. */
  readonly pending: Pending | undefined;
  readonly abort: AbortController;
}

/** Who is asked. */
interface Asker {
  readonly call: Call;
  readonly pending: Pending | undefined;
}

export class Questions {
  readonly #server: string;
  readonly #rules: QuestionRules;
  readonly #notice: (text: string) => void;
  readonly #open = new Map<RpcId, Open>();
  readonly #links: OpenLinks;

  /** @param notice told of each refusal, with the setting that mends it */
  constructor(server: string, rules: QuestionRules, notice: (text: string) => void, links: OpenLinks = new OpenLinks(server)) {
    this.#server = server;
    this.#links = links;
    this.#rules = rules;
    this.#notice = notice;
  }

  /** The answer to give to the server; undefined where it withdrew the question. */
  async put(question: ServerQuestion): Promise<Answer | undefined> {
    const roots = question.method === "roots/list" ? await this.#rules.roots() : undefined;
    if (roots !== undefined) return { result: Body.of({ roots: [...roots] }) };
    const asker = this.#asker(question);
    if (typeof asker === "string") return this.#refuse(question, asker);
    return await this.#ask(question, asker);
  }

  /** What a modern server may ask in the course of this call: what the caller can answer, or we. */
  modernCapabilities({ caller: { capabilities } }: Call): JsonObject {
    const { ask, hasRoots } = this.#rules;
    return clientCapabilitiesToward({ asks: ask !== "none", hasRoots, caller: capabilities, modern: true });
  }

  /** A server took its question back. */
  withdraw(id: unknown): void {
    if (typeof id !== "string" && typeof id !== "number") return;
    this.#open.get(id)?.abort.abort();
    this.#open.delete(id);
  }

  /** A request has ended: its questions need no answer any more. */
  drop(pendingId: number): void {
    for (const [id, open] of this.#open) {
      if (open.pending?.id === pendingId) this.withdraw(id);
    }
  }

  /** The one call whose question this must be, or why there is none. */
  #asker(question: ServerQuestion): Asker | string {
    const { own, method, params } = question;
    if (this.#rules.ask === "none") return `its "ask" is "none"; set "ask": "auto" or "exclusive" on the server`;
    const ofTask = this.#askerOfTask(question);
    if (ofTask !== undefined) return ofTask;
    if (own === undefined) return this.#onlyAsker(question);
    if (own === "gone") return "the call that it belongs to has ended";
    return own.call !== undefined && canAnswer(own.call, method, params) ? { call: own.call, pending: own } : NOBODY;
  }

  /** Of a question that came on no call's stream. */
  #onlyAsker({ open, abandoned, method, params, shared }: ServerQuestion): Asker | string {
    if (method === "roots/list") return "it names no call, and roots may differ between callers";
    if (shared) return 'it names no call, and several identities call this server; set "sharing": "per-identity" on it';
    const candidates = [...open].filter(({ call }) => call !== undefined);
    const callers = new Set([...candidates.map(({ call }) => call?.caller), ...abandoned]);
    if (callers.size > 1)
      return `calls of ${callers.size} clients may have caused it; set "ask": "exclusive" or "sharing": "per-client" on the server`;
    const pending = candidates.find(({ call }) => canAnswer(call, method, params));
    return pending?.call === undefined ? NOBODY : { call: pending.call, pending };
  }

  /** A question that names a task is asked where its result is waited for, else of whoever made it (spec 2025-11-25: Tasks). */
  #askerOfTask({ open, tasks, method, params }: ServerQuestion): Asker | string | undefined {
    const task = relatedTask(params);
    if (task === undefined) return undefined;
    const pending = [...open].find((each) => each.method === "tasks/result" && each.task === task);
    const call = pending?.call ?? tasks.call(task);
    if (call === undefined) return undefined;
    return canAnswer(call, method, params) ? { call, pending } : NOBODY;
  }

  async #ask(question: ServerQuestion, { call, pending }: Asker): Promise<Answer | undefined> {
    if (call.ask === undefined) return this.#refuse(question, "no caller can answer");
    const abort = new AbortController();
    this.#open.set(question.id, { pending, abort });
    pending?.pause();
    try {
      const { method, params } = question;
      this.#links.expect(params.get("elicitationId"), call);
      const answer = await call.ask({ server: this.#server, method, params, signal: abort.signal });
      return abort.signal.aborted ? undefined : answer;
    } catch {
      return abort.signal.aborted ? undefined : refusal(question.method);
    } finally {
      pending?.resume();
      this.#open.delete(question.id);
    }
  }

  #refuse({ method }: ServerQuestion, reason: string): Answer {
    if (method !== "roots/list") this.#notice(`asked ${method} and was refused: ${reason}`);
    return refusal(method);
  }
}

function canAnswer(call: Call | undefined, method: string, params: Body): boolean {
  return call?.ask !== undefined && canAsk(call.caller.capabilities, method, params);
}

/** How each question is declined (spec 2025-11-25: elicitation `cancel`, sampling error -1). */
function refusal(method: string): Answer {
  if (method === "elicitation/create") return { result: Body.of({ action: "cancel" }) };
  const error: RpcError =
    method === "sampling/createMessage"
      ? { code: REFUSED, message: "The request was refused." }
      : { code: UNKNOWN_METHOD, message: `Nobody here answers ${method}.` };
  return { error };
}
