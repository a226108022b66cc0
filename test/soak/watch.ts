/** The gateway's process, looked at from outside and by its own report. */

import type { Gateway } from "../faults/gateway.ts";
import { childrenOf, cpuSeconds, openDescriptors, residentBytes } from "../support/processes.ts";

export interface Sample {
  /** Seconds since the run began. */
  readonly at: number;
  readonly residentMb: number;
  readonly heapMb: number;
  readonly descriptors: number;
  readonly children: number;
  readonly zombies: number;
  readonly timers: number;
  readonly cpuSeconds: number;
}

const MB = 1024 * 1024;

export async function sample(gateway: Gateway, startedAt: number): Promise<Sample> {
  const report = await (await fetch(gateway.at("/metrics"), { signal: AbortSignal.timeout(20_000) })).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(report)?.[1] ?? 0);
  const children = childrenOf(gateway.pid);
  return {
    at: (performance.now() - startedAt) / 1_000,
    residentMb: residentBytes(gateway.pid) / MB,
    heapMb: value("nodejs_heap_size_used_bytes") / MB,
    descriptors: openDescriptors(gateway.pid),
    children: children.length,
    zombies: children.filter(({ state }) => state === "Z").length,
    timers: value('nodejs_active_resources\\{type="Timeout"\\}'),
    cpuSeconds: cpuSeconds(gateway.pid),
  };
}

/** What lies under the ups and downs of a heap: the least of each window of so many seconds. */
export function floors(samples: readonly Sample[], windowSeconds: number): { readonly at: number; readonly heapMb: number }[] {
  const windows = Map.groupBy(samples, ({ at }) => Math.floor(at / windowSeconds));
  return [...windows].map(([index, own]) => ({ at: (index + 0.5) * windowSeconds, heapMb: Math.min(...own.map(({ heapMb }) => heapMb)) }));
}

/** MB an hour, by least squares; 0 for fewer than three points. */
export function slope(points: readonly { readonly at: number; readonly heapMb: number }[]): number {
  if (points.length < 3) return 0;
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [x, y] = [mean(points.map(({ at }) => at)), mean(points.map(({ heapMb }) => heapMb))];
  const above = points.reduce((sum, { at, heapMb }) => sum + (at - x) * (heapMb - y), 0);
  const below = points.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
  return (above / below) * 3_600;
}
