/** What can be measured of this machine: everywhere from node:os, more exactly from /proc where there is one (Linux). */

import { execFile } from "node:child_process";
import { readdir, readFile, statfs } from "node:fs/promises";
import { availableParallelism, freemem, loadavg, totalmem, uptime } from "node:os";
import { promisify } from "node:util";

export interface Memory {
  readonly totalBytes: number;
  /** What programs can still get; on Linux that counts caches which can be dropped. */
  readonly availableBytes: number;
  readonly usedPercent: number;
}

export interface Disk {
  readonly path: string;
  readonly totalBytes: number;
  /** What somebody without special rights can still write. */
  readonly availableBytes: number;
  readonly usedPercent: number;
}

export interface Process {
  readonly pid: number;
  /** Name of the program; arguments are left out, since they may hold secrets. */
  readonly name: string;
  /** Part of one core, averaged over the life of the process. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/** /proc counts processor time in ticks and memory in pages; both are fixed on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

const round = (value: number): number => Math.round(value * 10) / 10;
const usedPercent = (total: number, available: number): number => (total === 0 ? 0 : round(100 * (1 - available / total)));

export function readLoad(): { cores: number; load1: number; load5: number; load15: number } {
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg().map((load) => Math.round(load * 100) / 100);
  return { cores: availableParallelism(), load1, load5, load15 };
}

export function readUptimeSeconds(): number {
  return Math.round(uptime());
}

export async function readMemory(): Promise<Memory> {
  const meminfo = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  const totalBytes = totalmem();
  const availableBytes = available === undefined ? freemem() : Number(available) * 1024;
  return { totalBytes, availableBytes, usedPercent: usedPercent(totalBytes, availableBytes) };
}

/** @throws Error when there is no such path */
export async function readDisk(path: string): Promise<Disk> {
  const { bsize, blocks, bfree, bavail } = await statfs(path);
  const reachable = blocks - bfree + bavail;
  return { path, totalBytes: blocks * bsize, availableBytes: bavail * bsize, usedPercent: usedPercent(reachable, bavail) };
}

/** Every process that may be seen, in no order. */
export async function readProcesses(): Promise<Process[]> {
  const entries = await readdir("/proc").catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return readProcessesFromPs();
  const now = uptime();
  const found = await Promise.all(pids.map((pid) => readProcess(pid, now)));
  return found.filter((process) => process !== undefined);
}

/** Undefined when the process ended meanwhile. */
async function readProcess(pid: string, now: number): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  // proc(5): after the name in brackets, field 3 comes first; 14 and 15 are the times, 22 the start, 24 the pages.
  const field = (number: number): number => Number(rest.split(" ")[number - 3]);
  const seconds = (field(14) + field(15)) / TICKS_PER_SECOND;
  const age = Math.max(now - field(22) / TICKS_PER_SECOND, 0.01);
  return { pid: Number(pid), name, cpuPercent: round((100 * seconds) / age), memoryBytes: field(24) * PAGE_BYTES };
}

async function readProcessesFromPs(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,pcpu=,rss=,comm="]);
  return stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+([\d.,]+)\s+(\d+)\s+(.+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, cpu, kilobytes, command]) => ({
      pid: Number(pid),
      name: command?.split("/").at(-1) ?? "",
      cpuPercent: Number(cpu?.replace(",", ".")),
      memoryBytes: Number(kilobytes) * 1024,
    }));
}
