/** Catalogs of real servers, replayed: the start of a gateway with 10, 20 and all of them, cold and with a cache. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../gateways/gateway.ts";
import { fixtureCommand } from "../process.ts";
import type { Row } from "../row.ts";
import type { Scenario, Setting } from "./scenario.ts";
import { startSideBySide, untilFull } from "./start.ts";

/** How many tools a catalog has. */
interface Catalog {
  readonly server: Server;
  readonly tools: number;
}

export const catalogs: Scenario = async (setting) => {
  const all = read(setting);
  const rows: Row[] = [];
  for (const count of new Set([10, 20, all.length])) rows.push(...(await measure(all.slice(0, count), setting)));
  return rows;
};

/** Those with the fewest tools last, so that ten of them are not the ten smallest. @throws where nobody said where they are */
function read({ catalogs: place, folder }: Setting): Catalog[] {
  if (place === undefined)
    throw new Error("Say with --catalogs FOLDER where the catalogs are: a JSON file for each server, with `name` and `tools`.");
  const home = folder();
  return readdirSync(place)
    .filter((name) => name.endsWith(".json"))
    .map((name): Catalog => {
      const { tools = [] } = JSON.parse(readFileSync(join(place, name), "utf8")) as { tools?: unknown[] };
      const list = join(home, name);
      writeFileSync(list, JSON.stringify({ tools }));
      return { server: fixtureCommand("--stdio", "--start-delay", "100", "--list", list), tools: tools.length };
    })
    .filter(({ tools }) => tools > 0)
    .toSorted((a, b) => b.tools - a.tools);
}

async function measure(chosen: readonly Catalog[], setting: Setting): Promise<Row[]> {
  const servers = Object.fromEntries(chosen.map(({ server }, number) => [`s${number}`, server]));
  const times: Record<"beside" | "cold" | "warm", number[]> = { beside: [], cold: [], warm: [] };
  const rounds = Math.min(3, setting.rounds);
  for (let round = 0; round < rounds; round++) {
    const home = setting.folder();
    times.beside.push(await startSideBySide(servers));
    // A few definitions may be refused, so what counts is that the list has become quiet near its full length.
    const expected = Math.floor(chosen.reduce((sum, { tools }) => sum + tools, 0) * 0.98);
    times.cold.push(await untilFull(setting, servers, home, expected));
    times.warm.push(await untilFull(setting, servers, home, expected));
  }
  const at = { dimension: "real servers", value: chosen.length };
  const figure = `${chosen.length} real catalogs, ${chosen.reduce((sum, { tools }) => sum + tools, 0)} tools`;
  return [
    { figure: `${figure}: cold`, unit: "ms", reference: times.beside, toolyard: times.cold, at: { plot: "cold start, ms", ...at } },
    { figure: `${figure}: warm`, unit: "ms", toolyard: times.warm, at: { plot: "warm start, ms", ...at } },
  ];
}
