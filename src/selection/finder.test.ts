import { expect, it } from "vitest";
import { snapshotOf } from "../catalog/snapshot.ts";
import { sectionOf, snapshotFrom } from "./catalog.suite.ts";
import { Finder } from "./finder.ts";

const git = sectionOf("git", [{ name: "push", description: "Sends commits to a remote repository." }]);
const sky = sectionOf("sky", [{ name: "forecast", description: "Tells the weather of a city." }]);
const names = (found: readonly { item: { name: string } }[]): string[] => found.map(({ item }) => item.name);

it("finds what is visible alone, under the names that the View has, in the state of the moment", async () => {
  let now = snapshotFrom(git);
  const finder = new Finder(() => now);
  expect(names(await finder.find("weather of a city", { limit: 5, visible: now }))).toEqual([]);
  now = snapshotFrom(git, sky);
  finder.refresh();
  expect(names(await finder.find("weather of a city", { limit: 5, visible: now }))).toEqual(["sky__forecast"]);
  expect(names(await finder.find("weather of a city", { limit: 5, visible: snapshotFrom(git) }))).toEqual([]);
  const bare = { ...sky, items: sky.items.map((item) => ({ ...item, name: item.origin })) };
  const own = snapshotOf({ ...snapshotFrom(), tools: bare.items });
  expect(names(await finder.find("weather of a city", { limit: 5, visible: own }))).toEqual(["forecast"]);
  finder.close();
});
