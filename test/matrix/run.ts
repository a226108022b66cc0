/** Runs all cells against one gateway, side by side where that disturbs nobody. */

import { CELLS, type Cell } from "./cells.ts";
import type { Column } from "./columns.ts";
import { hasOwnStreams, type Feature } from "./features/feature.ts";
import { openPlace, type Place } from "./place/place.ts";
import { Talk } from "./place/talk.ts";

export interface Outcome {
  readonly cell: Cell;
  /** Why it failed; undefined where it did not, or was not checked. */
  readonly failure: Error | undefined;
}

export interface Outcomes {
  readonly all: readonly Outcome[];
  /** What the gateway did against the protocol, by server. */
  readonly violations: Readonly<Record<string, readonly unknown[]>>;
}

const STAGES: readonly Feature["stage"][] = [undefined, "asking", "last"];

export async function runMatrix(): Promise<Outcomes> {
  await using place = await openPlace();
  const cells = CELLS.filter(({ state }) => state.kind === "checked" || state.kind === "pending");
  const failures = new Map<Cell, Error>();
  const rows = [...Map.groupBy(cells, ({ column }) => column)].map(([column, own]) => new Row(place, column, own, failures));
  try {
    for (const stage of STAGES) {
      const servers = [...Map.groupBy(rows, ({ column }) => column.server).values()];
      await Promise.all(servers.map((own) => runStage(own, stage)));
    }
  } finally {
    for (const row of rows) await row.close();
  }
  return { all: CELLS.map((cell) => ({ cell, failure: failures.get(cell) })), violations: place.violations() };
}

/** A question that names no call is put to nobody while several clients are at work. */
async function runStage(rows: readonly Row[], stage: Feature["stage"]): Promise<void> {
  const oneByOne = stage === "asking" && rows.some(({ column }) => !hasOwnStreams(column));
  if (!oneByOne) return void (await Promise.all(rows.map((row) => row.run(stage))));
  for (const row of rows) await row.run(stage);
}

/** All cells of one client and one server: they have one conversation, one after another. */
class Row {
  readonly column: Column;
  readonly #place: Place;
  readonly #cells: readonly Cell[];
  readonly #failures: Map<Cell, Error>;
  #talk: Promise<Talk> | undefined;

  constructor(place: Place, column: Column, cells: readonly Cell[], failures: Map<Cell, Error>) {
    this.#place = place;
    this.column = column;
    this.#cells = cells;
    this.#failures = failures;
  }

  async run(stage: Feature["stage"]): Promise<void> {
    for (const cell of this.#cells.filter(({ feature }) => feature.stage === stage)) {
      try {
        this.#talk ??= Talk.open(this.#place, this.column);
        const talk = await this.#talk;
        talk.rest();
        await cell.feature.check(talk);
      } catch (error) {
        this.#failures.set(cell, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  async close(): Promise<void> {
    const talk = await this.#talk?.catch(() => undefined);
    await talk?.[Symbol.asyncDispose]();
  }
}
