/** The operations assistant: an agent with the tools of five servers. Checks itself; see README.md. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openToolyard } from "../../src/index.ts";
import { check, runAssistant } from "../assistant.ts";
import { showServers } from "../show-servers.ts";
import { startServer } from "../start-server.ts";
import { questions } from "./questions.ts";

const INSTRUCTIONS = `You help the people who keep an online shop running. Runbooks, the on-call list and notes on incidents are
files; incidents, deployments and orders are in the database. Look things up; do not guess. Answer briefly.`;

await using cleanup = new AsyncDisposableStack();
const memory = await mkdtemp(join(tmpdir(), "toolyard-operations-"));
cleanup.defer(() => rm(memory, { recursive: true, force: true }));
const database = cleanup.use(await startServer(new URL("servers/database.ts", import.meta.url)));

const yard = cleanup.use(
  await openToolyard(fileURLToPath(new URL("toolyard.json", import.meta.url)), {
    env: { ...process.env, DATABASE_URL: database.url, TOOLYARD_DEMO_MEMORY: join(memory, "memory.jsonl") },
  }),
);
showServers(await yard.ready({ timeoutMs: 15_000 }));

const view = yard.view();
const held = await runAssistant({
  name: "operations",
  instructions: INSTRUCTIONS,
  view,
  questions,
  checkOffer(requests) {
    const [offered = []] = requests.map(({ tools }) => tools);
    for (const name of ["database__query", "monitoring__query"]) check(offered.includes(name), `${name} should be offered.`);
    check(new Set(offered).size === offered.length, "No name should be offered twice.");
  },
});
console.log(held ? "\nEvery check held." : "\nNot every check held.");
process.exitCode = held ? 0 : 1;
