/** A server that hangs on every call must not be felt by the others: two equal gateways, one of them with 50 calls hanging. */

import type { HttpClient } from "../client.ts";
import { calling, oneByOne } from "../load.ts";
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

  const p99: Record<"calm" | "stormy", number[]> = { calm: [], stormy: [] };
  const measure = async (name: "calm" | "stormy", client: HttpClient): Promise<void> => {
    p99[name].push((await oneByOne(calling(client, "good__tool_3"), 2000 * effort)).p99);
  };
  for (let round = 0; round <= rounds; round++) {
    await measure("calm", calm);
    await measure("stormy", stormy);
  }
  for (const client of [calm, stormy]) client.close();
  await Promise.allSettled(endless);
  return [
    {
      figure: `p99 of the others while ${hanging} calls hang`,
      unit: "ms",
      reference: p99.calm.slice(1),
      toolyard: p99.stormy.slice(1),
      bound: { on: "ratio", sense: "at most", limit: 1.1 },
    },
  ];
};
