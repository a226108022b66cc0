/** What a wire-level client keeps: every message that came, who waits for which answer, how questions are answered. */

import { isObject, type JsonObject } from "../../src/base/json.ts";
import { until, within } from "./wait.ts";

export type Id = string | number;

/** One JSON-RPC message as it came. */
export interface WireMessage {
  readonly jsonrpc?: string;
  readonly id?: Id | null;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: WireResult;
  /** HTTP status of the answer that it came in, where it came by HTTP. */
  readonly status?: number;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** A result, with the members that tests look at most. */
export interface WireResult {
  readonly content?: readonly { readonly type: string; readonly text?: string; readonly [member: string]: unknown }[];
  readonly isError?: boolean;
  readonly structuredContent?: unknown;
  readonly tools?: readonly { readonly name: string; readonly [member: string]: unknown }[];
  readonly [member: string]: unknown;
}

/** Answers a question of the server with a result; undefined leaves it without an answer. */
export type Answering = (question: WireMessage) => JsonObject | undefined;

export class Inbox {
  /** Everything that came, in order. */
  readonly messages: WireMessage[] = [];
  readonly #waiting = new Map<Id, (message: WireMessage) => void>();
  readonly #answer: Answering | undefined;

  constructor(answer: Answering | undefined) {
    this.#answer = answer;
  }

  /** Takes one message; returns the answer that is to be sent, if it is a question that gets one. */
  take(message: WireMessage): JsonObject | undefined {
    this.messages.push(message);
    const { id, method } = message;
    if (id === undefined || id === null) return undefined;
    if (method === undefined) {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
      return undefined;
    }
    const result = method === "ping" ? {} : this.#answer?.(message);
    return result === undefined ? undefined : { jsonrpc: "2.0", id, result };
  }

  /** The answer to the request with this id; to be called before it is sent. */
  answerTo(id: Id, deadlineMs: number): Promise<WireMessage> {
    const answer = new Promise<WireMessage>((resolve) => this.#waiting.set(id, resolve));
    return within(answer, deadlineMs, `an answer to ${JSON.stringify(id)}`, () => this.messages.slice(-10));
  }

  /** Messages with this method, in order. */
  of(method: string): WireMessage[] {
    return this.messages.filter((message) => message.method === method);
  }

  /**
   * The `nth` message (from 1) with this method, once it is there.
   *
   * @throws Error after `deadlineMs`, with the last messages
   */
  waitFor(method: string, deadlineMs = 5_000, nth = 1): Promise<WireMessage> {
    return until(
      () => this.of(method)[nth - 1],
      deadlineMs,
      `message ${nth} with method ${method}`,
      () => this.messages.slice(-10),
    );
  }
}

export function asMessage(value: unknown): WireMessage | undefined {
  return isObject(value) ? value : undefined;
}

/** The text of a tool's result, all blocks joined; an error answer as `error CODE: MESSAGE`. */
export function textOf({ result, error }: WireMessage): string {
  if (error !== undefined) return `error ${error.code}: ${error.message}`;
  return (result?.content ?? []).map((block) => block.text ?? `[${block.type}]`).join("\n");
}

export const MODERN_VERSION = "2026-07-28";
export const LEGACY_VERSION = "2025-11-25";

/** The params of a modern request: the given ones with the `_meta` that every such request needs. */
export function modernParams(params: JsonObject, capabilities: JsonObject): JsonObject {
  const own = isObject(params["_meta"]) ? params["_meta"] : {};
  const meta = {
    "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "wire-client", version: "1.0.0" },
  };
  return { ...params, _meta: { ...meta, ...own } };
}
