/**
 * JSON-RPC 2.0 messages, read and written by their outside: params and results pass as the bytes that came. What is
 * written stands on one line: line breaks between tokens become spaces, in every carrier alike.
 */

import { Body } from "../base/body.ts";
import type { RpcError } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { findMember, scan, scanHead, valueAt, type Member } from "../base/scan.ts";
import { withoutBom } from "./bom.ts";
import { oneLine } from "./lines.ts";

export type RpcId = string | number;

/** The outside of one JSON-RPC 2.0 message; params and result stay as they came. */
export interface Envelope {
  readonly kind: "request" | "notification" | "answer";
  /** Undefined for notifications, and for an error answer to a message that could not be read (`id: null`). */
  readonly id: RpcId | undefined;
  readonly method: string | undefined;
  /** `{}` where the message has none. */
  readonly params: Body;
  readonly result: Body | undefined;
  readonly error: RpcError | undefined;
}

/**
 * Reads the outside of one message. `null` counts as absent where JSON-RPC allows no null (`method`, `params`, `error`,
 * and `result` beside an error), since many programs write every field that they know.
 *
 * @throws PARSE_ERROR when it is not JSON, INVALID_REQUEST when it is no JSON-RPC 2.0 message
 */
export function readEnvelope(bytes: Buffer): Envelope {
  const text = withoutBom(bytes);
  const members = scan(text, 2);
  if (members === undefined) throw noMessage(text);
  const message = new Message(text, members);
  if (message.value("jsonrpc") !== "2.0") throw invalid('"jsonrpc" is not "2.0"');
  return message.has("method") ? message.request() : message.answer();
}

/**
 * The id of a message of which only the beginning is known, or which is no good otherwise; undefined when it does not
 * stand there, or is no id.
 */
export function peekId(head: Buffer): RpcId | undefined {
  const text = withoutBom(head);
  const member = findMember(scanHead(text), "id");
  const id = member && valueAt(text, member);
  return isId(id) ? id : undefined;
}

/** A request, or without an id a notification, as bytes without a line end. */
export function writeRequest(id: RpcId | undefined, method: string, params: Body): Buffer {
  const head = id === undefined ? "" : `"id":${JSON.stringify(id)},`;
  return wrap(`{"jsonrpc":"2.0",${head}"method":${JSON.stringify(method)},"params":`, params);
}

/** A successful answer as bytes. */
export function writeResult(id: RpcId, result: Body): Buffer {
  return wrap(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`, result);
}

/** An error answer as bytes; `id` null where the request could not be read. */
export function writeError(id: RpcId | null, error: RpcError): Buffer {
  try {
    return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error }));
  } catch {
    // JSON.parse takes data nested more deeply than JSON.stringify can write.
    return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error: { code: error.code, message: error.message } }));
  }
}

/** Made in one piece of memory: messages are many, and most are small. */
function wrap(head: string, body: Body): Buffer {
  const { parts } = body;
  let length = Buffer.byteLength(head) + 1;
  for (const part of parts) length += part.length;
  const message = Buffer.allocUnsafe(length);
  let at = message.write(head);
  for (const part of parts) at += part.copy(message, at);
  message[at] = CLOSE_OBJECT;
  return oneLine(message);
}

const CLOSE_OBJECT = 0x7d;
/** Of `null`. */
const LOWER_N = 0x6e;

/** The members of one message. */
class Message {
  readonly #text: Buffer;
  readonly #members: readonly Member[];

  constructor(text: Buffer, members: readonly Member[]) {
    this.#text = text;
    this.#members = members;
  }

  /** Is the member there, and not null? */
  has(key: string): boolean {
    const member = findMember(this.#members, key);
    return member !== undefined && !isNull(this.#text, member);
  }

  /** A member that is there and is not null, as a value; for those that are small. */
  value(key: string): JsonValue | undefined {
    const member = findMember(this.#members, key);
    return member === undefined ? undefined : (valueAt(this.#text, member) ?? undefined);
  }

  /** A member that is there and is not null. */
  get(key: string): Body | undefined {
    return this.has(key) ? this.#body(key) : undefined;
  }

  request(): Envelope {
    const method = this.value("method");
    if (typeof method !== "string") throw invalid('"method" is no string');
    if (this.has("result") || this.has("error")) throw invalid("it has a method, and a result or an error");
    const id = this.#id();
    if (id === null) throw invalid('"id" is null; a notification has no "id" at all');
    const params = this.get("params")?.distinct() ?? Body.empty;
    if (params.members === undefined) throw invalid('"params" is no object');
    return { kind: id === undefined ? "notification" : "request", id, method, params, result: undefined, error: undefined };
  }

  answer(): Envelope {
    const error = this.#error();
    const result = error === undefined ? this.#body("result")?.distinct() : this.get("result");
    if (result === undefined && error === undefined) throw invalid("it has no method, no result and no error");
    if (result !== undefined && error !== undefined) throw invalid("it has both a result and an error");
    const id = this.#id() ?? undefined;
    if (id === undefined && error === undefined) throw invalid("it is a result without an id");
    return { kind: "answer", id, method: undefined, params: Body.empty, result, error };
  }

  #body(key: string): Body | undefined {
    const member = findMember(this.#members, key);
    return member && Body.ofMember(this.#text, member);
  }

  #id(): RpcId | null | undefined {
    const member = findMember(this.#members, "id");
    if (member === undefined) return undefined;
    const id = valueAt(this.#text, member);
    if (id !== null && !isId(id))
      throw invalid('"id" is neither a string nor an integer that every program can represent (up to 2^53 - 1)');
    return id;
  }

  #error(): RpcError | undefined {
    const body = this.get("error");
    if (body === undefined) return undefined;
    const code = body.get("code");
    if (typeof code !== "number") throw invalid('"error" is no object with a numeric "code"');
    return { ...body.object, code, message: messageText(body.member("message")) ?? `Error ${code}` };
  }
}

/** Servers leave the message out, or make an object of it; people and models need words. */
function messageText(message: Body | undefined): string | undefined {
  if (message === undefined || message.value === null) return undefined;
  return typeof message.value === "string" ? message.value : message.bytes.toString("utf8");
}

function isNull(text: Buffer, { value, end }: Member): boolean {
  return end - value === 4 && text[value] === LOWER_N;
}

/** A larger integer would be another one after JSON.parse: the answer would go to nobody. */
function isId(value: unknown): value is RpcId {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function noMessage(text: Buffer): ToolyardError {
  const batch = text.toString("latin1").trimStart().startsWith("[");
  return invalid(batch ? "it is a batch (an array); send its messages one by one" : "it is no object");
}

function invalid(reason: string): ToolyardError {
  return new ToolyardError("INVALID_REQUEST", `The message is not JSON-RPC 2.0: ${reason}.`);
}
