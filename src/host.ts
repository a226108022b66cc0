/** What a host gives and gets: its answers to questions, its calls, and what comes of them. */

import { Body } from "./base/body.ts";
import type { Answer, Question, RpcError } from "./base/call.ts";
import { stringOr, type JsonObject } from "./base/json.ts";
import type { Item } from "./catalog/item.ts";
import { schemaBlock } from "./router/router.ts";

/** What this host can answer when a server asks; each is optional. */
export interface Handlers {
  /** Answers `elicitation/create`: `{ action: "accept" | "decline" | "cancel", content? }`. */
  elicit?(request: JsonObject, context: QuestionContext): Promise<JsonObject> | JsonObject;
  /** Answers `sampling/createMessage`. */
  sample?(request: JsonObject, context: QuestionContext): Promise<JsonObject> | JsonObject;
  /** Roots of this host, as `file:` URIs. */
  roots?: readonly string[] | (() => Promise<readonly string[]> | readonly string[]);
}

export interface QuestionContext {
  /** The server that asks. */
  readonly server: string;
  /** Aborts when no answer is needed any more. */
  readonly signal: AbortSignal;
}

export interface CallOptions {
  /** Cancels the call; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The call ends after so many ms at the latest; the server's own limits hold beside it. */
  readonly timeoutMs?: number;
  onProgress?(progress: { progress: number; total?: number; message?: string }): void;
}

/** A CallToolResult (spec: Tools): unknown fields and content types are kept. */
export interface ToolResult {
  content: { type: string; [field: string]: unknown }[];
  structuredContent?: unknown;
  isError?: boolean;
  _meta?: Record<string, unknown>;
  [field: string]: unknown;
}

/** A tool that a search has found. */
export interface ToolHit {
  /** Its exposed name. */
  readonly name: string;
  readonly server: string;
  /** The server's own name for it. */
  readonly tool: string;
  /** In one line: `crm__search(text: string, limit?: integer)`. */
  readonly signature: string;
  /** The first sentence of what it says of itself. */
  readonly about: string;
  /** Comparable within one search only. */
  readonly score: number;
}

/** A tool as clients see it (spec: Tool), with its exposed name. */
export interface ToolDefinition {
  name: string;
  title?: string;
  description?: string;
  inputSchema: Record<string, unknown>;
  [field: string]: unknown;
}

/** This host's answer to a server's question. */
export async function answerOf(handlers: Handlers, { server, method, params, signal }: Question): Promise<Answer> {
  const context = { server, signal };
  if (method === "elicitation/create" && handlers.elicit) return { result: Body.of(await handlers.elicit(params.object, context)) };
  if (method === "sampling/createMessage" && handlers.sample) return { result: Body.of(await handlers.sample(params.object, context)) };
  if (method === "roots/list" && handlers.roots) {
    const uris = typeof handlers.roots === "function" ? await handlers.roots() : handlers.roots;
    return { result: Body.of({ roots: uris.map((uri) => ({ uri })) }) };
  }
  return { error: { code: -32601, message: `This host does not answer ${method}.` } };
}

/** A server's answer may be anything; a host gets a result with content in any case. */
export function toToolResult(body: Body): ToolResult {
  const value = body.object;
  if (Array.isArray(value["content"])) return value as unknown as ToolResult;
  const text = stringOr(body.value) ?? JSON.stringify(body.value);
  return { ...value, content: [{ type: "text", text }] };
}

/** An error on the wire, as the result that a model reads. @param item the tool that was called */
export function toErrorResult({ code, message }: RpcError, item: Item | undefined): ToolResult {
  const content: ToolResult["content"] = [{ type: "text", text: message }];
  if (code === -32602 && item !== undefined) content.push(schemaBlock(item) as { type: string });
  return { content, isError: true };
}
