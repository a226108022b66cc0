/**
 * A hand-written MCP server that misbehaves on demand. It uses no SDK, so that it can break every rule and
 * starts fast. `README.md` beside it has every switch; the event log (`--log`) tells tests what it saw.
 */

import { followSwitchesFile } from "./hostile/control.ts";
import { openEventLog } from "./hostile/log.ts";
import { holdLock, logTheEnd, logSignals, spawnGrandchild, strike, wait } from "./hostile/process.ts";
import { HostileServer } from "./hostile/server.ts";
import { parseFlags, Switchboard } from "./hostile/switchboard.ts";
import { switchTable } from "./hostile/switches.ts";

if (process.argv.includes("--help")) {
  process.stdout.write(switchTable());
  process.exit(0);
}
const switches = new Switchboard(parseFlags(process.argv.slice(2)));
const server = new HostileServer(switches, openEventLog(switches.values.log, switches.values.name));
followSwitchesFile(server);

const { values } = switches;
server.log("start", { argv: process.argv.slice(2), ...(values["log-env"] && { env: process.env }) });
logTheEnd(server);
logSignals(server);
holdLock(server);
spawnGrandchild(server);
await strike(server, ["start"]);
await wait(values["start-delay"]);

// Only the carrier that is asked for is loaded: a start is what many tests measure.
if (values.http >= 0 || values.sse >= 0) await listen();
else (await import("./hostile/carriers/stdio.ts")).serveStdio(server);

async function listen(): Promise<void> {
  const { serveHttp } = await import("./hostile/carriers/http.ts");
  try {
    const { url, ca } = await serveHttp(server);
    process.stdout.write(`${JSON.stringify({ url, pid: process.pid, ...(ca && { ca }) })}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
  if (values["end-with-stdin"]) process.stdin.resume().on("end", () => process.exit(0));
}
