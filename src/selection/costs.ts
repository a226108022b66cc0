/** What tools cost a model's window, one by one and server by server. Pure; estimates (see {@link tokensOf}). */

import type { JsonObject } from "../base/json.ts";
import { tokensOf } from "./tokens.ts";

export interface ToolCost {
  readonly name: string;
  readonly tokens: number;
}

export interface ServerCost {
  readonly server: string;
  /** Tokens of all its tools. */
  readonly tokens: number;
  /** The dearest first. */
  readonly tools: readonly ToolCost[];
}

/** By server, the dearest first. @param tools each with the server that it is of */
export function costsOf(
  tools: readonly { readonly server: string; readonly name: string; readonly definition: JsonObject }[],
): ServerCost[] {
  const groups = Map.groupBy(tools, ({ server }) => server);
  const costs = [...groups].map(([server, own]): ServerCost => {
    const each = own.map(({ name, definition }) => ({ name, tokens: tokensOf(definition) })).toSorted((a, b) => b.tokens - a.tokens);
    return { server, tokens: each.reduce((sum, { tokens }) => sum + tokens, 0), tools: each };
  });
  return costs.toSorted((a, b) => b.tokens - a.tokens);
}
