/** `tools/list` of 1,000 tools, beside a server that answers the same bytes and does nothing else. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpClient } from "../client.ts";
import { oneByOne } from "../load.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

export const list: Scenario = async ({ subject, rounds, effort, folder }) => {
  const many = await httpFixture("--tools", "1000");
  const client = await connect(subject.http({ alpha: { url: many.url } }, folder()));
  const { result } = await client.request("tools/list", {});
  if (result?.tools?.length !== 1000) throw new Error(`The list has ${result?.tools?.length} tools.`);
  const bytes = join(folder(), "list.json");
  writeFileSync(bytes, JSON.stringify(result));
  const same = new HttpClient((await httpFixture("--list", bytes)).url);

  const p50: Record<"same" | "toolyard", number[]> = { same: [], toolyard: [] };
  const measure = async (name: "same" | "toolyard", from: HttpClient): Promise<void> => {
    p50[name].push((await oneByOne(() => from.requestText("tools/list", {}), 100 * effort)).p50);
  };
  for (let round = 0; round <= rounds; round++) {
    await measure("same", same);
    await measure("toolyard", client);
  }
  return [
    {
      figure: "1,000 tools, p50",
      unit: "ms",
      reference: p50.same.slice(1),
      toolyard: p50.toolyard.slice(1),
      bound: { on: "ratio", sense: "at most", limit: 1.25 },
    },
  ];
};
