/** A saved configuration of 50 servers in which one has changed: until it holds, and what calls feel meanwhile. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { calling, oneByOne } from "../load.ts";
import { quantile } from "../stats.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

const count = 50;
const patience = 20_000;

export const reload: Scenario = async ({ subject, rounds, effort, folder }) => {
  const { url } = await httpFixture();
  const home = folder();
  const client = await connect(
    subject.http(Object.fromEntries(Array.from({ length: count }, (_, number) => [`s${number}`, { url }])), home),
  );
  while ((await client.tools()).length < count * 15) await sleep(50);
  const file = join(home, "toolyard.json");
  const call = calling(client, "s0__tool_3");

  const took: number[] = [];
  const p99: Record<"calm" | "busy", number[]> = { calm: [], busy: [] };
  for (let round = 0; round < rounds; round++) {
    p99.calm.push((await oneByOne(call, 1000 * effort)).p99);
    const config = JSON.parse(readFileSync(file, "utf8")) as { mcpServers: Record<string, object> };
    config.mcpServers["s1"] = { url, namespace: `round${round}` };
    const startedAt = performance.now();
    writeFileSync(file, JSON.stringify(config));
    const latencies: number[] = [];
    while (!(await client.tools()).includes(`round${round}__tool_3`)) {
      if (performance.now() - startedAt > patience) throw new Error("The new configuration never held.");
      const before = performance.now();
      await call();
      latencies.push(performance.now() - before);
    }
    took.push(performance.now() - startedAt);
    p99.busy.push(quantile(latencies, 0.99));
  }
  return [
    { figure: `${count} servers, one of them changed: until it holds`, unit: "ms", toolyard: took },
    { figure: "p99 of calls meanwhile, beside before", unit: "ms", reference: p99.calm, toolyard: p99.busy },
  ];
};
