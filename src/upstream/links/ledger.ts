/**
 * The orphan ledger: one small file in the state directory for each process group that we started, so that the next
 * start can end what a `kill -9` of us left behind, and nothing else.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sleep, systemClock } from "../../base/clock.ts";
import { isObject } from "../../base/json.ts";
import { groupIsAlive } from "../../wire/child.ts";

const ORPHAN_TERM_MS = 2_000;

/** Port: where started process groups are written down. */
export interface Ledger {
  note(pid: number): void;
  forget(pid: number | undefined): void;
}

interface Entry {
  readonly pid: number;
  /** Start time of the process, as the system counts it: tells it from a later one with the same id. */
  readonly started: string;
  readonly owner: number;
  readonly ownerStarted: string;
}

export class FileLedger implements Ledger {
  readonly #folder: string;

  /** @param folder a private folder, made when it is not there */
  constructor(folder: string) {
    this.#folder = folder;
  }

  note(pid: number): void {
    const started = startTime(pid);
    const ownerStarted = startTime(process.pid);
    if (started === undefined || ownerStarted === undefined) return;
    const entry: Entry = { pid, started, owner: process.pid, ownerStarted };
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(this.#file(pid), JSON.stringify(entry), { mode: 0o600 });
    } catch {
      // without a ledger an orphan may stay after a kill -9 of us; nothing else depends on it
    }
  }

  forget(pid: number | undefined): void {
    if (pid !== undefined) rmSync(this.#file(pid), { force: true });
  }

  /** Ends the process groups whose owner is gone; returns how many there were. Never rejects. */
  async reap(): Promise<number> {
    const names = await readdir(this.#folder).catch(() => []);
    const reaped = await Promise.all(names.filter((name) => name.endsWith(".json")).map((name) => this.#reapOne(join(this.#folder, name))));
    return reaped.filter(Boolean).length;
  }

  async #reapOne(file: string): Promise<boolean> {
    const entry = parseEntry(await readFile(file, "utf8").catch(() => ""));
    if (entry !== undefined && startTime(entry.owner) === entry.ownerStarted) return false;
    const orphan = entry !== undefined && isOurs(entry);
    if (orphan) await endGroup(entry.pid);
    await rm(file, { force: true });
    return orphan;
  }

  #file(pid: number): string {
    return join(this.#folder, `${pid}.json`);
  }
}

function parseEntry(text: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { pid, started, owner, ownerStarted } = value;
    if (typeof pid !== "number" || typeof owner !== "number" || pid < 2) return undefined;
    if (typeof started !== "string" || typeof ownerStarted !== "string") return undefined;
    return { pid, started, owner, ownerStarted };
  } catch {
    return undefined;
  }
}

/** The leader itself, or, where it is gone, members of the group that are as old as the entry says. */
function isOurs({ pid, started }: Entry): boolean {
  const now = startTime(pid);
  if (now !== undefined) return now === started;
  return groupIsAlive(pid);
}

async function endGroup(pid: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < ORPHAN_TERM_MS && groupIsAlive(pid); waited += 50) await sleep(systemClock, 50);
  }
}

/** Field 22 of /proc/PID/stat; elsewhere undefined, and nothing is written down. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
