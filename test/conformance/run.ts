/**
 * Runs the official conformance suite: against the reference server alone, against the gateway with that server behind
 * it in either era, and with the library as a client. Prints one table; exits 1 where a check fails that is not
 * expected to, where an expected failure has healed, and where nothing was checked.
 *
 *     npm run conformance [-- --only legacy-2025-11-25]
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { start, type Listening } from "./start.ts";
import { clientScenarios, testClient, testServer, type Check, type Found, type Request, type Revision } from "./suite.ts";
import { judge, readKnown, type Verdict } from "./verdict.ts";

const REVISIONS: readonly Revision[] = ["2025-11-25", "2026-07-28"];
const ERAS = ["legacy", "modern"] as const;

interface Cell {
  readonly name: string;
  readonly what: string;
  readonly found: Found;
  readonly verdict: Verdict;
  readonly seconds: number;
}

const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
const home = mkdtempSync(join(tmpdir(), "toolyard-conformance-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function request(name: string, revision: Revision): Request {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  return { revision, folder, expected: here(`expected/${name}.yaml`) };
}

function startReference(era: string): Promise<Listening> {
  return start([here("reference.ts"), "--era", era]);
}

/** The gateway before one server, in a home of its own. */
function startGateway(name: string, upstream: string): Promise<Listening> {
  const place = join(home, `${name}-home`);
  mkdirSync(place);
  const file = join(place, "toolyard.json");
  writeFileSync(file, JSON.stringify({ mcpServers: { reference: { url: upstream, namespace: "" } }, selection: { mode: "all" } }));
  const folders = ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"].map((variable) => [variable, place]);
  return start([here("../../src/cli/main.ts"), "serve", "--config", file, "--port", "0", "--json"], Object.fromEntries(folders));
}

async function cell(name: string, what: string, run: () => Promise<Found>, yardstick?: readonly Check[]): Promise<Cell> {
  process.stderr.write(`${name} …\n`);
  const startedAt = performance.now();
  const found = await run();
  const verdict = judge(found.checks, await readKnown(here(`expected/${name}.yaml`)), yardstick);
  return { name, what, found, verdict, seconds: (performance.now() - startedAt) / 1000 };
}

function alone(revision: Revision): Promise<Cell> {
  const name = `alone-${revision}`;
  return cell(name, "the reference alone", async () => {
    await using reference = await startReference("both");
    return await testServer(reference.url, request(name, revision));
  });
}

function behind(era: string, revision: Revision, yardstick: readonly Check[]): Promise<Cell> {
  const name = `${era}-${revision}`;
  const run = async (): Promise<Found> => {
    await using reference = await startReference(era);
    await using gateway = await startGateway(name, reference.url);
    return await testServer(`${gateway.url}/server/reference`, request(name, revision));
  };
  return cell(name, `the gateway, a ${era} server behind it`, run, yardstick);
}

/** Authorisation is not checked yet: its scenarios are named, and not run. */
async function client(revision: Revision): Promise<Cell> {
  const scenarios = await clientScenarios(revision);
  const later = scenarios.filter(isLater);
  for (const scenario of later) notRun.add(scenario);
  const name = `client-${revision}`;
  return await cell(name, `the library as client, without ${later.length} of auth/*`, async () => {
    const runs: Found[] = [];
    for (const scenario of scenarios.filter((one) => !isLater(one))) {
      runs.push(atLeastOne(await testClient(scenario, request(name, revision))));
    }
    return {
      checks: runs.flatMap(({ checks }) => checks),
      good: runs.every(({ good }) => good),
      output: runs
        .filter(({ good }) => !good)
        .map(({ output }) => output)
        .join("\n"),
    };
  });
}

function isLater(scenario: string): boolean {
  return scenario.startsWith("auth/");
}

/** A client that never starts passes by the suite's count: nothing failed. */
function atLeastOne(found: Found): Found {
  return { ...found, good: found.good && found.checks.some(({ status }) => status === "SUCCESS") };
}

function isGood({ found, verdict }: Cell): boolean {
  return found.good && verdict.passed > 0 && verdict.unexpected.length === 0 && verdict.stale.length === 0;
}

function report(cells: readonly Cell[]): string {
  const rows = cells.map((one) => {
    const { passed, known, unexpected, stale } = one.verdict;
    const numbers = [passed, known.length, unexpected.length, stale.length].map((number) => String(number).padStart(10));
    return `${one.name.padEnd(18)}${numbers.join("")}${one.seconds.toFixed(1).padStart(8)}  ${isGood(one) ? "good" : "BAD "}  ${one.what}`;
  });
  const head = `${"".padEnd(18)}${["passed", "expected", "failed", "stale"].map((word) => word.padStart(10)).join("")}${"s".padStart(8)}`;
  return [head, ...rows, ...cells.flatMap(faults)].join("\n");
}

function faults(one: Cell): string[] {
  const { unexpected, stale, passed } = one.verdict;
  const lines = [
    ...unexpected.map(({ key, message }) => `  failed: ${key}: ${message.slice(0, 500)}`),
    ...stale.map((entry) => `  healed, so take it out of expected/${one.name}.yaml: ${entry}`),
    ...(passed === 0 ? ["  nothing was checked"] : []),
  ];
  if (lines.length === 0 && !one.found.good) lines.push(one.found.output.slice(-2_000));
  return lines.length === 0 ? [] : ["", `${one.name}, ${one.what}:`, ...lines];
}

const notRun = new Set<string>();
const wanted = (name: string): boolean => only === undefined || name === only;
const cells: Cell[] = [];
for (const revision of REVISIONS) {
  const eras = ERAS.filter((era) => wanted(`${era}-${revision}`));
  if (eras.length === 0 && !wanted(`alone-${revision}`)) continue;
  const yardstick = await alone(revision);
  cells.push(yardstick);
  for (const era of eras) cells.push(await behind(era, revision, yardstick.found.checks));
}
for (const revision of REVISIONS) {
  if (wanted(`client-${revision}`)) cells.push(await client(revision));
}
if (cells.length === 0) process.stderr.write(`There is no cell "${String(only)}".\n`);
process.stdout.write(`${report(cells)}\n`);
if (notRun.size > 0) process.stdout.write(`\nNot run yet, as they need authorisation: ${[...notRun].toSorted().join(", ")}.\n`);
process.exitCode = cells.length > 0 && cells.every(isGood) ? 0 : 1;
