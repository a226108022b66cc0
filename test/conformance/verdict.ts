/** What a run of the suite means: which checks fail, and which of those are known. */

import { readFile } from "node:fs/promises";
import type { Check } from "./suite.ts";

/** A failure that is known, as `scenario` or `scenario:check-id`, with its reason. */
export interface Known {
  readonly entry: string;
  readonly reason: string;
}

export interface Failure {
  readonly key: string;
  readonly message: string;
}

export interface Verdict {
  readonly passed: number;
  readonly known: readonly Failure[];
  readonly unexpected: readonly Failure[];
  /** Entries that no failure stands behind any more. */
  readonly stale: readonly string[];
}

const LINE = /^ {2}- "?([^\s"]+)"? # (\S.*)$/;

/**
 * The suite's own form of expected failures (`server:` or `client:` and a list), of which every entry must say why.
 *
 * @throws Error for a line of another form
 */
export async function readKnown(file: string): Promise<Known[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.flatMap((line) => {
    if (/^(server|client):( \[\])?$/.test(line)) return [];
    const [, entry, reason] = LINE.exec(line) ?? [];
    if (entry === undefined || reason === undefined)
      throw new Error(`${file}: "${line}" is no entry with its reason: "  - scenario:check # why".`);
    return { entry, reason };
  });
}

/**
 * @param yardstick what the reference server passed when it was alone; a check that it did not pass is nobody's failure
 */
export function judge(found: readonly Check[], known: readonly Known[], yardstick?: readonly Check[]): Verdict {
  const run = worst(found);
  const failures = yardstick === undefined ? badOnes(run) : fallenShort(run, worst(yardstick));
  const behind = ({ key }: Failure): Known | undefined =>
    known.find(({ entry }) => entry === key || entry === key.slice(0, key.indexOf(":")));
  const used = new Set(failures.map(behind));
  return {
    passed: [...run.values()].filter(({ status }) => status === "SUCCESS").length,
    known: failures.filter((failure) => behind(failure) !== undefined),
    unexpected: failures.filter((failure) => behind(failure) === undefined),
    stale: known.filter((entry) => !used.has(entry)).map(({ entry }) => entry),
  };
}

const RANK: Readonly<Record<Check["status"], number>> = { INFO: 0, SKIPPED: 1, SUCCESS: 2, WARNING: 3, FAILURE: 4 };

/** By check; one that stands in a scenario several times is as good as its worst. */
function worst(checks: readonly Check[]): Map<string, Check> {
  const result = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.scenario}:${check.id}`;
    const other = result.get(key);
    if (other === undefined || RANK[check.status] > RANK[other.status]) result.set(key, check);
  }
  return result;
}

function isBad(check: Check | undefined): boolean {
  return check?.status === "FAILURE" || check?.status === "WARNING";
}

function badOnes(run: ReadonlyMap<string, Check>): Failure[] {
  return [...run].filter(([, check]) => isBad(check)).map(([key, { message }]) => ({ key, message }));
}

/** Where a run is worse than the yardstick; a check that was not even made is worse. */
function fallenShort(run: ReadonlyMap<string, Check>, yardstick: ReadonlyMap<string, Check>): Failure[] {
  const added = badOnes(run).filter(({ key }) => !isBad(yardstick.get(key)) && yardstick.get(key)?.status !== "SUCCESS");
  const lost = [...yardstick]
    .filter(([key, { status }]) => status === "SUCCESS" && run.get(key)?.status !== "SUCCESS")
    .map(([key]) => ({ key, message: told(run.get(key)) }));
  return [...lost, ...added];
}

function told(check: Check | undefined): string {
  if (check === undefined) return "It was not reached.";
  return isBad(check) ? check.message : `${check.status}: ${check.message}`;
}
