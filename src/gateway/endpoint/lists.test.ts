import { describe, expect, it } from "vitest";
import type { Item, Snapshot } from "../../catalog/item.ts";
import type { View } from "../../view.ts";
import type { Missing } from "../../view-source.ts";
import { Lists } from "./lists.ts";

function item(name: string, description = ""): Item {
  const definition = { name, description, inputSchema: { type: "object" } };
  return { kind: "tool", server: "s", origin: name, id: `s/${name}`, name, definition };
}

/** A view whose tools are set by the test. */
class FakeView {
  missingNow: Missing[] = [];
  #snapshot: Snapshot = this.#of([]);
  #listener: () => void = () => {};

  set tools(tools: readonly Item[]) {
    this.#snapshot = this.#of(tools);
    this.#listener();
  }

  asView(): View {
    const view = {
      snapshot: () => this.#snapshot,
      active: () => ({ surface: "all", tools: this.#snapshot.tools.map(({ definition }) => definition) }),
      discovered: () => Promise.resolve(),
      missing: () => this.missingNow,
      listed: () => {},
      keeping: () => ({ ttlMs: 60_000, cacheScope: "private" }),
      on: (_: string, listener: () => void) => {
        this.#listener = listener;
        return () => (this.#listener = () => {});
      },
    };
    return view as unknown as View;
  }

  #of(tools: readonly Item[]): Snapshot {
    return { tools, prompts: [], resources: [], templates: [] } as unknown as Snapshot;
  }
}

interface Page {
  tools: { name: string }[];
  nextCursor?: string;
}

describe("lists", () => {
  const names = Array.from({ length: 100 }, (_, index) => `tool_${index}`);
  const setUp = (pageBytes?: number): { lists: Lists; view: FakeView } => {
    const view = new FakeView();
    const lists = new Lists(view.asView(), pageBytes);
    view.tools = names.map((name) => item(name));
    return { lists, view };
  };
  const page = async (lists: Lists, cursor?: unknown): Promise<Page> =>
    (await lists.answer("tools/list", cursor, { era: "legacy" })).value as unknown as Page;

  it("are one page, and the same bytes each time", async () => {
    const { lists } = setUp();
    expect((await page(lists)).tools.map(({ name }) => name)).toEqual(names);
    expect((await page(lists)).nextCursor).toBeUndefined();
    const [first, second] = [
      await lists.answer("tools/list", undefined, { era: "legacy" }),
      await lists.answer("tools/list", null, { era: "legacy" }),
    ];
    expect(second.bytes).toBe(first.bytes);
  });

  it.each([1, 100, 1_000, 5_000])("are cut into pages of %i bytes that hold each entry once", async (pageBytes) => {
    const { lists } = setUp(pageBytes);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { tools, nextCursor } = await page(lists, cursor);
      expect(tools.length).toBeGreaterThan(0);
      if (tools.length > 1) expect(JSON.stringify(tools).length).toBeLessThanOrEqual(pageBytes + 2);
      seen.push(...tools.map(({ name }) => name));
      cursor = nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(names);
  });

  it("have cursors that are good for the same list alone, at any process that has it", async () => {
    const { lists, view } = setUp(1_000);
    const { nextCursor } = await page(lists);
    await expect(page(setUp(1_000).lists, nextCursor)).resolves.toBeDefined();
    await expect(lists.answer("prompts/list", nextCursor, { era: "legacy" })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    await expect(page(lists, `${nextCursor}x`)).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    view.tools = [...names, "one_more"].map((name) => item(name));
    await expect(page(lists, nextCursor)).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });

  it("tell of a change only where something is another than before", () => {
    const { lists, view } = setUp();
    const told: string[] = [];
    lists.events.on("changed", (kind) => told.push(kind));
    view.tools = names.map((name) => item(name));
    expect(told).toEqual([]);
    view.tools = names.map((name) => item(name, "another text"));
    expect(told).toEqual(["tools"]);
    lists.close();
    view.tools = [];
    expect(told).toEqual(["tools"]);
  });

  it("say who is missing, as long as somebody is", async () => {
    const { lists, view } = setUp();
    view.missingNow = [{ server: "s", state: "backoff", reason: "it is down" }];
    expect((await lists.answer("tools/list", undefined, { era: "legacy" })).get("_meta")).toEqual({ "toolyard/missing": view.missingNow });
    expect((await lists.answer("tools/list", undefined, { era: "modern" })).object).toMatchObject({
      ttlMs: 0,
      _meta: { "toolyard/missing": view.missingNow },
    });
    view.missingNow = [];
    expect((await lists.answer("tools/list", undefined, { era: "legacy" })).get("_meta")).toBeUndefined();
    expect((await lists.answer("tools/list", undefined, { era: "modern" })).get("ttlMs")).toBe(60_000);
  });
});
