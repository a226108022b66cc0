/** Results and arguments of 1 KB to 8 MB, the pass-through beside them. */

import type { HttpClient } from "../client.ts";
import { bare } from "../gateways/bare.ts";
import { inTurns, oneByOne } from "../load.ts";
import type { Row } from "../row.ts";
import { connect, httpFixture, type Scenario, type Setting } from "./scenario.ts";

const sizes = [1, 100, 1_000, 8_000];
const calls = (kilobytes: number): number => Math.max(5, Math.min(300, 30_000 / kilobytes));

export const results: Scenario = async (setting) => {
  const rows: Row[] = [];
  for (const size of sizes) {
    const { url } = await httpFixture("--payload", String(size * 1000));
    rows.push(await measure({ what: "result", size, url, given: {} }, setting));
  }
  return rows;
};

export const args: Scenario = async (setting) => {
  const { url } = await httpFixture();
  const rows: Row[] = [];
  for (const size of sizes) rows.push(await measure({ what: "arguments", size, url, given: { text: "x".repeat(size * 1000) } }, setting));
  return rows;
};

interface Size {
  readonly what: "result" | "arguments";
  /** In KB. */
  readonly size: number;
  readonly url: string;
  /** Arguments of the call. */
  readonly given: object;
}

async function measure({ what, size, url, given }: Size, { subject, rounds, effort, folder }: Setting): Promise<Row> {
  const open = async (gateway: typeof subject): Promise<HttpClient> => {
    const client = await connect(gateway.http({ alpha: { url } }, folder()));
    await client.tools();
    return client;
  };
  const sides = { reference: await open(bare), toolyard: await open(subject) };
  const run = (client: HttpClient) => async (): Promise<number> =>
    (await oneByOne(() => client.requestText("tools/call", { name: "alpha__tool_3", arguments: given }), calls(size) * effort)).p50;
  const p50 = await inTurns(rounds, { reference: run(sides.reference), toolyard: run(sides.toolyard) });
  for (const client of Object.values(sides)) client.close();
  return {
    figure: `${what} of ${size} KB, p50`,
    unit: "ms",
    ...p50,
    bound: { on: "ratio", sense: "at most", limit: 1.25 },
    at: { plot: "p50, ms", dimension: `KB of ${what}`, value: size },
  };
}
