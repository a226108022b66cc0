/** Tools of Toolyard's own, which stand in a View beside those of servers and are called as they are. */

import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import { toToolyardError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { Snapshot } from "../catalog/item.ts";
import { toClient } from "../era/results.ts";
import { toAnswer } from "../router/failures.ts";

/** `all`: every tool of a View. `search`: a few, and those that find and call the rest. */
export type Surface = "all" | "search";

/** What an own tool may need of the View that it is called in. */
export interface OwnContext {
  /** What the View may see; nothing else can be reached. */
  readonly snapshot: Snapshot;
  /** The same, once the first list need not wait for servers any longer. */
  settled(): Promise<Snapshot>;
  /** Sends another request of the same caller on its way. Never rejects. */
  request(call: Call): Promise<Answer>;
}

export interface OwnTool {
  /** One of the names that are kept for such tools (`catalog/own-names.ts`). */
  readonly name: string;
  /** Is it among the tools that a model is shown? It can be called in any case. */
  isShownOn(surface: Surface): boolean;
  /** As clients get it, its name in it; the same for the same Snapshot. */
  definition(snapshot: Snapshot): JsonObject;
  /**
   * Answers a `tools/call` of it. What it throws becomes a result with `isError`.
   *
   * @param args the `arguments` of the call, whatever they are; an empty object where there are none
   */
  call(args: Body, call: Call, context: OwnContext): Promise<Answer>;
}

/** Calls one of Toolyard's own tools. Never rejects. */
export async function callOwn(tool: OwnTool, call: Call, context: OwnContext): Promise<Answer> {
  try {
    return await tool.call(call.params.member("arguments") ?? Body.empty, call, context);
  } catch (error) {
    return toAnswer(toToolyardError(error), call, undefined);
  }
}

/** A result of Toolyard's own, as this caller's revision has them. */
export function ownResult(result: JsonObject, { caller }: Call): Answer {
  return { result: toClient("tools/call", Body.of(result), { from: "legacy", toVersion: caller.protocolVersion }) };
}

/** As {@link ownResult}, of text alone. */
export function textResult(text: string, call: Call): Answer {
  return ownResult({ content: [{ type: "text", text }] }, call);
}
