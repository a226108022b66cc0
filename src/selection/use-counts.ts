/** How often each tool of each toolset was called with success, where every call counts half as much after two weeks. Pure. */

import { isObject, objectOr, type JsonObject } from "../base/json.ts";

const HALF_LIFE_MS = 14 * 24 * 60 * 60 * 1000;
/** What is left of a single call after two months says nothing any more. */
const NEGLIGIBLE = 0.05;
/** Bounds on the file, whatever servers and keys come and go. */
const TOOLSETS = 64;
const TOOLS = 500;

interface Count {
  readonly weight: number;
  /** When the weight was right: milliseconds since the epoch. */
  readonly at: number;
}

export class UseCounts {
  /** By toolset, then by tool id. */
  readonly #counts = new Map<string, Map<string, Count>>();

  note(toolset: string, tool: string, { weight, at }: Count): void {
    const counts = this.#counts.get(toolset) ?? new Map<string, Count>();
    this.#counts.set(toolset, counts);
    const known = counts.get(tool);
    const now = Math.max(at, known?.at ?? at);
    counts.set(tool, { weight: left({ weight, at }, now) + (known === undefined ? 0 : left(known, now)), at: now });
  }

  add(others: UseCounts): void {
    for (const [toolset, counts] of others.#counts) for (const [tool, count] of counts) this.note(toolset, tool, count);
  }

  /** What each tool of the toolset weighs now. */
  weights(toolset: string, now: number): Map<string, number> {
    return new Map([...(this.#counts.get(toolset) ?? [])].map(([tool, count]) => [tool, left(count, now)]));
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** The heaviest counts, as they are kept. */
  toJson(now: number): JsonObject {
    const toolsets = [...this.#counts].map(([toolset, counts]) => [toolset, heaviest(counts, now)] as const);
    const used = toolsets.filter(([, counts]) => counts.length > 0).toSorted(([, a], [, b]) => lastUse(b) - lastUse(a));
    return Object.fromEntries(used.slice(0, TOOLSETS).map(([toolset, counts]) => [toolset, Object.fromEntries(counts)]));
  }

  /** Takes what {@link UseCounts.toJson} gave; what is of another shape is left out. */
  static fromJson(value: unknown, now: number): UseCounts {
    const all = new UseCounts();
    for (const [toolset, counts] of Object.entries(objectOr(value))) {
      for (const [tool, count] of Object.entries(objectOr(counts))) {
        const { weight, at } = objectOr(count);
        if (isPositive(weight) && isPositive(at)) all.note(toolset, tool, { weight, at: Math.min(at, now) });
      }
    }
    return all;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function left({ weight, at }: Count, now: number): number {
  return weight * 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS);
}

function heaviest(counts: ReadonlyMap<string, Count>, now: number): [string, JsonObject][] {
  const weighty = [...counts]
    .map(([tool, count]) => ({ tool, count, weight: left(count, now) }))
    .filter(({ weight }) => weight >= NEGLIGIBLE);
  const sorted = weighty.toSorted((a, b) => b.weight - a.weight).slice(0, TOOLS);
  return sorted.map(({ tool, count: { weight, at } }) => [tool, { weight: Number(weight.toFixed(3)), at }]);
}

function lastUse(counts: readonly [string, JsonObject][]): number {
  return Math.max(...counts.map(([, count]) => (isObject(count) && typeof count["at"] === "number" ? count["at"] : 0)));
}
