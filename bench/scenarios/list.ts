/** `tools/list` of 1,000 tools, beside a server that answers the same bytes and does nothing else. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpClient } from "../client.ts";
import { inTurns, oneByOne } from "../load.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

export const list: Scenario = async ({ subject, rounds, effort, folder }) => {
  const many = await httpFixture("--tools", "1000");
  const client = await connect(subject.http({ alpha: { url: many.url } }, folder()));
  const { result } = await client.request("tools/list", {});
  if (result?.tools?.length !== 1000) throw new Error(`The list has ${result?.tools?.length} tools.`);
  const bytes = join(folder(), "list.json");
  writeFileSync(bytes, JSON.stringify(result));
  const same = new HttpClient((await httpFixture("--list", bytes)).url);

  const run = (from: HttpClient) => async (): Promise<number> =>
    (await oneByOne(() => from.requestText("tools/list", {}), 100 * effort)).p50;
  return [
    {
      figure: "1,000 tools, p50",
      unit: "ms",
      ...(await inTurns(rounds, { reference: run(same), toolyard: run(client) })),
      bound: { on: "ratio", sense: "at most", limit: 1.25 },
    },
  ];
};
