/** How a View's tools are chosen, and which of them a model is then shown. Pure. */

import type { JsonObject } from "../base/json.ts";
import { compilePatterns } from "../catalog/filter.ts";
import type { Item, Snapshot } from "../catalog/item.ts";
import type { SelectionConfig } from "../config/config.ts";
import { tokensOf } from "./tokens.ts";

export type Budget = SelectionConfig["budget"];

export interface Plan extends SelectionConfig {
  /** Another one as soon as the configuration says anything else about these tools. */
  readonly key: string;
}

/** Do all of these fit? */
export function fits(definitions: readonly JsonObject[], budget: Budget): boolean {
  return definitions.length <= budget.tools && within(definitions, budget).length === definitions.length;
}

/** As many of these, in their order, as there is room for; one that is too large makes room for the next. */
export function within(definitions: readonly JsonObject[], { tools, tokens }: Budget): JsonObject[] {
  const taken: JsonObject[] = [];
  let left = tokens;
  for (const definition of definitions) {
    if (taken.length >= tools) break;
    const cost = tokensOf(definition);
    if (cost > left) continue;
    left -= cost;
    taken.push(definition);
  }
  return taken;
}

/** What is left of a budget once these are shown. */
export function rest({ tools, tokens }: Budget, shown: readonly JsonObject[]): Budget {
  return { tools: tools - shown.length, tokens: tokens - costOf(shown) };
}

/** Tokens of all of them. */
export function costOf(definitions: readonly JsonObject[]): number {
  return definitions.reduce((sum, definition) => sum + tokensOf(definition), 0);
}

/** The tools that the patterns pick, in the order of the patterns; each once. */
export function pinned({ tools }: Snapshot, pins: readonly string[]): Item[] {
  const picked = pins.flatMap((pin) => tools.filter(({ id }) => compilePatterns([pin])(id)));
  return [...new Set(picked)];
}
