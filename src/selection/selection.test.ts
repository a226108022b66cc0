import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tempDir } from "../../test/support/fixture.ts";
import { silentLogger } from "../base/log.ts";
import type { Snapshot } from "../catalog/item.ts";
import { sectionOf, snapshotFrom } from "./catalog.suite.ts";
import { textResult, type OwnTool } from "./own-tool.ts";
import type { Plan } from "./plan.ts";
import { Selection } from "./selection.ts";
import { FileSurfaces, surfacesInMemory, type SurfaceMemory } from "./surface-memory.ts";
import { tokensOf } from "./tokens.ts";

const finder: OwnTool = {
  name: "find_tools",
  isShownOn: (surface) => surface === "search",
  definition: () => ({ name: "find_tools", inputSchema: { type: "object" } }),
  call: async (_, call) => textResult("", call),
};

function catalogOf(count: number): Snapshot {
  const tools = Array.from({ length: count }, (_, index) => ({ name: `tool_${index}`, description: `Does ${index}.` }));
  return snapshotFrom(sectionOf("a", tools));
}

/** A selection over a catalog that the test changes. */
function setUp(plan: Partial<Plan> = {}, memory: SurfaceMemory = surfacesInMemory()) {
  const now = { snapshot: catalogOf(3), plan: { mode: "auto", budget: { tools: 5, tokens: 1_000 }, pins: [], key: "k", ...plan } as Plan };
  let searched = 0;
  const parts = { own: [finder], memory, snapshot: () => now.snapshot, plan: () => now.plan, searched: () => searched++ };
  const selection = new Selection(parts);
  const names = (defers = false): unknown[] => selection.active(defers).tools.map(({ name }) => name);
  return { now, selection, names, searches: () => searched };
}

describe("what is shown", () => {
  it("is everything while that fits, and the same object while nothing changes", () => {
    const { selection, names } = setUp();
    expect(names()).toEqual(["a__tool_0", "a__tool_1", "a__tool_2"]);
    expect(selection.active(false)).toBe(selection.active(false));
  });

  it("is the search once there was more, and stays it until the configuration is another", () => {
    const { now, names, searches } = setUp();
    now.snapshot = catalogOf(6);
    expect([names(), searches()]).toEqual([["find_tools"], 1]);
    now.snapshot = catalogOf(2);
    expect(names()).toEqual(["find_tools"]);
    now.plan = { ...now.plan, key: "other" };
    expect(names()).toEqual(["a__tool_0", "a__tool_1"]);
  });

  it("counts tokens as well as tools", () => {
    const { now, names } = setUp({ budget: { tools: 100, tokens: 1_000 } });
    now.snapshot = catalogOf(100);
    expect(names()).toEqual(["find_tools"]);
  });

  it("is everything for whoever looks up tools itself, and that decides nothing for others", () => {
    const { now, names } = setUp();
    now.snapshot = catalogOf(6);
    expect([names(true).length, names(false)]).toEqual([6, ["find_tools"]]);
    now.plan = { ...now.plan, mode: "search" };
    expect(names(true)).toEqual(["find_tools"]);
  });

  it("has the pinned tools first, in the order of the pins, as many as fit beside the others", () => {
    const { now, selection, names } = setUp({ pins: ["a/tool_9", "a/tool_1*", "a/nothing"] });
    now.snapshot = catalogOf(20);
    expect(names()).toEqual(["a__tool_9", "a__tool_1", "a__tool_10", "a__tool_11", "find_tools"]);
    now.plan = {
      ...now.plan,
      budget: {
        tools: 5,
        tokens: selection
          .active(false)
          .tools.slice(2)
          .reduce((sum, tool) => sum + tokensOf(tool), 0),
      },
    };
    expect(names()).toEqual(["a__tool_9", "a__tool_1", "find_tools"]);
  });
});

describe("what is remembered", () => {
  it("holds in the next process, beside what others have written", async () => {
    using folder = tempDir();
    const file = folder.file("cache/surfaces.json");
    const [first, second] = [await FileSurfaces.open(file, silentLogger), await FileSurfaces.open(file, silentLogger)];
    first.add("one");
    await first.flush();
    second.add("two");
    await second.flush();
    const third = await FileSurfaces.open(file, silentLogger);
    expect([third.has("one"), third.has("two"), third.has("three")]).toEqual([true, true, false]);
    const { names } = setUp({ key: "one" }, third);
    expect(names()).toEqual(["find_tools"]);
  });

  it("is nothing where the file is no good or cannot be written, and nobody is harmed", async () => {
    using folder = tempDir();
    writeFileSync(folder.file("broken.json"), "{");
    const broken = await FileSurfaces.open(folder.file("broken.json"), silentLogger);
    expect(broken.has("x")).toBe(false);
    broken.add("x");
    await broken.flush();
    expect(JSON.parse(readFileSync(folder.file("broken.json"), "utf8"))).toEqual({ search: ["x"] });
    writeFileSync(folder.file("no-folder"), "");
    const nowhere = await FileSurfaces.open(folder.file("no-folder/surfaces.json"), silentLogger);
    nowhere.add("x");
    await nowhere.flush();
    expect([nowhere.has("x"), existsSync(folder.file("no-folder/surfaces.json"))]).toEqual([true, false]);
  });
});
