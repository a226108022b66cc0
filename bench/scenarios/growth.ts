/** How the cost of a call grows: with calls in flight, servers, tools and sessions. Nothing may grow faster than its own dimension. */

import type { HttpClient } from "../client.ts";
import { bare } from "../gateways/bare.ts";
import type { Server } from "../gateways/gateway.ts";
import { atOnce, calling, inTurns, type Throughput } from "../load.ts";
import { memoryOf } from "../process.ts";
import type { Row } from "../row.ts";
import { connect, httpFixture, type Scenario, type Setting } from "./scenario.ts";

const inFlight = [1, 8, 64, 256];
const counts = { servers: [1, 20, 100], tools: [10, 100, 1000], sessions: [1, 100, 1000] };

/** Calls in flight, the pass-through beside it. */
export const flights: Scenario = async (setting) => {
  const { url } = await httpFixture();
  const sides = {
    reference: await opened(bare, { alpha: { url } }, setting),
    toolyard: await opened(setting.subject, { alpha: { url } }, setting),
  };
  const rows: Row[] = [];
  for (const flight of inFlight) {
    const run = (client: HttpClient) => (): Promise<Throughput> => atOnce(calling(client, "alpha__tool_3"), 3000 * setting.effort, flight);
    const figures = await inTurns(setting.rounds, { reference: run(sides.reference), toolyard: run(sides.toolyard) });
    rows.push(...pair(`${flight} in flight`, "calls in flight", flight, figures));
  }
  return rows;
};

/** Servers: calls go round all of them; the first figure is one server's. */
export const servers: Scenario = async (setting) => {
  const { url } = await httpFixture();
  return await grow("servers", counts.servers, setting, async (count) => {
    const many = Object.fromEntries(Array.from({ length: count }, (_, number) => [`s${number}`, { url }]));
    const client = await opened(setting.subject, many, setting, count * 15);
    return (number) => client.call(`s${number % count}__tool_3`, { text: "hello" });
  });
};

/** Tools of one server. */
export const tools: Scenario = async (setting) =>
  await grow("tools", counts.tools, setting, async (count) => {
    const { url } = await httpFixture("--tools", String(count));
    return calling(await opened(setting.subject, { alpha: { url } }, setting, count), "alpha__tool_3");
  });

/** Sessions that are open and silent beside the one that calls, and the memory that each of them takes. */
export const sessions: Scenario = async (setting) => {
  const { url } = await httpFixture();
  const memory: Row[] = [];
  const rows = await grow("sessions", counts.sessions, setting, async (count) => {
    const program = setting.subject.http({ alpha: { url } }, setting.folder());
    const client = await connect(program);
    await client.tools();
    const before = memoryOf(program.pid);
    for (let number = 1; number < count; number++) (await connect(program)).close();
    const each = count > 1 ? ((memoryOf(program.pid) - before) / (count - 1)) * 1024 : 0;
    if (count > 1) memory.push({ figure: `memory of each of ${count} idle sessions`, unit: "KB", toolyard: [each] });
    return calling(client, "alpha__tool_3");
  });
  return [...rows, ...memory];
};

async function opened(gateway: Setting["subject"], many: Record<string, Server>, { folder }: Setting, expected = 1): Promise<HttpClient> {
  const client = await connect(gateway.http(many, folder()));
  while ((await client.tools()).length < expected) await new Promise((resolve) => setTimeout(resolve, 50));
  return client;
}

/** One gateway for each count, measured in turns; each is held against the first. */
async function grow(
  dimension: string,
  values: readonly number[],
  { rounds, effort }: Setting,
  open: (count: number) => Promise<(number: number) => Promise<unknown>>,
): Promise<Row[]> {
  const works = new Map<string, (number: number) => Promise<unknown>>();
  for (const value of values) works.set(String(value), await open(value));
  const measures = Object.fromEntries(
    [...works].map(([value, work]) => [value, (): Promise<Throughput> => atOnce(work, 3000 * effort, 16)]),
  );
  const figures = await inTurns(rounds, measures);
  const [first] = values;
  return values.flatMap((value) =>
    pair(`${value} ${value === 1 ? dimension.slice(0, -1) : dimension}`, dimension, value, {
      reference: figures[String(first)] ?? [],
      toolyard: figures[String(value)] ?? [],
    }),
  );
}

function pair(
  figure: string,
  dimension: string,
  value: number,
  { reference, toolyard }: Record<"reference" | "toolyard", Throughput[]>,
): Row[] {
  return [
    {
      figure,
      unit: "calls/s",
      reference: reference.map(({ rate }) => rate),
      toolyard: toolyard.map(({ rate }) => rate),
      bound: { on: "ratio", sense: "at least", limit: 0.8 },
      at: { plot: "calls/s", dimension, value },
    },
    {
      figure: `${figure}, p99`,
      unit: "ms",
      reference: reference.map(({ p99 }) => p99),
      toolyard: toolyard.map(({ p99 }) => p99),
      at: { plot: "p99, ms", dimension, value },
    },
  ];
}
