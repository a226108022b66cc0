/** Calls that have become tasks: what a server says of one later goes to whoever made it (spec 2025-11-25: Tasks). */

import type { Body } from "../../base/body.ts";
import type { Call, Era } from "../../base/call.ts";
import type { JsonObject } from "../../base/json.ts";
import { createdTask, isOver, takesTasks } from "../../era/tasks.ts";
import type { Pending } from "./pending.ts";

/** Older ones are forgotten: a server may keep a task for ever. */
const MOST = 1_024;
/** A task that its server keeps for ever keeps the server awake for so long, in ms. */
const LONGEST_MS = 60 * 60 * 1_000;

interface Running {
  /** The request that made it: its progress token stays good. */
  readonly pending: Pending;
  readonly until: number;
}

export class TaskCalls {
  /** By the server's own ids. */
  readonly #running = new Map<string, Running>();

  /** A request was answered, perhaps by a task. */
  made(pending: Pending, era: Era, result: Body, now: number): void {
    const { method, call } = pending;
    const mayBe = era === "legacy" ? call?.task !== undefined : method === "tools/call" && takesTasks(call?.caller.capabilities ?? {});
    const task = mayBe ? createdTask(era, result) : undefined;
    if (task === undefined) return;
    this.#running.set(task.id, { pending, until: now + Math.min(task.ttlMs ?? LONGEST_MS, LONGEST_MS) });
    const [oldest] = this.#running.keys();
    if (this.#running.size > MOST && oldest !== undefined) this.#running.delete(oldest);
  }

  /** The call that has become this task. */
  call(id: string | undefined): Call | undefined {
    return id === undefined ? undefined : this.#running.get(id)?.pending.call;
  }

  /** The server tells how a task stands. */
  told(status: Body): void {
    const id = status.get("taskId");
    if (typeof id !== "string") return;
    this.call(id)?.task?.(status);
    if (isOver(status)) this.#running.delete(id);
  }

  /** A request about a task was answered: from the end of a task on nothing more is expected. */
  answered({ method, task }: Pending, result: Body): void {
    if (task === undefined) return;
    if (method === "tasks/result" || isOver(result)) this.#running.delete(task);
  }

  progressed(token: unknown, progress: JsonObject): void {
    for (const { pending } of this.#running.values()) {
      if (pending.id === token && pending.progress(progress["progress"])) pending.call?.progress?.(progress);
    }
  }

  /** Is a task at work, as far as is known? */
  isBusy(now: number): boolean {
    for (const [id, { until }] of this.#running) if (until <= now) this.#running.delete(id);
    return this.#running.size > 0;
  }
}
