/** Which results of which tools are too large to be passed whole. Pure. */

import type { Item, Snapshot } from "../catalog/item.ts";
import type { Config, Results } from "../config/config.ts";
import type { Surface } from "../selection/own-tool.ts";

/** What a View's results are for. */
export interface Use {
  /** They go straight into a model's window, by an adapter. */
  readonly forModel: boolean;
  readonly surface: Surface;
}

/** The tool's rules, where it has its own; else its server's, else those of the whole. */
export function resultsOf(item: Pick<Item, "server" | "origin"> | undefined, { servers, results }: Config): Results {
  const server = item === undefined ? undefined : servers.get(item.server);
  const tool = item === undefined ? undefined : server?.tools.override.get(item.origin)?.results;
  return { ...results, ...server?.results, ...tool };
}

/** May any result of this View be kept? */
export function keepsAny({ sections }: Snapshot, config: Config, use: Use): boolean {
  if (isOn(config.results.spill, use)) return true;
  return [...sections.keys()].some((name) => {
    const server = config.servers.get(name);
    const own = [server?.results, ...[...(server?.tools.override.values() ?? [])].map((override) => override.results)];
    return own.some((results) => results?.spill !== undefined && isOn(results.spill, use));
  });
}

/** Is a large result kept? */
export function isOn(spill: Results["spill"], { forModel, surface }: Use): boolean {
  return spill === "on" || (spill === "auto" && (forModel || surface === "search"));
}
