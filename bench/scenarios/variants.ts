/** The same call in other clothes: modern clients and servers, each era with the other, answers as event streams. */

import { HttpClient, ModernHttpClient } from "../client.ts";
import { bare } from "../gateways/bare.ts";
import { atOnce, calling, inTurns, oneByOne } from "../load.ts";
import type { Row } from "../row.ts";
import { httpFixture, type Scenario, type Setting } from "./scenario.ts";

interface Variant {
  readonly name: string;
  readonly client: typeof HttpClient;
  readonly server: readonly string[];
  /** The pass-through translates nothing: across eras it stands between a client and a server of the client's era. */
  readonly beside?: readonly string[];
}

const variants: readonly Variant[] = [
  { name: "modern client, modern server", client: ModernHttpClient, server: ["--modern"] },
  { name: "legacy client, modern server", client: HttpClient, server: ["--modern"], beside: [] },
  { name: "modern client, legacy server", client: ModernHttpClient, server: [], beside: ["--modern"] },
  { name: "answers as event streams", client: HttpClient, server: ["--sse"] },
];
const tool = "alpha__tool_3";

export const eras: Scenario = async (setting) => {
  const rows: Row[] = [];
  for (const variant of variants) rows.push(...(await measure(variant, setting)));
  return rows;
};

async function measure({ name, client: Client, server, beside = server }: Variant, setting: Setting): Promise<Row[]> {
  const { subject, rounds, effort, folder } = setting;
  const open = async (gateway: typeof subject, args: readonly string[]): Promise<() => Promise<void>> => {
    const { url } = await httpFixture(...args);
    const client = new Client(await gateway.http({ alpha: { url } }, folder()).url());
    await client.initialize();
    await client.tools();
    return calling(client, tool);
  };
  const sides = { reference: await open(bare, beside), toolyard: await open(subject, server) };
  const p50 = await inTurns(rounds, {
    reference: async () => (await oneByOne(sides.reference, 500 * effort)).p50,
    toolyard: async () => (await oneByOne(sides.toolyard, 500 * effort)).p50,
  });
  const rate = await inTurns(rounds, {
    reference: async () => (await atOnce(sides.reference, 3000 * effort, 64)).rate,
    toolyard: async () => (await atOnce(sides.toolyard, 3000 * effort, 64)).rate,
  });
  return [
    { figure: `${name}: one in flight, p50`, unit: "ms", ...p50, bound: { on: "ratio", sense: "at most", limit: 1.25 } },
    { figure: `${name}: 64 in flight`, unit: "calls/s", ...rate, bound: { on: "ratio", sense: "at least", limit: 0.8 } },
  ];
}
