import { Body } from "../../base/body.ts";
import { isObject, objectOr, stringOr, type JsonObject, type JsonValue } from "../../base/json.ts";
import { messageOf } from "../../base/errors.ts";
import type { LocalTool } from "../../config/config.ts";
import { LATEST_LEGACY } from "../../era/revisions.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { Link, LinkEvents, LinkRequest } from "./link.ts";

type Reply = { result: Body } | { error: { code: number; message: string } };

/** A server inside this process: a list of tools that are functions. */
export class LocalLink implements Link {
  readonly kind = "local";
  readonly #tools: ReadonlyMap<string, LocalTool>;
  readonly #events: LinkEvents;
  readonly #running = new Map<number, AbortController>();

  constructor(tools: readonly LocalTool[], events: LinkEvents) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#events = events;
  }

  speak(): void {}
  notify(): void {}
  reply(): void {}

  request(request: LinkRequest): void {
    const abort = new AbortController();
    this.#running.set(request.id, abort);
    void this.#answer(request, abort.signal).then((reply) => {
      if (this.#running.delete(request.id)) this.#events.message(toEnvelope(request.id, reply), request.id);
    });
  }

  cancel(id: number, reason: string): void {
    this.#running.get(id)?.abort(new Error(reason));
    this.#running.delete(id);
  }

  async close(): Promise<void> {
    for (const abort of this.#running.values()) abort.abort(new Error("The server was closed."));
    this.#running.clear();
    this.#events.closed({ code: "SERVER_EXITED", message: "The server was closed.", started: true });
  }

  async #answer({ id, method, params }: LinkRequest, signal: AbortSignal): Promise<Reply> {
    switch (method) {
      case "initialize":
        return {
          result: Body.of({ protocolVersion: LATEST_LEGACY, capabilities: { tools: {} }, serverInfo: { name: "local", version: "1" } }),
        };
      case "tools/list":
        return { result: Body.of({ tools: [...this.#tools.values()].map(definitionOf) }) };
      case "tools/call":
        return await this.#call(id, params.object, signal);
      default:
        return { error: { code: -32601, message: `Method not found: ${method}` } };
    }
  }

  async #call(id: number, { name, arguments: args, _meta }: JsonObject, signal: AbortSignal): Promise<Reply> {
    const tool = this.#tools.get(stringOr(name) ?? "");
    if (tool === undefined) return { error: { code: -32602, message: `Unknown tool: ${stringOr(name) ?? "(no name)"}` } };
    const token = objectOr(_meta)["progressToken"] ?? id;
    const progress = (value: number, total?: number, message?: string): void => this.#progress(token, { progress: value, total, message });
    try {
      return { result: Body.of(toResult(await tool.call(objectOr(args), { signal, progress }))) };
    } catch (error) {
      return { result: Body.of({ content: [{ type: "text", text: messageOf(error) }], isError: true }) };
    }
  }

  #progress(progressToken: JsonValue, progress: JsonObject): void {
    const params = Body.of({ progressToken, ...progress });
    const method = "notifications/progress";
    this.#events.message({ kind: "notification", id: undefined, method, params, result: undefined, error: undefined }, undefined);
  }
}

/** The tool as `tools/list` gives it: everything but the function. */
function definitionOf(tool: LocalTool): JsonObject {
  const fields = Object.entries(tool).filter(([, value]) => typeof value !== "function");
  return { inputSchema: { type: "object" }, ...(Object.fromEntries(fields) as JsonObject) };
}

/** A function may return a whole CallToolResult, or just its value. */
function toResult(value: unknown): JsonObject {
  if (isObject(value) && Array.isArray(value["content"])) return value;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const content: JsonObject = { content: [{ type: "text", text }] };
  return isObject(value) ? { ...content, structuredContent: value } : content;
}

function toEnvelope(id: number, reply: Reply): Envelope {
  const common = { kind: "answer" as const, id, method: undefined, params: Body.empty };
  return "result" in reply ? { ...common, result: reply.result, error: undefined } : { ...common, result: undefined, error: reply.error };
}
