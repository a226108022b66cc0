/** What changed between two configurations, as the pool and the catalog need to know it. Pure. */

import { canonicalJson } from "../base/digest.ts";
import type { Config, ServerConfig } from "./config.ts";

/** Names of servers; each stands in one list only, but for `reordered`. */
export interface ConfigDiff {
  readonly added: readonly string[];
  /** Gone from the file. */
  readonly removed: readonly string[];
  /** Now wrong in themselves; `Config.rejected` says why. */
  readonly rejected: readonly string[];
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  /** Another process or endpoint than before. */
  readonly changed: readonly string[];
  /** The same process or endpoint under other rules, names or times: nothing need be restarted. */
  readonly rules: readonly string[];
  readonly unchanged: readonly string[];
  /** True where servers that are in both stand in another order. */
  readonly reordered: boolean;
  /** Keys of the file outside `mcpServers` that differ. */
  readonly settings: readonly (typeof SETTINGS)[number][];
}

const SETTINGS = ["naming", "toolsets", "selection", "discovery", "results", "limits", "gateway"] as const;

type Fate = Exclude<keyof ConfigDiff, "reordered" | "settings">;

export function diffConfigs(before: Config, after: Config): ConfigDiff {
  const names = [...new Set([...before.servers.keys(), ...after.servers.keys()])];
  const having = (fate: Fate): string[] => names.filter((name) => fateOf(name, before, after) === fate);
  return {
    added: having("added"),
    removed: having("removed"),
    rejected: having("rejected"),
    enabled: having("enabled"),
    disabled: having("disabled"),
    changed: having("changed"),
    rules: having("rules"),
    unchanged: having("unchanged"),
    reordered: isReordered(before, after),
    settings: SETTINGS.filter((key) => textOf(before[key]) !== textOf(after[key])),
  };
}

function fateOf(name: string, before: Config, after: Config): Fate {
  const old = before.servers.get(name);
  const now = after.servers.get(name);
  if (now === undefined) return after.rejected.has(name) ? "rejected" : "removed";
  if (old === undefined) return "added";
  if (old.disabled !== now.disabled) return now.disabled ? "disabled" : "enabled";
  if (old.fingerprint !== now.fingerprint) return "changed";
  return textOf(rulesOf(old)) === textOf(rulesOf(now)) ? "unchanged" : "rules";
}

/** All but what the fingerprint already stands for. */
function rulesOf({ transport: _transport, secrets: _secrets, fingerprint: _fingerprint, ...rules }: ServerConfig): unknown {
  return rules;
}

function isReordered(before: Config, after: Config): boolean {
  const old = [...before.servers.keys()].filter((name) => after.servers.has(name));
  const now = [...after.servers.keys()].filter((name) => before.servers.has(name));
  return old.some((name, index) => name !== now[index]);
}

/** Equal for equal parts of a configuration. */
export function textOf(value: unknown): string {
  return canonicalJson(withoutMaps(value));
}

function withoutMaps(value: unknown): unknown {
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, withoutMaps(item)]) };
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMaps(item)]));
}
