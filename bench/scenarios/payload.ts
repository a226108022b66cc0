/** Results of 1 MB: how long, and whether memory stays where it is. */

import type { HttpClient } from "../client.ts";
import { bare } from "../gateways/bare.ts";
import { inTurns, oneByOne } from "../load.ts";
import { memoryOf } from "../process.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

const callWith = (client: HttpClient) => (): Promise<string> => client.requestText("tools/call", { name: "alpha__tool_3", arguments: {} });

export const payload: Scenario = async ({ subject, rounds, effort, folder }) => {
  const large = await httpFixture("--payload", "1000000");
  const servers = { alpha: { url: large.url } };
  const program = subject.http(servers, folder());
  const reference = await connect(bare.http(servers, folder()));
  const toolyard = await connect(program);
  await toolyard.tools();

  const run = (client: HttpClient) => async (): Promise<number> => (await oneByOne(callWith(client), 60 * effort)).p50;
  const p50 = await inTurns(rounds, { reference: run(reference), toolyard: run(toolyard) });
  const thousand = (): Promise<unknown> => oneByOne(callWith(toolyard), 1000 * effort);
  await thousand();
  const before = memoryOf(program.pid);
  await thousand();
  return [
    {
      figure: "p50",
      unit: "ms",
      ...p50,
      bound: { on: "ratio", sense: "at most", limit: 1.25 },
    },
    {
      figure: "resident memory before and after 1,000 more",
      unit: "MB",
      reference: [before],
      toolyard: [memoryOf(program.pid)],
      bound: { on: "ratio", sense: "at most", limit: 1.1 },
    },
  ];
};
