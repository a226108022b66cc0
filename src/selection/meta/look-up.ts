/** From the name that a model gives to the tool that it means, among those of its View alone. */

import type { Item, Snapshot } from "../../catalog/item.ts";
import { suggestNames } from "../../catalog/suggest.ts";
import type { OwnContext } from "../own-tool.ts";

export interface LookedUp {
  readonly item: Item | undefined;
  readonly snapshot: Snapshot;
}

/** What is not known yet may be a tool of a server that is only starting. */
export async function lookUp(name: string, context: OwnContext): Promise<LookedUp> {
  const item = context.snapshot.tool(name);
  if (item !== undefined) return { item, snapshot: context.snapshot };
  const snapshot = await context.settled();
  return { item: snapshot.tool(name), snapshot };
}

/** The same words for what there is not and for what this caller may not see. */
export function unknownText(name: string, { tools }: Snapshot): string {
  const near = suggestNames(
    name,
    tools.map((item) => item.name),
  );
  const mend = near.length === 0 ? "Look for it with find_tools." : `Did you mean ${near.map((it) => JSON.stringify(it)).join(" or ")}?`;
  return `There is no tool ${JSON.stringify(name.slice(0, 128))}. ${mend}`;
}
