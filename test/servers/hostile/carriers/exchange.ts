/** One HTTP request, and the plain ways to answer it. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Message } from "../protocol/message.ts";

/** One HTTP request with its body read. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: Buffer;
  /** Undefined where the body is no JSON-RPC message. */
  readonly message: Message | undefined;
  /** By what timed switches can name this request. */
  readonly moments: readonly string[];
}

/** A whole answer at once; nothing happens when one has begun already. */
export function answerJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(value === undefined ? "" : JSON.stringify(value));
}

/** An HTTP error with a JSON-RPC error in it. */
export function refuse(exchange: Exchange, status: number, code: number, message: string): void {
  answerJson(exchange.response, status, { jsonrpc: "2.0", id: exchange.message?.id ?? null, error: { code, message } });
}
