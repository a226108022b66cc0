/** Tools for what a result can hold: much, many, strange, or not what its schema says. */

import { isObject, type JsonObject } from "../../../../src/base/json.ts";
import { plain, RawJson } from "./message.ts";

export const text = (value: string): JsonObject => ({ content: [{ type: "text", text: value }] });
export const json = (value: unknown): JsonObject => text(JSON.stringify(value));
export const failed = (value: string): JsonObject => ({ ...text(value), isError: true });

export function big({ bytes }: JsonObject): JsonObject {
  return text("b".repeat(Number(bytes)));
}

/** Valid unless `valid` is false. */
export function structured({ valid }: JsonObject): JsonObject {
  const structuredContent = valid === false ? { n: "no integer", more: true } : { n: 1 };
  return { ...json(structuredContent), structuredContent };
}

/** The very bytes of the result, as JSON text or in Base64. */
export function raw({ json: source, base64 }: JsonObject): RawJson {
  return new RawJson(typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(plain(source)));
}

/** `count` blocks of one kind with `bytes` of data each. */
export function blocks({ kind, count, bytes }: JsonObject): JsonObject {
  const data = "A".repeat(Number(bytes ?? 4));
  const samples: Record<string, JsonObject> = {
    text: { type: "text", text: data },
    image: { type: "image", mimeType: "image/png", data },
    audio: { type: "audio", mimeType: "audio/wav", data },
    link: { type: "resource_link", uri: "test://linked", name: "linked" },
    resource: { type: "resource", resource: { uri: "test://embedded", mimeType: "text/plain", text: data } },
    unknown: { type: "hologram", data, annotations: { audience: ["user"] } },
  };
  const one = samples[plain(kind, "text")];
  return isObject(one) ? { content: Array.from({ length: Number(count ?? 1) }, () => one) } : failed("no such kind");
}
