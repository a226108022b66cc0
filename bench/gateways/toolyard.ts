import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Program } from "../process.ts";
import type { Gateway, Server } from "./gateway.ts";

/** The command line. */
export const program: string = join(import.meta.dirname, "../../dist/cli/main.js");

function run(command: string[], mcpServers: Record<string, Server>, folder: string): Program {
  const config = join(folder, "toolyard.json");
  writeFileSync(config, JSON.stringify({ mcpServers, selection: { mode: "all" } }));
  return start(process.execPath, [program, ...command, "--config", config], placesIn(folder));
}

/** The environment in which all that it keeps is in one folder. */
export function placesIn(folder: string): Record<string, string> {
  const places = ["CACHE_HOME", "STATE_HOME", "CONFIG_HOME", "RUNTIME_DIR"];
  return Object.fromEntries(places.map((place) => [`XDG_${place}`, join(folder, place)]));
}

export const toolyard: Gateway = {
  name: "toolyard",
  http: (servers, folder) => run(["serve", "--port", "0", "--json"], servers, folder),
  stdio: (servers, folder) => run(["stdio", "--own"], servers, folder),
};
