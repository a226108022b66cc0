/**
 * Clients and servers of others, with the gateway between them: installs them, tries them, prints what works and writes
 * docs/compatibility.md. Needs npm's registry; not part of CI. Exits 1 where something does not work.
 *
 *     npm run interop [-- --client ai-sdk] [--cache FOLDER]
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeHome, type Gateway, type Home } from "../faults/gateway.ts";
import { checkServer, type Checked } from "./check-server.ts";
import { CLIENTS } from "./clients.ts";
import { install, type Installed } from "./packages.ts";
import { pageOf } from "./page.ts";
import { SERVERS } from "./servers.ts";
import { tryClient, type Tried } from "./try.ts";

const PAGE = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));
const { values } = parseArgs({ options: { client: { type: "string" }, cache: { type: "string" } } });
const cache = values.cache ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "toolyard-interop");
const LISTED_MS = 120_000;
/** A call that a client has given up may still ask for a while; until then nobody is asked, as nobody knows whose question it is. */
const BETWEEN_MS = 3_500;

/** Installs the servers and writes the configuration that has them all. */
async function furnish(home: Home, scratch: string): Promise<void> {
  const mcpServers: Record<string, unknown> = {};
  for (const server of SERVERS) mcpServers[server.key] = server.entry(await install(cache, server), scratch);
  home.configure({ mcpServers });
  writeFileSync(join(scratch, "notes.md"), "# Notes\nEverything here runs offline.\n");
}

async function tryClients(gateway: Gateway): Promise<Tried[]> {
  const all: Tried[] = [];
  for (const client of CLIENTS.filter(({ name, version, title = `${name} ${version}` }) => title.includes(values.client ?? ""))) {
    const installed: Installed = await install(cache, client);
    for (const carrier of client.bridge === undefined ? (["http", "stdio"] as const) : (["http"] as const)) {
      const tried = await tryClient(client, carrier, installed, gateway);
      await setTimeout(BETWEEN_MS);
      all.push(tried);
      tell(tried);
    }
  }
  return all;
}

function tell({ client, carrier, steps }: Tried): void {
  process.stdout.write(`${client.title ?? client.name} by ${carrier}\n`);
  for (const { step, ok, note } of steps) process.stdout.write(`  ${ok === null ? "–" : ok ? "✓" : "✗"} ${step}  ${note}\n`);
}

using home = makeHome();
const scratch = home.directory.file("scratch");
mkdirSync(scratch);
await furnish(home, scratch);
await using gateway = await home.serve();
await gateway.untilReady(undefined, LISTED_MS).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
const servers: Checked[] = [];
for (const server of SERVERS) servers.push(await checkServer(server, gateway, scratch));
for (const { server, speaks, calls = [] } of servers) process.stdout.write(`${server.name}  ${speaks}  ${JSON.stringify(calls)}\n`);
const clients = await tryClients(gateway);
if (values.client === undefined) {
  writeFileSync(PAGE, pageOf({ clients, servers, date: new Date().toISOString().slice(0, 10), node: process.version.slice(1) }));
}
const failed =
  clients.some(({ steps }) => steps.some(({ ok }) => ok === false)) || servers.some(({ calls = [] }) => calls.some(({ ok }) => !ok));
process.exitCode = failed ? 1 : 0;
