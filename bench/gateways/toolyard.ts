import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Program } from "../process.ts";
import type { Gateway, Server } from "./gateway.ts";

const program = join(import.meta.dirname, "../../dist/cli/main.js");

function run(command: string[], mcpServers: Record<string, Server>, folder: string): Program {
  const config = join(folder, "toolyard.json");
  writeFileSync(config, JSON.stringify({ mcpServers, selection: { mode: "all" } }));
  const places = ["CACHE_HOME", "STATE_HOME", "CONFIG_HOME", "RUNTIME_DIR"];
  const env = Object.fromEntries(places.map((place) => [`XDG_${place}`, join(folder, place)]));
  return start(process.execPath, [program, ...command, "--config", config], env);
}

export const toolyard: Gateway = {
  name: "toolyard",
  http: (servers, folder) => run(["serve", "--port", "0", "--json"], servers, folder),
  stdio: (servers, folder) => run(["stdio", "--own"], servers, folder),
};
