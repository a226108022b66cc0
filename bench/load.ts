/** Calls a tool many times, one after another and many at once. */

import type { Client } from "./client.ts";
import { quantile } from "./stats.ts";

export interface Load {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Latencies with one call in flight. */
export async function oneByOne(work: () => Promise<unknown>, times: number): Promise<Load> {
  const latencies: number[] = [];
  for (let count = 0; count < times; count++) {
    const before = performance.now();
    await work();
    latencies.push(performance.now() - before);
  }
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

/** Calls a second with so many in flight. */
export async function atOnce(work: () => Promise<unknown>, times: number, inFlight: number): Promise<number> {
  let left = times;
  const before = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (times / (performance.now() - before)) * 1000;
}

export function calling(client: Client, tool: string): () => Promise<void> {
  return () => client.call(tool, { text: "hello" });
}
