/** Starts programs for a measurement, and ends every one of them. */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export interface Program {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** When it was spawned, by `performance.now()`. */
  readonly startedAt: number;
  /** The `url` of the JSON line that it prints when it listens. */
  url(): Promise<string>;
  stop(): Promise<void>;
}

const fixture = join(import.meta.dirname, "fixture.mjs");
const running = new Set<Program>();
const patience = 60_000;

/** The command line of the fixture server. */
export function fixtureCommand(...args: string[]): { command: string; args: string[] } {
  return { command: process.execPath, args: [fixture, ...args] };
}

export function start(command: string, args: string[], env: Record<string, string> = {}): Program {
  const startedAt = performance.now();
  const stderr = process.env["SHOW"] === undefined ? "ignore" : "inherit";
  const child = spawn(command, args, { stdio: ["pipe", "pipe", stderr], env: { ...process.env, ...env }, detached: true });
  const exited = once(child, "exit");
  let url: Promise<string> | undefined;
  const program: Program = {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    startedAt,
    url: () => (url ??= firstUrl(child)),
    async stop() {
      signal(program.pid, "SIGTERM");
      await Promise.race([exited, sleep(5_000, undefined, { ref: false })]);
      signal(program.pid, "SIGKILL");
      running.delete(program);
    },
  };
  running.add(program);
  return program;
}

/** Ends what a failed measurement left behind. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
}

/** Resident memory of a process in megabytes. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Processor time that a process has used, in milliseconds; in steps of 10. */
export function processorTimeOf(pid: number): number {
  const [, afterName = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = afterName.split(" ").slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // the whole group has gone already
  }
}

async function firstUrl(child: ChildProcessByStdio<Writable, Readable, Readable | null>): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`It ended with ${String(code)} before it listened.`)));
  const [line] = await Promise.race([once(lines, "line", { signal: AbortSignal.timeout(patience) }), ended]);
  child.stdout.resume();
  return (JSON.parse(String(line)) as { url: string }).url;
}
