/** What callers with a key are given: at one address each sees what its key opens, so nobody between may keep it for others. */

import type { Answer } from "../../base/call.ts";
import { LOCAL_IDENTITY } from "../auth/key.ts";
import type { Exchange } from "./exchange.ts";

/** The results that say for whom they may be kept (spec 2026-07-28: Caching). Discovery is ours, and private. */
const KEPT: ReadonlySet<string> = new Set(["tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read"]);

export function personal(answer: Answer, { method, caller }: Pick<Exchange, "method" | "caller">): Answer {
  if (caller.identity === LOCAL_IDENTITY || caller.era !== "modern" || !KEPT.has(method)) return answer;
  if (answer.result?.get("cacheScope") !== "public") return answer;
  return { result: answer.result.with({ cacheScope: "private" }) };
}
