/** A legacy server that does nothing before its user has opened a link (error -32042, spec 2025-11-25: Elicitation, URL mode). */

import { Body } from "../base/body.ts";
import type { Answer, Caller, RpcError } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { stringOr, type JsonObject } from "../base/json.ts";
import { canAsk } from "../era/capabilities.ts";
import { asInputRequired, LINK_METHOD, linksIn } from "../era/links.ts";

const A_LINK = Body.of({ mode: "url" });

/**
 * What a caller gets in place of the error; undefined where it is another error, or one that this caller knows. A modern
 * caller is asked and calls again: nothing has run, so that is a call like any other.
 *
 * @throws LINK_FIRST with the link in its message, for who cannot be asked
 */
export function linkAnswer(error: RpcError, { era, capabilities }: Caller): Answer | undefined {
  const links = linksIn(error);
  if (links.length === 0) return undefined;
  if (!canAsk(capabilities, LINK_METHOD, A_LINK)) throw linkFirst(links);
  return era === "modern" ? { result: asInputRequired(links) } : undefined;
}

function linkFirst(links: readonly JsonObject[]): ToolyardError {
  const named = links.map(({ message, url }) => `${stringOr(message) ?? "Open this link"}: ${stringOr(url) ?? ""}`);
  return new ToolyardError("LINK_FIRST", `Its user has to open ${links.length === 1 ? "a link" : "links"} first. ${named.join(" ")}`);
}
