/** Resident memory: idle with 1,000 tools from the cache, and whether calls leave anything behind. */

import { setTimeout as sleep } from "node:timers/promises";
import { atOnce, calling } from "../load.ts";
import { memoryOf } from "../process.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

const settling = 2000;

export const memory: Scenario = async ({ subject, effort, folder }) => {
  const many = await httpFixture("--tools", "1000");
  const servers = { alpha: { url: many.url } };
  const home = folder();
  const first = subject.http(servers, home);
  await (await connect(first)).tools();
  await first.stop();

  const program = subject.http(servers, home);
  const client = await connect(program);
  await sleep(settling);
  const idle = memoryOf(program.pid);

  const work = calling(client, "alpha__tool_3");
  await atOnce(work, 50_000 * effort, 32);
  const half = memoryOf(program.pid);
  await atOnce(work, 50_000 * effort, 32);
  return [
    { figure: "idle, 1,000 tools from the cache", unit: "MB", toolyard: [idle], bound: { on: "value", sense: "at most", limit: 100 } },
    {
      figure: "after 50,000 and after 100,000 calls",
      unit: "MB",
      reference: [half],
      toolyard: [memoryOf(program.pid)],
      bound: { on: "ratio", sense: "at most", limit: 1.05 },
    },
  ];
};
