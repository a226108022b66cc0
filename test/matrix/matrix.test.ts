import { beforeAll, describe, expect, it } from "vitest";
import { CELLS } from "./cells.ts";
import { readTables } from "./page.ts";
import { runMatrix, type Outcomes } from "./run.ts";
import { tablesOf } from "./table.ts";

let outcomes: Outcomes;

beforeAll(async () => {
  outcomes = await runMatrix();
}, 120_000);

const failureOf = (name: string): Error | undefined => outcomes.all.find(({ cell }) => cell.name === name)?.failure;

describe("every client to every server", () => {
  it.each(CELLS.filter(({ state }) => state.kind === "checked").map(({ name }) => name))("%s", (name) => {
    const failure = failureOf(name);
    if (failure !== undefined) throw failure;
  });

  it.each(CELLS.filter(({ state }) => state.kind === "pending").map(({ name }) => name))("%s: still pending", (name) => {
    expect(failureOf(name), "It has healed: take it out of pending.ts").toBeDefined();
  });

  it("breaks no rule of the protocol towards any server", () => {
    expect(Object.entries(outcomes.violations).filter(([, rules]) => rules.length > 0)).toEqual([]);
  });

  it("is what docs/protocol.md says", () => {
    expect(readTables(), "run `npm run matrix`").toBe(tablesOf(outcomes.all));
  });
});
