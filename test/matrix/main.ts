/**
 * Every cell of the matrix: runs them, prints the tables and writes them into docs/protocol.md. Exits 1 where a cell fails
 * that is not known to, where a known failure has healed, and where the gateway broke a rule of the protocol.
 *
 *     npm run matrix
 */

import { readTables, writeTables } from "./page.ts";
import { runMatrix } from "./run.ts";
import { tablesOf } from "./table.ts";

const startedAt = performance.now();
const { all, violations } = await runMatrix();
const tables = tablesOf(all);
const checked = all.filter(({ cell }) => cell.state.kind === "checked");
const failed = checked.filter(({ failure }) => failure !== undefined);
const healed = all.filter(({ cell, failure }) => cell.state.kind === "pending" && failure === undefined);
const broken = Object.entries(violations).filter(([, rules]) => rules.length > 0);

process.stdout.write(tables);
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
process.stdout.write(`\n${checked.length - failed.length} of ${checked.length} cells good, in ${seconds} s.\n`);
for (const { cell, failure } of failed) process.stdout.write(`failed: ${cell.name}: ${failure?.message}\n`);
for (const { cell } of healed) process.stdout.write(`healed, so take it out of test/matrix/pending.ts: ${cell.name}\n`);
for (const [server, rules] of broken) process.stdout.write(`${server} saw rules broken: ${JSON.stringify(rules)}\n`);
if (failed.length === 0 && readTables() !== tables) writeTables(tables);
process.exit(failed.length + healed.length + broken.length === 0 ? 0 : 1);
