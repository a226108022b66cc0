/** The official conformance suite as a child process, and what it found. */

import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

export type Revision = "2025-11-25" | "2026-07-28";

type Status = "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";

export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: Status;
  /** What went wrong, where something did. */
  readonly message: string;
}

/** One run of the suite. */
export interface Found {
  readonly checks: readonly Check[];
  /** The suite's own verdict, with the expected failures that it was given. */
  readonly good: boolean;
  /** All that it printed. */
  readonly output: string;
}

export interface Request {
  readonly revision: Revision;
  /** An empty folder for the results. */
  readonly folder: string;
  /** A file of expected failures in the form of the suite. */
  readonly expected: string;
}

const SUITE = fileURLToPath(new URL("../../node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url));
const CLIENT = fileURLToPath(new URL("client.ts", import.meta.url));
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Everything that a revision asks of a server, against the one at this URL. */
export async function testServer(url: string, { revision, folder, expected }: Request): Promise<Found> {
  const argv = ["server", "--url", url, "--requirements", revision, "-o", folder, "--expected-failures", expected];
  return { ...(await suite(argv)), checks: await readChecks(folder, "server-") };
}

/** One scenario of the client role, with the library as the client. */
export async function testClient(scenario: string, { revision, folder, expected }: Request): Promise<Found> {
  const command = `${process.execPath} ${CLIENT}`;
  const own = join(folder, scenario);
  await mkdir(own, { recursive: true });
  const argv = ["client", "--command", command, "--scenario", scenario, "--spec-version", revision, "-o", own];
  return { ...(await suite([...argv, "--expected-failures", expected])), checks: await readChecks(own, "") };
}

/** The scenarios of the client role that a revision has, those that it does not count among them. */
export async function clientScenarios(revision: Revision): Promise<string[]> {
  const { output } = await suite(["list", "--requirements", revision]);
  const [, required = ""] = /^Client scenarios[^\n]*\n((?: +- [^\n]+\n)+)/m.exec(output) ?? [];
  const counted = [...required.matchAll(/- (\S+)/g)];
  const uncounted = [...output.matchAll(/- (\S+) \[client\]/g)];
  return [...counted, ...uncounted].flatMap(([, name = ""]) => name);
}

function suite(argv: readonly string[]): Promise<{ good: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SUITE, ...argv], { maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) =>
      resolve({ good: error === null, output: stdout + stderr }),
    );
  });
}

/** @param prefix what the suite puts before the names of scenarios, where it makes a folder of them */
async function readChecks(folder: string, prefix: string): Promise<Check[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith("checks.json"));
  return (await Promise.all(files.map((file) => readScenario(folder, file, prefix)))).flat();
}

interface RawCheck {
  readonly id: string;
  readonly status: Status;
  readonly description: string;
  readonly errorMessage?: string;
}

async function readScenario(folder: string, file: string, prefix: string): Promise<Check[]> {
  const scenario = dirname(file)
    .split(sep)
    .join("/")
    .replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, "")
    .slice(prefix.length);
  const checks = JSON.parse(await readFile(join(folder, file), "utf8")) as RawCheck[];
  return checks.map(({ id, status, description, errorMessage = description }) => ({ scenario, id, status, message: errorMessage }));
}
