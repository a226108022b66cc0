/** Links that a server wants its user to open before it goes on: error -32042 of the legacy era (spec 2025-11-25: Elicitation, URL mode). */

import { Body } from "../base/body.ts";
import type { RpcError } from "../base/call.ts";
import { isObject, objectOr, stringOr, type JsonObject } from "../base/json.ts";

export const LINK_METHOD = "elicitation/create";

const LINK_FIRST = -32042;

/** The params of the elicitations that the error asks for; none where it is another error, or says nothing that can be opened. */
export function linksIn({ code, data }: RpcError): JsonObject[] {
  const { elicitations } = objectOr(isObject(data) ? data : undefined);
  if (code !== LINK_FIRST || !Array.isArray(elicitations)) return [];
  return elicitations.map((each) => objectOr(each)).filter(({ url }) => typeof url === "string");
}

/** The error with other links in it. */
export function withLinks(error: RpcError, elicitations: readonly JsonObject[]): RpcError {
  return { ...error, data: { ...objectOr(isObject(error.data) ? error.data : undefined), elicitations: [...elicitations] } };
}

/** The same question in the modern era, which repeats the call and has no ids (spec 2026-07-28: MRTR, Elicitation). */
export function asInputRequired(links: readonly JsonObject[]): Body {
  const requests = links.map(({ elicitationId: _, ...link }, nth) => {
    const params = { ...link, mode: "url", message: stringOr(link["message"]) ?? "Open this link first." };
    return [`link${nth + 1}`, { method: LINK_METHOD, params }] as const;
  });
  return Body.of({ resultType: "input_required", inputRequests: Object.fromEntries(requests) });
}

/** The link in a question; undefined where it asks for something else. */
export function urlIn(method: string, params: Body): string | undefined {
  return method === LINK_METHOD && params.get("mode") === "url" ? stringOr(params.get("url")) : undefined;
}
