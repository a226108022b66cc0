import { Body } from "../base/body.ts";
import type { RpcError } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { isObject, type JsonValue } from "../base/json.ts";

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
 * Reads the outside of one message.
 *
 * @throws PARSE_ERROR when it is not JSON, INVALID_REQUEST when it is no JSON-RPC 2.0 message
 */
export function readEnvelope(bytes: Buffer): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new ToolyardError("PARSE_ERROR", "The message is not JSON.", {}, error);
  }
  if (!isObject(value) || value["jsonrpc"] !== "2.0") throw new ToolyardError("INVALID_REQUEST", "The message is not JSON-RPC 2.0.");
  const { id, method, params, result, error } = value;
  const body = Body.of(params ?? {});
  const rpcId = typeof id === "string" || typeof id === "number" ? id : undefined;
  if (typeof method === "string") {
    return { kind: rpcId === undefined ? "notification" : "request", id: rpcId, method, params: body, result: undefined, error: undefined };
  }
  return {
    kind: "answer",
    id: rpcId,
    method: undefined,
    params: body,
    result: result === undefined ? undefined : Body.of(result),
    error: isObject(error) ? (error as unknown as RpcError) : undefined,
  };
}

const text = (value: JsonValue): string => JSON.stringify(value);

/** A request, or without an id a notification, as bytes without a line end. */
export function writeRequest(id: RpcId | undefined, method: string, params: Body): Buffer {
  const head = id === undefined ? "" : `"id":${text(id)},`;
  return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0",${head}"method":${text(method)},"params":`), params.bytes, Buffer.from("}")]);
}

/** A successful answer as bytes. */
export function writeResult(id: RpcId, result: Body): Buffer {
  return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${text(id)},"result":`), result.bytes, Buffer.from("}")]);
}

/** An error answer as bytes; `id` null where the request could not be read. */
export function writeError(id: RpcId | null, error: RpcError): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error }));
}
