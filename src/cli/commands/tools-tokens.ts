/** `toolyard tools --tokens`: what each server's tools cost the window of a model that is shown them all. */

import type { JsonObject } from "../../base/json.ts";
import type { Config } from "../../config/config.ts";
import type { ToolDefinition } from "../../host.ts";
import type { OwnerOf } from "../owners.ts";
import { costsOf, type ServerCost } from "../../selection/costs.ts";
import { paint, type Output, type Word } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";

const COLUMNS = [{ title: "SERVER", flexible: true }, { title: "TOOLS", right: true }, { title: "TOKENS", right: true }, { title: "" }];
/** Columns that a bar has where there is no end of them, and where there is. */
const LONGEST_BAR = 40;
const BESIDE_BARS = 44;

/** Tools, and what only some options want to know of them, which is asked for when it is wanted. */
export interface Listed {
  readonly tools: readonly ToolDefinition[];
  config(): Promise<Config>;
  ownerOf(): Promise<OwnerOf>;
}

export async function printTokens({ tools, ...known }: Listed, output: Output): Promise<void> {
  const ownerOf = await known.ownerOf();
  const costs = costsOf(
    tools.map((tool) => ({ server: ownerOf(tool.name) ?? "?", name: tool.name, definition: tool as unknown as JsonObject })),
  );
  const total = { tools: tools.length, tokens: costs.reduce((sum, { tokens }) => sum + tokens, 0) };
  const { selection } = await known.config();
  if (output.json) return output.value({ servers: costs, total, budget: selection.budget, mode: selection.mode }, 2);
  if (tools.length === 0) return output.say("There are no tools.");
  const most = costs[0]?.tokens ?? 0;
  const room = Math.max(4, Math.min(LONGEST_BAR, output.width - BESIDE_BARS));
  const rows = costs.map((cost) => rowOf(cost, barOf(cost.tokens / most, room)));
  const last: Word[] = ["total", paint("bold", String(total.tools)), paint("bold", numberOf(total.tokens)), ""];
  for (const line of table(COLUMNS, [...rows, last], output.width)) output.data(...line);
  output.note(verdict(total, selection), 0);
}

function rowOf({ server, tools, tokens }: ServerCost, bar: string): Word[] {
  return [server, String(tools.length), numberOf(tokens), paint("cyan", bar)];
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** @param share of the longest bar, from 0 to 1 */
function barOf(share: number, room: number): string {
  const eighths = Math.max(1, Math.round(share * room * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

function numberOf(value: number): string {
  return value.toLocaleString("en-US");
}

type Sum = { readonly tools: number; readonly tokens: number };

function verdict(total: Sum, { mode, budget }: { readonly mode: string; readonly budget: Sum }): string {
  const limits = `${numberOf(budget.tools)} tools and ${numberOf(budget.tokens)} tokens`;
  if (mode === "all") return 'Estimates. A model is shown all of them: selection.mode is "all".';
  if (mode === "search")
    return 'Estimates. A model is shown the pinned ones, and finds the others with find_tools: selection.mode is "search".';
  const fits = total.tools <= budget.tools && total.tokens <= budget.tokens;
  if (fits) return `Estimates. They fit the budget of ${limits}: a model is shown all of them.`;
  return `Estimates. They are over the budget of ${limits}: a model is shown the pinned ones, and finds the others with find_tools.`;
}
