import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import type { Snapshot } from "./item.ts";
import { hintsOf } from "./keeping.ts";
import { buildSection, nothingListed } from "./section.ts";
import { buildSnapshot } from "./snapshot.ts";

const NOW = 1_000_000;

type Keeping = RawLists["keeping"];

/** One server for each part; undefined stands for a legacy one. */
function snapshotOf(parts: readonly Keeping[]): Snapshot {
  const config = parseConfig({ mcpServers: Object.fromEntries(parts.map((_, nth) => [`s${nth}`, { command: "x" }])) });
  const sections = [...config.servers.values()].map((server, nth) => {
    const keeping = parts[nth];
    const lists = { ...nothingListed, capabilities: { tools: {} }, ...(keeping === undefined ? {} : { keeping }) };
    return buildSection(server, config.naming, lists, "live");
  });
  return buildSnapshot(sections, config.naming, 1);
}

const tools = (ms: number, isPrivate = false): Keeping => ({ tools: { until: NOW + ms, isPrivate } });

describe("a list of several servers may be kept", () => {
  it.each([
    ["of nobody", [], 60_000, "private"],
    ["of a legacy server: for our own interval", [undefined], 60_000, "private"],
    ["of a modern server: for what is left", [tools(5)], 5, "public"],
    ["longer than our own interval", [tools(90_000)], 90_000, "public"],
    ["of one whose time is over", [tools(-1)], 0, "public"],
    ["for the shortest time", [tools(90_000), tools(5), tools(7)], 5, "public"],
    ["by one caller alone where a part is private", [tools(90_000), tools(80_000, true)], 80_000, "private"],
    ["no longer than the legacy part", [tools(90_000), undefined], 60_000, "private"],
    ["no longer than a modern part beside a legacy one", [tools(5), undefined], 5, "private"],
  ] as const)("%s", (_, parts, ttlMs, cacheScope) => {
    expect(hintsOf(snapshotOf(parts), "tools", NOW)).toEqual({ ttlMs, cacheScope });
  });

  it("without regard to servers that have no such list", () => {
    expect(hintsOf(snapshotOf([{ prompts: { until: NOW, isPrivate: false } }]), "prompts", NOW)).toEqual({
      ttlMs: 60_000,
      cacheScope: "private",
    });
  });
});
