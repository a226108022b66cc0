/** Commands: what `--version` costs beside a script that does nothing, and a list from a gateway that runs. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { placesIn, program } from "../gateways/toolyard.ts";
import { inTurns } from "../load.ts";
import { connect, httpFixture, type Scenario } from "./scenario.ts";

const run = promisify(execFile);

export const cli: Scenario = async ({ subject, rounds, folder }) => {
  const { url } = await httpFixture();
  const home = folder();
  await (await connect(subject.http({ alpha: { url } }, home))).tools();
  const env = { ...process.env, ...placesIn(home) };
  const timed = (args: readonly string[]) => async (): Promise<number> => {
    const before = performance.now();
    await run(process.execPath, [...args], { env });
    return performance.now() - before;
  };
  const times = await inTurns(rounds, {
    nothing: timed(["--eval", ""]),
    version: timed([program, "--version"]),
    tools: timed([program, "tools", "--config", join(home, "toolyard.json")]),
  });
  return [
    {
      figure: "toolyard --version, beside an empty script",
      unit: "ms",
      reference: times.nothing,
      toolyard: times.version,
      bound: { on: "difference", sense: "at most", limit: 30 },
    },
    {
      figure: "toolyard tools, from a gateway that runs",
      unit: "ms",
      toolyard: times.tools,
      bound: { on: "value", sense: "at most", limit: 200 },
    },
  ];
};
