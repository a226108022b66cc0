import { assert, array, constantFrom, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/load.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import { Catalog } from "./catalog.ts";
import type { Snapshot } from "./item.ts";
import { nothingListed } from "./section.ts";

const config = (servers: Record<string, object>): Config =>
  parseConfig({ mcpServers: Object.fromEntries(Object.entries(servers).map(([name, entry]) => [name, { command: "x", ...entry }])) });

const lists = (...names: string[]): RawLists => ({
  ...nothingListed,
  tools: names.map((name) => ({ name, inputSchema: { type: "object", properties: {} } })),
});

function open(servers: Record<string, object>): { catalog: Catalog; events: Snapshot[] } {
  const catalog = new Catalog(config(servers));
  const events: Snapshot[] = [];
  catalog.events.on("change", (snapshot) => events.push(snapshot));
  return { catalog, events };
}

const settled = (): Promise<void> => Promise.resolve();
const names = ({ tools }: Snapshot): string[] => tools.map((item) => item.name);

describe("Catalog", () => {
  it("knows every enabled server from the start, with nothing listed", () => {
    const { catalog } = open({ a: {}, off: { disabled: true } });
    expect([...catalog.snapshot.sections.values()].map(({ server, source }) => [server, source])).toEqual([["a", "none"]]);
  });

  it("tells of several changes at once", async () => {
    const { catalog, events } = open({ a: {}, b: {} });
    catalog.update("b", lists("y"), "live");
    catalog.update("a", lists("x"), "cached");
    expect(names(catalog.snapshot)).toEqual(["a__x", "b__y"]);
    expect(catalog.snapshot.version).toBe(2);
    await settled();
    expect(events).toEqual([catalog.snapshot]);
  });

  it("tells nothing of lists that say the same, but keeps where they come from", async () => {
    const { catalog, events } = open({ a: {} });
    catalog.update("a", lists("x", "y"), "cached");
    await settled();
    catalog.update("a", structuredClone(lists("x", "y")), "live");
    await settled();
    expect(events.length).toBe(1);
    expect(catalog.snapshot.version).toBe(2);
    expect(catalog.snapshot.sections.get("a")?.source).toBe("live");
  });

  it("rebuilds the section of the server that changed, and no other", () => {
    const { catalog } = open({ a: {}, b: {} });
    catalog.update("a", lists("x"), "live");
    catalog.update("b", lists("y"), "live");
    const before = catalog.snapshot.sections;
    catalog.update("b", lists("z"), "live");
    expect(catalog.snapshot.sections.get("a")).toBe(before.get("a"));
    expect(catalog.snapshot.sections.get("b")).not.toBe(before.get("b"));
  });

  it("applies new rules to what was listed, and forgets a server that is gone", async () => {
    const { catalog, events } = open({ a: {}, b: {} });
    catalog.update("a", lists("x", "y"), "live");
    catalog.update("b", lists("z"), "live");
    await settled();
    catalog.configure(config({ b: {}, a: { tools: { deny: ["y"] } } }));
    expect(names(catalog.snapshot)).toEqual(["b__z", "a__x"]);
    catalog.configure(config({ a: {} }));
    catalog.configure(config({ a: {}, b: {} }));
    expect(names(catalog.snapshot)).toEqual(["a__x", "a__y"]);
    await settled();
    expect(events.length).toBe(2);
  });

  it("brings a disabled server's tools back as they were, once it is enabled", () => {
    const { catalog } = open({ a: {} });
    catalog.update("a", lists("x"), "live");
    catalog.configure(config({ a: { disabled: true } }));
    expect(names(catalog.snapshot)).toEqual([]);
    catalog.configure(config({ a: {} }));
    expect(names(catalog.snapshot)).toEqual(["a__x"]);
  });

  it("takes nothing from a server that is not configured, and forgets on demand", async () => {
    const { catalog, events } = open({ a: {} });
    catalog.update("gone", lists("x"), "live");
    catalog.remove("a");
    await settled();
    expect(events).toEqual([]);
    catalog.update("a", lists("x"), "live");
    await settled();
    catalog.remove("a");
    expect(names(catalog.snapshot)).toEqual([]);
    expect(catalog.snapshot.sections.get("a")?.source).toBe("none");
  });

  it("comes to the same names and order, however the servers arrive", () => {
    const servers = { c: { namespace: "" }, a: { namespace: "" }, b: {} };
    const listed: Record<string, RawLists> = { a: lists("s", "a.b"), b: lists("a_b", "s"), c: lists("s", "t") };
    const arrivals = array(tuple(constantFrom("a", "b", "c"), constantFrom("live", "cached")), { maxLength: 12 });
    const { catalog: expected } = open(servers);
    for (const [server, raw] of Object.entries(listed)) expected.update(server, raw, "live");
    assert(
      property(arrivals, (order) => {
        const { catalog } = open(servers);
        for (const [server, source] of order) catalog.update(server, listed[server] ?? nothingListed, source);
        for (const [server, raw] of Object.entries(listed)) catalog.update(server, raw, "live");
        expect(names(catalog.snapshot)).toEqual(names(expected.snapshot));
      }),
    );
  });
});
