/**
 * Measures what Toolyard costs, beside what nothing at all would cost, and holds it against its bounds.
 *
 *   npm run bench [-- --only call-http,start] [--rounds 9] [--quick] [--self]
 *
 * All of it writes bench/RESULTS.md. --quick is for every change: a few rounds, nothing written, and exit code 1 past 1.3 × a
 * bound. --self puts the pass-through in Toolyard's place, which shows how much of a ratio is noise.
 */

import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bare } from "./gateways/bare.ts";
import { toolyard } from "./gateways/toolyard.ts";
import { stopAll } from "./process.ts";
import { page, table, type Outcome } from "./report.ts";
import { strain } from "./row.ts";
import { call } from "./scenarios/call.ts";
import { isolation } from "./scenarios/isolation.ts";
import { list } from "./scenarios/list.ts";
import { memory } from "./scenarios/memory.ts";
import { payload } from "./scenarios/payload.ts";
import { Folders, type Scenario, type Setting } from "./scenarios/scenario.ts";
import { start } from "./scenarios/start.ts";

const scenarios: Record<string, Scenario> = {
  "call-http": call("http", "http"),
  "call-stdio": call("http", "stdio"),
  "call-from-stdio": call("stdio", "http"),
  start,
  isolation,
  list,
  payload,
  memory,
};
/** A change may be so far past a bound before it is refused: machines that are shared are not quiet. */
const tolerance = 1.3;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    self: { type: "boolean", default: false },
  },
});
const names = options.only?.split(",") ?? Object.keys(scenarios);
const rounds = Number(options.rounds ?? (options.quick ? 3 : 9));
const effort = options.quick ? 0.2 : 1;

async function run(name: string): Promise<Outcome> {
  using folders = new Folders();
  const setting: Setting = { subject: options.self ? bare : toolyard, rounds, effort, folder: () => folders.make() };
  try {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`There is no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}.`);
    return { scenario: name, rows: await scenario(setting) };
  } catch (error) {
    return { scenario: name, rows: [], failure: error instanceof Error ? error.message : String(error) };
  } finally {
    await stopAll();
  }
}

const [load = 0] = loadavg();
const outcomes: Outcome[] = [];
for (const name of names) {
  console.error(`${name} …`);
  outcomes.push(await run(name));
}
console.log(table(outcomes));

if (options.only === undefined && !options.quick && !options.self) {
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), page(outcomes, rounds, load));
}
const broken = outcomes.some(({ rows, failure }) => failure !== undefined || rows.some((row) => !(strain(row) <= tolerance)));
if (broken && !options.self) {
  console.error(`A scenario failed, or stands past ${tolerance} × its bound.`);
  process.exitCode = 1;
}
