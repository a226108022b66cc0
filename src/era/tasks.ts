/**
 * Tasks are of two kinds: those of revision 2025-11-25, for which the client asks, and those of the extension to 2026-07-28,
 * which a server makes of a call by itself. What they share is an id, and where it stands (spec 2025-11-25: Tasks; tasks extension).
 */

import type { Body } from "../base/body.ts";
import type { Era } from "../base/call.ts";
import { isObject, objectOr, stringOr, type JsonObject } from "../base/json.ts";
import { TASKS_EXTENSION } from "./capabilities.ts";
import { META } from "./meta.ts";

const TERMINAL: ReadonlySet<unknown> = new Set(["completed", "failed", "cancelled"]);

/** A task as it was made. */
export interface Created {
  readonly id: string;
  /** How long its server keeps it from now on, in ms; undefined: for ever. */
  readonly ttlMs: number | undefined;
}

/** What a call has become in place of being answered; undefined where it was answered. */
export function createdTask(era: Era, result: Body): Created | undefined {
  if (era === "modern" && result.get("resultType") !== "task") return undefined;
  const { taskId, ttl, ttlMs } = era === "modern" ? result.object : objectOr(result.get("task"));
  if (typeof taskId !== "string") return undefined;
  const lasts = era === "modern" ? ttlMs : ttl;
  return { id: taskId, ttlMs: typeof lasts === "number" && lasts >= 0 ? lasts : undefined };
}

/** The same message with another id for its task, wherever it stands: flat, in `task`, or as the task that it is related to. */
export function withTaskId(message: Body, from: string, to: string): Body {
  const changes: Record<string, Body | string> = {};
  if (message.get("taskId") === from) changes["taskId"] = to;
  const task = message.member("task");
  if (task?.get("taskId") === from) changes["task"] = task.with({ taskId: to });
  const meta = message.member("_meta");
  if (relatedTask(message) === from && meta !== undefined) changes["_meta"] = meta.with({ [META.relatedTask]: { taskId: to } });
  return Object.keys(changes).length === 0 ? message : message.with(changes);
}

/** The task that a message says that it belongs to. */
export function relatedTask(message: Body): string | undefined {
  return stringOr(objectOr(objectOr(message.get("_meta"))[META.relatedTask])["taskId"]);
}

/** Says this message, which tells how a task stands, that it has ended? */
export function isOver(task: Body): boolean {
  return TERMINAL.has(task.get("status"));
}

/** Does this server make tasks of calls? */
export function makesTasks(era: Era, capabilities: JsonObject): boolean {
  if (era === "modern") return takesTasks(capabilities);
  const { requests } = objectOr(capabilities["tasks"]);
  return isObject(objectOr(objectOr(requests)["tools"])["call"]);
}

/** Has the other side declared the tasks extension? */
export function takesTasks(capabilities: JsonObject): boolean {
  return isObject(objectOr(capabilities["extensions"])[TASKS_EXTENSION]);
}

/** Does this tool run as a task only? Modern ones say so by an error of their own. */
export function isTaskOnly(tool: JsonObject): boolean {
  return objectOr(tool["execution"])["taskSupport"] === "required";
}
