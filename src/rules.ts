/** What a View is cut down to: a toolset, one server, what somebody may see at the most. */

import { sha256 } from "./base/digest.ts";
import { ToolyardError } from "./base/errors.ts";
import type { Snapshot } from "./catalog/item.ts";
import { mayShow, serverSnapshot, visibleSnapshot } from "./catalog/visible.ts";
import type { Config, Toolset } from "./config/config.ts";
import { textOf } from "./config/diff.ts";
import type { Surface } from "./selection/own-tool.ts";
import type { Plan } from "./selection/plan.ts";
import type { ServerStatus } from "./status.ts";
import type { Missing } from "./view-source.ts";

export interface ViewRules {
  /** Name of a toolset of the configuration. */
  readonly toolset?: string;
  /** One server alone, under its own names. */
  readonly server?: string;
  /** What is shown of it, whatever the configuration says: every tool, or a few and those that find the rest. */
  readonly surface?: Surface;
  /** Of all that, only what one of these toolsets or servers gives. */
  readonly within?: Scope;
  /** What comes back goes straight into a model's window, as from an adapter: large results are kept where `results.spill` is `auto`. */
  readonly forModel?: boolean;
}

/** What somebody may see at the most. Toolsets and servers that the configuration has no longer give nothing. */
export interface Scope {
  readonly toolsets: readonly string[];
  readonly servers: readonly string[];
}

/** What these rules leave of everything. */
export function cut(whole: Snapshot, { toolset, server, within }: ViewRules, { toolsets }: Config): Snapshot {
  const one = server === undefined ? whole : serverSnapshot(whole, server);
  const some = toolset === undefined ? one : visibleSnapshot(one, toolsets.get(toolset));
  return within === undefined ? some : visibleSnapshot(some, unionOf(within, toolsets));
}

/** All that a scope gives, as one toolset; undefined where that is everything. */
function unionOf({ toolsets, servers }: Scope, configured: Config["toolsets"]): Toolset | undefined {
  const named = toolsets.flatMap((name) => configured.get(name) ?? []);
  if (named.some((toolset) => toolset.servers === undefined && toolset.tools === undefined)) return undefined;
  return {
    servers: [...servers, ...named.flatMap((toolset) => toolset.servers ?? [])],
    tools: named.flatMap((toolset) => toolset.tools ?? []),
  };
}

/** Servers that should be in such a View and are not. */
export function missing(servers: readonly ServerStatus[], { toolset, server, within }: ViewRules, { toolsets }: Config): Missing[] {
  const isWanted = (name: string): boolean =>
    (server === undefined || server === name) &&
    (toolset === undefined || mayShow(toolsets.get(toolset), name)) &&
    (within === undefined || mayShow(unionOf(within, toolsets), name));
  return servers
    .filter(({ name, lists, state }) => lists === "none" && state !== "disabled" && isWanted(name))
    .map(({ name, state, reason }) => ({ server: name, state, ...(reason === undefined ? {} : { reason }) }));
}

/** Is there what the rules name, and in scope? */
export function isThere(rules: ViewRules, config: Config): boolean {
  return hasToolset(rules, config) && hasServer(rules, config);
}

/**
 * What is out of scope is as unknown as what is not there.
 *
 * @throws ROUTE_UNKNOWN
 */
export function checkRules(rules: ViewRules, config: Config): void {
  if (!hasToolset(rules, config)) {
    throw new ToolyardError("ROUTE_UNKNOWN", `There is no toolset "${rules.toolset}".`, { mend: "See `toolsets` in the configuration." });
  }
  if (!hasServer(rules, config)) {
    throw new ToolyardError("ROUTE_UNKNOWN", `There is no server "${rules.server}".`, { mend: "See `mcpServers` in the configuration." });
  }
}

function hasToolset({ toolset, within }: ViewRules, { toolsets }: Config): boolean {
  return toolset === undefined || (toolsets.has(toolset) && within?.toolsets.includes(toolset) !== false);
}

function hasServer({ server, within }: ViewRules, { servers, toolsets }: Config): boolean {
  return server === undefined || (servers.has(server) && (within === undefined || mayShow(unionOf(within, toolsets), server)));
}

/** How the tools of such a View are chosen that a model is shown. */
export function planOf({ surface, ...rules }: ViewRules, { selection, toolsets, naming, servers }: Config): Plan {
  const said = (rules.toolset === undefined ? undefined : toolsets.get(rules.toolset)?.selection) ?? {};
  const budget = { ...selection.budget, ...given(said.budget) };
  const chosen = { ...selection, ...given(said), budget, ...given({ mode: surface }) };
  const offered = [...servers.values()].map(({ fingerprint, namespace, disabled, tools }) => [fingerprint, namespace, disabled, tools]);
  return { ...chosen, key: sha256(textOf([rules, chosen, toolsets, naming, offered])) };
}

function given<T extends object>(values: T | undefined): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as ReturnType<typeof given<T>>;
}
