/**
 * Measures what Toolyard costs, beside what nothing at all would cost, and holds it against its bounds.
 *
 *   npm run bench [-- --only call-http,start] [--rounds 9] [--quick] [--gateway bare] [--catalogs FOLDER]
 *
 * All of it writes bench/RESULTS.md and the plots of docs/performance.md. --quick is for every change: a few rounds of what tells
 * most, nothing written; what is past 1.3 × its bound is measured once more, and exit code 1 says that it still is. --gateway puts
 * another one of bench/gateways in Toolyard's place: the pass-through itself shows how much of a ratio is noise.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bare } from "./gateways/bare.ts";
import type { Gateway } from "./gateways/gateway.ts";
import { mcpProxy } from "./gateways/mcp-proxy.ts";
import { supergateway } from "./gateways/supergateway.ts";
import { toolyard } from "./gateways/toolyard.ts";
import { plotsOf } from "./plot.ts";
import { stopAll } from "./process.ts";
import { page, table, type Outcome } from "./report.ts";
import { strain } from "./row.ts";
import { agent } from "./scenarios/agent.ts";
import { call } from "./scenarios/call.ts";
import { catalogs } from "./scenarios/catalogs.ts";
import { cli } from "./scenarios/cli.ts";
import { flights, servers, sessions, tools } from "./scenarios/growth.ts";
import { isolation } from "./scenarios/isolation.ts";
import { library } from "./scenarios/library.ts";
import { list } from "./scenarios/list.ts";
import { memory } from "./scenarios/memory.ts";
import { payload } from "./scenarios/payload.ts";
import { reload } from "./scenarios/reload.ts";
import { Folders, type Scenario, type Setting } from "./scenarios/scenario.ts";
import { search } from "./scenarios/search.ts";
import { args, results } from "./scenarios/sizes.ts";
import { start } from "./scenarios/start.ts";
import { eras } from "./scenarios/variants.ts";

const scenarios: Record<string, Scenario> = {
  "call-http": call("http", "http"),
  "call-stdio": call("http", "stdio"),
  "call-from-stdio": call("stdio", "http"),
  start,
  isolation,
  list,
  payload,
  memory,
  flights,
  servers,
  tools,
  sessions,
  results,
  arguments: args,
  eras,
  reload,
  library,
  agent,
  cli,
  catalogs,
  search,
};
const gateways: readonly Gateway[] = [toolyard, bare, mcpProxy, supergateway];
/** What every change is held against: ratios of pairs that take turns, which mean the same on a machine that is busy. */
const quickOnes = ["call-http", "call-stdio", "call-from-stdio", "list", "payload", "library"];
/** A change may be so far past a bound before it is refused: machines that are shared are not quiet. */
const tolerance = 1.3;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    gateway: { type: "string", default: "toolyard" },
    catalogs: { type: "string" },
  },
});
const names = options.only?.split(",") ?? (options.quick ? quickOnes : Object.keys(scenarios));
const rounds = Number(options.rounds ?? (options.quick ? 5 : 9));
const effort = options.quick ? 0.4 : 1;
const subject = gateways.find(({ name }) => name === options.gateway);
if (subject === undefined)
  throw new Error(`There is no gateway ${options.gateway}; there are ${gateways.map(({ name }) => name).join(", ")}.`);

async function run(name: string, of: Gateway): Promise<Outcome> {
  using folders = new Folders();
  const setting: Setting = { subject: of, rounds, effort, catalogs: options.catalogs, folder: () => folders.make() };
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

const isBroken = ({ rows, failure }: Outcome): boolean => failure !== undefined || rows.some((row) => !(strain(row) <= tolerance));

/** A machine that is shared has its moments: what is broken is measured once more before it counts. */
async function runTwiceIfBroken(name: string, of: Gateway): Promise<Outcome> {
  console.error(`${name} …`);
  const first = await run(name, of);
  if (!isBroken(first) || first.failure !== undefined) return first;
  console.error(`${name} once more …`);
  return await run(name, of);
}

const [load = 0] = loadavg();
const outcomes: Outcome[] = [];
for (const name of names) outcomes.push(await runTwiceIfBroken(name, subject));
console.log(table(outcomes));
if (options.only === undefined && !options.quick && subject === toolyard) keep(outcomes);
if (outcomes.some(isBroken) && subject === toolyard) {
  console.error(`A scenario failed, or stands past ${tolerance} × its bound.`);
  process.exitCode = 1;
}

/** The page of figures, and the plots. What others write behind the mark on the page stays. */
function keep(all: readonly Outcome[]): void {
  const file = join(import.meta.dirname, "RESULTS.md");
  const behind = /\n<!-- below: written by others -->[\s\S]*/.exec(readFileSync(file, "utf8"))?.[0] ?? "";
  writeFileSync(file, page(all, rounds, load) + behind);
  const folder = join(import.meta.dirname, "../docs/plots");
  mkdirSync(folder, { recursive: true });
  for (const { scenario, rows } of all) {
    for (const { name, svg } of plotsOf(scenario, rows)) writeFileSync(join(folder, `${name}.svg`), svg);
  }
}
