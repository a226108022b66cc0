/** Finding processes from outside, by an environment variable that they and their children carry (Linux: /proc). */

import { readdirSync, readFileSync } from "node:fs";
import { until } from "./wait.ts";

/** Variable by which a test marks the processes that it causes. */
export const CANARY = "TOOLYARD_TEST_CANARY";

/** False where there is no /proc; suites that look for processes are skipped there. */
export const canFindProcesses: boolean = process.platform === "linux";

export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** One letter: `Z` is a zombie. */
  readonly state: string;
  readonly command: string;
}

/** Every live process whose environment at its start had this canary. Zombies have none and are not found: see {@link childrenOf}. */
export function processesWith(canary: string): FoundProcess[] {
  const mark = `${CANARY}=${canary}\0`;
  return all().filter(({ pid }) => `${readProc(pid, "environ") ?? ""}\0`.includes(mark));
}

/** Direct children, zombies too. */
export function childrenOf(parent: number): FoundProcess[] {
  return all().filter((each) => each.parent === parent);
}

/** True while the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  const found = read(pid);
  if (found !== undefined) return found.state !== "Z";
  if (canFindProcesses) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How many file descriptors a process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readProc(pid, "status") ?? "")?.[1];
  return Number(kib ?? 0) * 1024;
}

/** CPU time that a process has used, in seconds. */
export function cpuSeconds(pid: number): number {
  // Fields 14 and 15, in hundredths of a second; the second field may itself hold blanks.
  const fields = (readProc(pid, "stat") ?? "").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @throws Error that lists the survivors when some are still alive after `deadlineMs` */
export async function untilGone(canary: string, deadlineMs = 5_000): Promise<void> {
  await until(
    () => processesWith(canary).length === 0,
    deadlineMs,
    `every process with canary ${canary} gone`,
    () => processesWith(canary),
  );
}

/** Ends whatever still carries the canary, for clean-up; returns what it had to end. */
export function killAll(canary: string): FoundProcess[] {
  const survivors = processesWith(canary);
  for (const { pid } of survivors) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone by itself meanwhile
    }
  }
  return survivors;
}

function all(): FoundProcess[] {
  if (!canFindProcesses) return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => read(Number(pid)) ?? []);
}

function read(pid: number): FoundProcess | undefined {
  // The command stands in brackets and may itself hold blanks and brackets.
  const [, state = "", parent, group] = /^\d+ \(.*\) (\S) (\d+) (\d+)/s.exec(readProc(pid, "stat") ?? "") ?? [];
  if (state === "") return undefined;
  const command = (readProc(pid, "cmdline") ?? "").replaceAll("\0", " ").trim();
  return { pid, parent: Number(parent), group: Number(group), state, command };
}

/** Undefined when the process is gone or belongs to somebody else. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
