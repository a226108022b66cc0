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

export interface Throughput {
  /** Calls a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
}

/** So many in flight, each followed by the next. */
export async function atOnce(work: (number: number) => Promise<unknown>, times: number, inFlight: number): Promise<Throughput> {
  const latencies: number[] = [];
  let started = 0;
  const before = performance.now();
  const worker = async (): Promise<void> => {
    while (started < times) {
      const began = performance.now();
      await work(started++);
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { rate: (times / (performance.now() - before)) * 1000, p99: quantile(latencies, 0.99) };
}

/** Measures several things in turns, each round in another order; the first round only warms up and does not count. */
export async function inTurns<Name extends string, Figure>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<Figure>>>,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(measures) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Figure[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await measures[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

export function calling(client: Client, tool: string): () => Promise<void> {
  return () => client.call(tool, { text: "hello" });
}
