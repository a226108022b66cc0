/** From the spawn of the process to the full list in a client's hands: cold, with a cache, and with two servers that are broken. */

import { setTimeout as sleep } from "node:timers/promises";
import { StdioClient } from "../client.ts";
import type { Server } from "../gateways/gateway.ts";
import { fixtureCommand, start as launch } from "../process.ts";
import type { Bound, Row } from "../row.ts";
import { connect, type Scenario, type Setting } from "./scenario.ts";

const tools = 15;
/** Default of `discovery.wait`, ms: how long a first list waits for servers that have not settled. */
const discoveryWait = 3000;
const patience = 30_000;

const slow = (name: string): Server => fixtureCommand("--stdio", "--name", name, "--start-delay", "300", "--tools", String(tools));
const slowServers = (count: number): Record<string, Server> =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`s${number}`, slow(`s${number}`)]));

const healthy = slowServers(10);
const faulty = {
  ...slowServers(8),
  hanging: fixtureCommand("--stdio", "--fault", "hang-init"),
  dead: fixtureCommand("--stdio", "--fault", "exit"),
};

export const start: Scenario = async (setting) => {
  const sideBySide: number[] = [];
  const good = { cold: [] as number[], warm: [] as number[] };
  const bad = { cold: [] as number[], warm: [] as number[] };
  for (let round = 0; round < setting.rounds; round++) {
    sideBySide.push(await startSideBySide(healthy));
    await coldThenWarm(good, healthy, 10 * tools, setting);
    await coldThenWarm(bad, faulty, 8 * tools, setting);
  }
  return rows(sideBySide, good, bad);
};

/** The same commands started and listed at once by a bare client: no gateway can be faster than its servers. */
export async function startSideBySide(servers: Record<string, Server>): Promise<number> {
  const startedAt = performance.now();
  const programs = Object.values(servers).map(({ command = "", args = [] }) => launch(command, args));
  await Promise.all(
    programs.map(async (program) => {
      const client = new StdioClient(program);
      await client.initialize();
      await client.tools();
    }),
  );
  const took = performance.now() - startedAt;
  await Promise.all(programs.map((program) => program.stop()));
  return took;
}

interface Times {
  readonly cold: number[];
  readonly warm: number[];
}

async function coldThenWarm(times: Times, servers: Record<string, Server>, expected: number, setting: Setting): Promise<void> {
  const folder = setting.folder();
  times.cold.push(await untilFull(setting, servers, folder, expected));
  times.warm.push(await untilFull(setting, servers, folder, expected));
}

/** From the spawn of a gateway to a list of so many tools, ms. */
export async function untilFull({ subject }: Setting, servers: Record<string, Server>, folder: string, expected: number): Promise<number> {
  const program = subject.http(servers, folder);
  try {
    const client = await connect(program);
    while ((await client.tools()).length < expected) {
      if (performance.now() - program.startedAt > patience) throw new Error(`No ${expected} tools within ${patience} ms.`);
      await sleep(10);
    }
    const took = performance.now() - program.startedAt;
    client.close();
    return took;
  } finally {
    await program.stop();
  }
}

function rows(sideBySide: number[], good: Times, bad: Times): Row[] {
  const atMost = (limit: number): Bound => ({ on: "value", sense: "at most", limit });
  return [
    {
      figure: "cold, beside the same ten started side by side",
      unit: "ms",
      reference: sideBySide,
      toolyard: good.cold,
      bound: { on: "difference", sense: "at most", limit: 250 },
    },
    { figure: "warm", unit: "ms", toolyard: good.warm, bound: atMost(400) },
    { figure: "cold, one of ten hanging and one dead", unit: "ms", toolyard: bad.cold, bound: atMost(discoveryWait + 250) },
    { figure: "warm, one of ten hanging and one dead", unit: "ms", toolyard: bad.warm, bound: atMost(400) },
  ];
}
