/** JSON-RPC messages as the hostile server writes them. */

import type { JsonObject } from "../../../../src/base/json.ts";

export type RpcId = string | number;

export interface Message {
  jsonrpc: "2.0";
  id?: RpcId | null;
  method?: string;
  params?: JsonObject;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** A JSON text that goes onto the wire as it is: big numbers, invalid UTF-8, repeated keys. */
export class RawJson {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** An answer with a JSON-RPC error. */
export class RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export function encode(message: Message | Buffer): Buffer {
  if (Buffer.isBuffer(message)) return message;
  if (!(message.result instanceof RawJson)) return Buffer.from(JSON.stringify(message));
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":`);
  return Buffer.concat([head, message.result.bytes, Buffer.from("}")]);
}

/** A value from outside as text: strings as they are, nothing as the fallback, the rest as JSON. */
export function plain(value: unknown, fallback = ""): string {
  if (value === undefined || value === null) return fallback;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The words by which a timed switch can name this request: its method, its kind, and for a tool call its tool. */
export function momentsOf(method: string, params: JsonObject, prefix = ""): string[] {
  const words = [method, "any"];
  if (method === "initialize" || method === "server/discover") words.push("handshake");
  if (method.endsWith("/list")) words.push("list");
  if (method === "tools/call") words.push("call", `call:${plain(params["name"])}`);
  return words.map((word) => prefix + word);
}
