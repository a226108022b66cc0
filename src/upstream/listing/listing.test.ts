import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Answer, Era } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Connection, OutRequest } from "../connection/connection.ts";
import { Listing } from "./listing.ts";
import type { RawLists } from "./raw-lists.ts";

const DEBOUNCE_MS = 250;

interface Server {
  readonly era: Era;
  readonly capabilities: JsonObject;
  /** Pages of `tools/list`, beside their entries. */
  readonly pages: readonly JsonObject[];
}

function setUp({ era, capabilities, pages }: Server): { clock: FakeClock; listing: Listing; reads: RawLists[]; pass(ms: number): void } {
  const clock = new FakeClock();
  const reads: RawLists[] = [];
  const request = async ({ params }: OutRequest): Promise<Answer> => {
    const nth = Number(params.get("cursor") ?? 0);
    const nextCursor = nth + 1 < pages.length ? { nextCursor: String(nth + 1) } : {};
    await clock.pass(100);
    return { result: Body.of({ tools: [], ...nextCursor, ...pages[nth] }) };
  };
  const connection = { spoken: { era, version: "", capabilities, instructions: undefined }, request } as unknown as Connection;
  const listing = new Listing({
    ...{ clock, pages: 64, debounceMs: DEBOUNCE_MS, backoff: { firstMs: 1, maxMs: 1 }, random: () => 0.5 },
    source: () => ({ connection, listMs: 1_000 }),
    lists: (lists) => void reads.push(lists),
    failed: (error) => expect.unreachable(error.message),
    notice() {},
  });
  return { clock, listing, reads, pass: (ms) => void clock.pass(ms) };
}

describe("words of change", () => {
  it("become one reading once they stop, and one now and then while they do not", async () => {
    const { clock, listing, reads } = setUp({ era: "legacy", capabilities: { tools: {} }, pages: [{}] });
    for (let word = 0; word < 5; word++) {
      listing.changed();
      await clock.pass(DEBOUNCE_MS / 2);
    }
    expect(reads.length).toBe(0);
    await clock.pass(2 * DEBOUNCE_MS);
    expect(reads.length).toBe(1);
    for (let word = 0; word < 30; word++) {
      listing.changed();
      await clock.pass(DEBOUNCE_MS / 2);
    }
    expect(reads.length).toBe(2);
  });
});

const modern = (...pages: JsonObject[]): Server => ({ era: "modern", capabilities: { tools: { listChanged: true } }, pages });

describe("what a modern server says of keeping its list", () => {
  it.each([
    ["its time, from the receipt on", [{ ttlMs: 5_000, cacheScope: "public" }], { until: 5_100, isPrivate: false }],
    ["no time", [{ ttlMs: 0, cacheScope: "private" }], { until: 100, isPrivate: true }],
    ["nothing", [{}], { until: 100, isPrivate: true }],
    ["less than nothing", [{ ttlMs: -5, cacheScope: "public" }], { until: 100, isPrivate: false }],
    ["what is no number", [{ ttlMs: "5", cacheScope: "all" }], { until: 100, isPrivate: true }],
    ["another time for each page", [{ ttlMs: 5_000 }, { ttlMs: 1_000 }, { ttlMs: 9_000 }], { until: 1_200, isPrivate: true }],
    [
      "another scope for one page",
      [
        { ttlMs: 500, cacheScope: "public" },
        { ttlMs: 500, cacheScope: "private" },
      ],
      { until: 600, isPrivate: true },
    ],
  ])("%s", async (_, pages, tools) => {
    const { listing, reads } = setUp(modern(...pages));
    await listing.read();
    expect(reads[0]?.keeping).toEqual({ tools });
  });
});

describe("a list that somebody reads", () => {
  it("is read again when its time is over, and never without a reader", async () => {
    const { clock, listing, reads } = setUp(modern({ ttlMs: 5_000 }));
    await listing.read();
    listing.wanted("tools");
    await clock.pass(4_999);
    listing.wanted("tools");
    await clock.pass(60_000);
    expect(reads.length).toBe(1);
    listing.wanted("prompts");
    await clock.pass(60_000);
    expect(reads.length).toBe(1);
    for (let nth = 0; nth < 10; nth++) {
      listing.wanted("tools");
      await clock.pass(100);
    }
    expect(reads.length).toBeGreaterThan(1);
    expect(reads.length).toBeLessThanOrEqual(4);
  });

  it("of a legacy server is read again now and then, unless that announces changes", async () => {
    const silent = setUp({ era: "legacy", capabilities: { tools: {} }, pages: [{}] });
    const announcing = setUp({ era: "legacy", capabilities: { tools: { listChanged: true } }, pages: [{}] });
    for (const { clock, listing } of [silent, announcing]) {
      await listing.read();
      await clock.pass(59_999);
      listing.wanted("tools");
      await clock.pass(60_000);
      listing.wanted("tools");
      await clock.pass(DEBOUNCE_MS + 200);
    }
    expect([silent, announcing].map(({ reads }) => reads.length)).toEqual([2, 1]);
    expect(silent.reads[0]?.keeping).toEqual({});
  });

  it("is not, once the connection has gone", async () => {
    const { clock, listing, reads } = setUp(modern({ ttlMs: 0 }));
    await listing.read();
    listing.stop();
    listing.wanted("tools");
    await clock.pass(60_000);
    expect(reads.length).toBe(1);
  });
});
