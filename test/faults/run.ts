/**
 * `npm run faults [ID…]`: runs the catalogue and prints a line for each row: pass, FAIL, deferred or missing, and the time.
 * Exit code 0 when every row passes or is deferred.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAULTS, type Fault } from "./manifest.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
const MANIFEST_TEST = "manifest.test.ts";

/** What of vitest's JSON report is read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

interface Outcome {
  readonly verdict: "pass" | "FAIL" | "deferred" | "missing";
  readonly ms: number;
  readonly messages: readonly string[];
}

const wanted = process.argv.slice(2).map((id) => id.toUpperCase());
const chosen = Object.entries(FAULTS).filter(([id]) => wanted.length === 0 || wanted.some((each) => id.startsWith(each)));
if (chosen.length === 0) {
  process.stderr.write(`No row is called ${wanted.join(", ")}.\n`);
  process.exitCode = 2;
} else {
  const report = await runTests(chosen.map(([id, fault]) => [id, fault]));
  const outcomes = chosen.map(([id, fault]) => [id, outcomeOf(id, fault, report)] as const);
  print(outcomes);
  process.exitCode = outcomes.every(([, { verdict }]) => verdict === "pass" || verdict === "deferred") ? 0 : 1;
}

async function runTests(rows: readonly (readonly [string, Fault])[]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "toolyard-faults-"));
  try {
    const output = join(folder, "report.json");
    const files = [...new Set(rows.flatMap(([, { test }]) => test ?? []))].map((name) => `test/faults/${name}`);
    const names = wanted.length === 0 ? [] : ["-t", rows.map(([id]) => id).join("|")];
    const all = wanted.length === 0 ? [`test/faults/${MANIFEST_TEST}`] : [];
    const args = [VITEST, "run", "--project", "e2e", "--retry=0", "--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
    const child = spawn(process.execPath, [...args, ...names, ...all, ...files], { cwd: ROOT, stdio: ["ignore", 2, 2] });
    await new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcomeOf(id: string, { test }: Fault, { testResults }: Report): Outcome {
  if (test === undefined) return { verdict: "deferred", ms: 0, messages: [] };
  const own = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title, status }) => title.startsWith(`${id} `) && status !== "skipped" && status !== "pending");
  const failed = own.filter(({ status }) => status !== "passed");
  const verdict = own.length === 0 ? "missing" : failed.length === 0 ? "pass" : "FAIL";
  const ms = own.reduce((sum, { duration = 0 }) => sum + duration, 0);
  return {
    verdict,
    ms,
    messages: failed.map(({ title, failureMessages = [] }) => `${title}: ${failureMessages[0]?.split("\n")[0] ?? ""}`),
  };
}

function print(outcomes: readonly (readonly [string, Outcome])[]): void {
  const lines = outcomes.flatMap(([id, { verdict, ms, messages }]) => {
    const { title = "", deferred } = FAULTS[id] ?? {};
    const time = verdict === "pass" || verdict === "FAIL" ? `${(ms / 1000).toFixed(1)} s`.padStart(8) : " ".repeat(8);
    const later = deferred === undefined ? [] : [`        later: ${deferred}`];
    return [`${id}  ${verdict.padEnd(8)} ${time}  ${title}`, ...later, ...messages.map((message) => `        ${message}`)];
  });
  const count = (verdict: string): number => outcomes.filter(([, outcome]) => outcome.verdict === verdict).length;
  const sums = ["pass", "FAIL", "deferred", "missing"].flatMap((verdict) => (count(verdict) === 0 ? [] : [`${count(verdict)} ${verdict}`]));
  process.stdout.write(`${lines.join("\n")}\n\n${outcomes.length} rows: ${sums.join(", ")}\n`);
}
