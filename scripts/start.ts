/** `npm start`: the demo yard behind the gateway, and what to try with it. No keys, no network. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../examples/start-server.ts";

const root = join(import.meta.dirname, "..");
const config = "examples/operations/toolyard.json";
const given = process.argv.slice(2);

await using cleanup = new AsyncDisposableStack();
const memory = await mkdtemp(join(tmpdir(), "toolyard-demo-"));
cleanup.defer(() => rm(memory, { recursive: true, force: true }));
const database = cleanup.use(await startServer(new URL("../examples/operations/servers/database.ts", import.meta.url)));

console.error("The demo yard: files, a PostgreSQL database, this machine's monitoring, and two reference servers.\n");
const gateway = spawn(process.execPath, ["dist/cli/main.js", "serve", "--config", config, ...given], {
  cwd: root,
  stdio: ["inherit", "inherit", "pipe"],
  env: {
    ...process.env,
    ...(process.stderr.isTTY ? { FORCE_COLOR: "1" } : {}),
    DATABASE_URL: database.url,
    TOOLYARD_DEMO_MEMORY: join(memory, "memory.jsonl"),
  },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => gateway.kill(signal));

let hinted = false;
gateway.stderr.on("data", (chunk: Buffer) => {
  process.stderr.write(chunk);
  const url = /http:\/\/\S+\/mcp\b/.exec(chunk.toString("utf8"))?.[0];
  if (url === undefined || hinted) return;
  hinted = true;
  console.error(`\n${hints(url)}`);
});
const [code] = (await once(gateway, "exit")) as [number | null];
process.exitCode = code ?? 1;

function hints(url: string): string {
  const run = `npx toolyard`;
  return [
    "Try next, in another terminal:",
    `  ${run} tools --config ${config}`,
    `  ${run} call database__query '{"sql":"select name, team from services"}' --config ${config}`,
    `  ${run} call monitoring__query '{"metric":"uptime_seconds"}' --config ${config}`,
    `  claude mcp add --transport http toolyard ${url}`,
    `  curl ${new URL("/api/state", url).href}`,
    "  npx node examples/operations/main.ts     an agent with these tools, which checks itself",
  ].join("\n");
}
