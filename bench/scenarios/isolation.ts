/** A server that hangs on every call must not be felt by the others: two equal gateways, one of them with 50 calls hanging. */

import type { HttpClient } from "../client.ts";
import { calling, inTurns, oneByOne } from "../load.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

const hanging = 50;

export const isolation: Scenario = async ({ subject, rounds, effort, folder }) => {
  const good = await httpFixture("--name", "good");
  const bad = await httpFixture("--name", "bad", "--fault", "hang-call");
  const servers = { good: { url: good.url }, bad: { url: bad.url, timeouts: { call: "30m", callMax: "30m" } } };
  const open = async (): Promise<HttpClient> => {
    const client = await connect(subject.http(servers, folder()));
    await client.tools();
    return client;
  };
  const calm = await open();
  const stormy = await open();
  const endless = Array.from({ length: hanging }, () => stormy.call("bad__tool_3", {}));

  const run = (client: HttpClient) => async (): Promise<number> => (await oneByOne(calling(client, "good__tool_3"), 2000 * effort)).p99;
  const p99 = await inTurns(rounds, { calm: run(calm), stormy: run(stormy) });
  for (const client of [calm, stormy]) client.close();
  await Promise.allSettled(endless);
  return [
    {
      figure: `p99 of the others while ${hanging} calls hang`,
      unit: "ms",
      reference: p99.calm,
      toolyard: p99.stormy,
      bound: { on: "ratio", sense: "at most", limit: 1.1 },
    },
  ];
};
