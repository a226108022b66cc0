/** Tools that run as tasks, of the kind of the server's era, and the methods by which a client follows them. */

import { isObject, objectOr, type JsonObject } from "../../../src/base/json.ts";
import { plain, RpcFailure } from "../../servers/hostile/protocol/message.ts";
import type { Offer } from "../../servers/hostile/protocol/offer.ts";
import type { Request } from "../../servers/hostile/protocol/request.ts";
import type { Tool } from "../../servers/hostile/protocol/tools.ts";
import { RIDDLE_QUESTION } from "./data.ts";

export const TASKS = "io.modelcontextprotocol/tasks";
const RELATED = "io.modelcontextprotocol/related-task";

interface Task {
  readonly id: string;
  readonly args: JsonObject;
  /** By which it was made. */
  readonly request: Request;
  status: string;
  /** What the client answered. */
  answer: JsonObject | undefined;
  readonly over: PromiseWithResolvers<void>;
}

const STAMP = "2026-01-02T03:04:05Z";
const TTL_MS = 60_000;

/** The tools, and the methods that go with them. */
export function tasksOf(era: "legacy" | "modern"): Pick<Offer, "methods" | "capabilities"> & { readonly tools: Tool[] } {
  const made = new Map<string, Task>();
  const own = era === "legacy" ? new LegacyTasks(made) : new ModernTasks(made);
  const tool = (name: string, taskSupport: string): Tool => ({
    definition: { name, inputSchema: { type: "object" }, ...(era === "legacy" && { execution: { taskSupport } }) },
    run: (args, request) => own.run(args, request, taskSupport === "required"),
  });
  const finish: Tool = {
    definition: { name: "finish", inputSchema: { type: "object" } },
    run: () => {
      for (const task of made.values()) if (task.status === "working") own.end(task, "completed");
      return text("finished");
    },
  };
  return { tools: [tool("work", "optional"), tool("labour", "required"), finish], methods: own.methods, capabilities: own.capabilities };
}

const text = (value: string): JsonObject => ({ content: [{ type: "text", text: value }] });

abstract class OwnTasks {
  abstract readonly capabilities: JsonObject;
  abstract readonly methods: Offer["methods"];
  readonly made: Map<string, Task>;

  constructor(made: Map<string, Task>) {
    this.made = made;
  }

  abstract run(args: JsonObject, request: Request, only: boolean): JsonObject;
  abstract end(task: Task, status: string): void;

  make(args: JsonObject, request: Request): Task {
    const id = `task-${this.made.size + 1}`; // anybody could guess it
    const task: Task = { id, args, request, status: "working", answer: undefined, over: Promise.withResolvers() };
    this.made.set(id, task);
    return task;
  }

  /** @throws RpcFailure when there is no such task */
  find({ params }: Request): Task {
    const task = this.made.get(plain(params["taskId"]));
    if (task === undefined) throw new RpcFailure(-32602, "Task not found");
    return task;
  }

  result({ args, answer }: Task): JsonObject {
    return text(JSON.stringify({ args, answer: answer ?? null }));
  }
}

/** Of revision 2025-11-25: the client asks for a task, and fetches its result, which waits. */
class LegacyTasks extends OwnTasks {
  readonly capabilities: JsonObject = { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } };
  readonly methods: Offer["methods"] = {
    "tasks/get": (request) => shape(this.find(request)),
    "tasks/cancel": (request) => {
      const task = this.find(request);
      if (task.status !== "working") throw new RpcFailure(-32602, "It is over");
      this.end(task, "cancelled");
      return shape(task);
    },
    "tasks/result": async (request) => {
      const task = this.find(request);
      if (task.args["ask"] === true && task.answer === undefined) await this.#ask(task, request);
      await task.over.promise;
      return { ...this.result(task), _meta: { [RELATED]: { taskId: task.id } } };
    },
  };

  run(args: JsonObject, request: Request, only: boolean): JsonObject {
    if (!isObject(request.params["task"])) {
      if (only) throw new RpcFailure(-32601, "It runs as a task only");
      return text("without a task");
    }
    const task = this.make(args, request);
    return { task: shape(task), _meta: { "com.example/kept": true } };
  }

  end(task: Task, status: string): void {
    task.status = status;
    const { connection, params } = task.request;
    const progressToken = objectOr(params["_meta"])["progressToken"];
    if (progressToken !== undefined) connection.notify("notifications/progress", { progressToken, progress: 9 });
    connection.notify("notifications/tasks/status", shape(task));
    task.over.resolve();
  }

  async #ask(task: Task, { connection, id }: Request): Promise<void> {
    task.status = "input_required";
    const { method, params } = RIDDLE_QUESTION;
    const asked = { ...objectOr(params), _meta: { [RELATED]: { taskId: task.id } } };
    const { result } = await connection.ask(plain(method), asked, id);
    task.answer = objectOr(result);
    this.end(task, "completed");
  }
}

function shape({ id, status }: Task): JsonObject {
  return { taskId: id, status, createdAt: STAMP, lastUpdatedAt: STAMP, ttl: TTL_MS, pollInterval: 50, "x-odd": [1] };
}

/** Of the extension: the server makes a task by itself, and its state has all in it. */
class ModernTasks extends OwnTasks {
  readonly capabilities: JsonObject = { extensions: { [TASKS]: {} } };
  readonly methods: Offer["methods"] = {
    "tasks/get": (request) => this.#state(this.find(declaring(request))),
    "tasks/cancel": (request) => {
      this.end(this.find(declaring(request)), "cancelled");
      return {};
    },
    "tasks/update": (request) => {
      const task = this.find(declaring(request));
      task.answer = objectOr(objectOr(request.params["inputResponses"])["q"]);
      this.end(task, "completed");
      return {};
    },
  };

  run(args: JsonObject, request: Request, only: boolean): JsonObject {
    if (declares(request)) return { resultType: "task", ...modernShape(this.make(args, request)) };
    if (only) throw new RpcFailure(-32021, "Missing required client capability", { requiredCapabilities: { extensions: { [TASKS]: {} } } });
    return text("without a task");
  }

  end(task: Task, status: string): void {
    task.status = status;
    task.over.resolve();
  }

  #state(task: Task): JsonObject {
    if (task.args["ask"] === true && task.status === "working") task.status = "input_required";
    const more = task.status === "completed" ? { result: this.result(task) } : {};
    const asks = task.status === "input_required" ? { inputRequests: { q: RIDDLE_QUESTION } } : {};
    return { ...modernShape(task), ...more, ...asks };
  }
}

function modernShape({ id, status }: Task): JsonObject {
  return { taskId: id, status, createdAt: STAMP, lastUpdatedAt: STAMP, ttlMs: TTL_MS, pollIntervalMs: 50, "x-odd": [1] };
}

function declares({ params }: Request): boolean {
  const capabilities = objectOr(objectOr(params["_meta"])["io.modelcontextprotocol/clientCapabilities"]);
  return isObject(objectOr(capabilities["extensions"])[TASKS]);
}

/** @throws RpcFailure */
function declaring(request: Request): Request {
  if (declares(request)) return request;
  throw new RpcFailure(-32021, "Missing required client capability", { requiredCapabilities: { extensions: { [TASKS]: {} } } });
}
