/** Searches a yard's tools: owns the index, and keeps it in step with the catalog in the background. */

import type { Item, Snapshot } from "../catalog/item.ts";
import { fuse } from "./embeddings/fusion.ts";
import { ToolIndex, type Hit } from "./tool-index.ts";

export interface Found {
  readonly item: Item;
  /** Comparable within one search only. */
  readonly score: number;
}

export interface FindOptions {
  readonly limit: number;
  /** What may be found; items are those of this Snapshot. */
  readonly visible: Snapshot;
  /** How much a tool has been used by callers like this one, from 0 to 1. */
  readonly usage?: (item: Item) => number;
}

/** What ranks by meaning, where the operator has named an endpoint for it. */
export interface Meanings {
  /** Learns these tools in the background. */
  learn(items: readonly Item[]): void;
  /** Ids of the tools that mean the same, best first; none where that cannot be said at once. */
  rank(query: string, items: readonly Item[], limit: number): Promise<string[]>;
}

/** Where two rankings are joined, so many places of each count. */
const PLACES = 50;
/** How long the index may keep everything else waiting, in ms. */
const SLICE_MS = 5;

export class Finder {
  readonly #index = new ToolIndex();
  readonly #snapshot: () => Snapshot;
  readonly #meanings: () => Meanings | undefined;
  #applied: Snapshot | undefined;
  #working: Promise<void> | undefined;
  #used = false;
  #closed = false;

  /**
   * @param snapshot everything that is offered, now
   * @param meanings undefined where searches go by words alone
   */
  constructor(snapshot: () => Snapshot, meanings: () => Meanings | undefined = () => undefined) {
    this.#snapshot = snapshot;
    this.#meanings = meanings;
  }

  /** Somebody will search: what has changed is read, in the background. */
  prepare(): void {
    this.#ready().catch(() => {}); // whoever searches is told
  }

  /** The catalog has changed: of use only where somebody has searched. */
  refresh(): void {
    if (this.#used) this.prepare();
  }

  /** The visible tools that fit best, best first. */
  async find(query: string, { limit, visible, usage }: FindOptions): Promise<Found[]> {
    await this.#ready();
    const byId = itemsById(visible);
    const only = (_: string, item: Item): boolean => byId.has(item.id);
    const meanings = this.#meanings();
    meanings?.learn(this.#snapshot().tools);
    const near = (await meanings?.rank(query, visible.tools, PLACES)) ?? [];
    const most = near.length === 0 ? limit : Math.max(limit, PLACES);
    const hits = this.#index.search(query, { limit: most, only, ...(usage === undefined ? {} : { usage }) });
    if (near.length === 0) return hits.flatMap((hit) => foundOf(hit, byId));
    const joined = fuse(
      hits.map(({ item }) => item.id),
      near,
    );
    return joined.slice(0, limit).flatMap((id, place) => {
      const item = byId.get(id);
      return item === undefined ? [] : [{ item, score: 1 / (place + 1) }];
    });
  }

  close(): void {
    this.#closed = true;
  }

  async #ready(): Promise<void> {
    this.#used = true;
    while (!this.#closed && this.#applied !== this.#snapshot()) {
      this.#working ??= this.#work(this.#snapshot()).finally(() => (this.#working = undefined));
      await this.#working;
    }
  }

  /** In slices, so that calls go on meanwhile. */
  async #work(snapshot: Snapshot): Promise<void> {
    const steps = this.#index.applying(snapshot);
    for (let until = performance.now() + SLICE_MS; !this.#closed && steps.next().done !== true;) {
      if (performance.now() < until) continue;
      await new Promise(setImmediate);
      until = performance.now() + SLICE_MS;
    }
    this.#applied = snapshot;
  }
}

const known = new WeakMap<Snapshot, ReadonlyMap<string, Item>>();

/** The tools of a View by their ids: under whichever names it has them. */
function itemsById(visible: Snapshot): ReadonlyMap<string, Item> {
  const present = known.get(visible);
  if (present !== undefined) return present;
  const made = new Map(visible.tools.map((item) => [item.id, item]));
  known.set(visible, made);
  return made;
}

function foundOf({ item, score }: Hit, byId: ReadonlyMap<string, Item>): Found[] {
  const own = byId.get(item.id);
  return own === undefined ? [] : [{ item: own, score }];
}
