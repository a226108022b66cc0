/** Answers that switches put in the place of the real ones. */

import type { HostileServer } from "../server.ts";
import { encode, RawJson, type Message, type RpcId } from "./message.ts";
import { LEGACY, MODERN } from "./rules.ts";

/** The answer that a switch dictates for this request; undefined when none does. */
export function scripted(server: HostileServer, id: RpcId, method: string, moments: readonly string[]): Message | undefined {
  const { switches } = server;
  const probe = switches.values["probe-answer"];
  if (method === "server/discover" && probe !== "") return failure(id, probe);
  const error = switches.take("error", moments);
  if (error !== undefined) return failure(id, error);
  const result = switches.take("answer", moments);
  return result === undefined ? undefined : { jsonrpc: "2.0", id, result: new RawJson(Buffer.from(result)) };
}

function failure(id: RpcId, spec: string): Message {
  const [code = "", ...rest] = spec.split(":");
  const message = rest.join(":") || "an error that a switch asked for";
  const data = code === "-32022" ? { supported: [MODERN, LEGACY[0]], requested: "?" } : undefined;
  return { jsonrpc: "2.0", id, error: { code: Number(code), message, ...(data && { data }) } };
}

/** Something that is no proper answer, in the place of one. */
export function garbage(kind: string, answer: Message): Buffer {
  const text = encode(answer).toString("utf8");
  const forms: Record<string, string> = {
    text: "this is no JSON at all",
    html: "<!doctype html><html><body>Bad gateway</body></html>",
    half: text.slice(0, text.length / 2),
    array: `[${text},${text}]`,
    "no-jsonrpc": JSON.stringify({ id: answer.id, result: answer.result }),
    "no-id": JSON.stringify({ jsonrpc: "2.0", result: answer.result }),
    both: JSON.stringify({ ...answer, result: {}, error: { code: -32000, message: "both" } }),
    null: JSON.stringify({ jsonrpc: "2.0", id: answer.id, result: null }),
    number: JSON.stringify({ jsonrpc: "2.0", id: answer.id, result: 42 }),
  };
  return Buffer.from(forms[kind] ?? kind);
}
