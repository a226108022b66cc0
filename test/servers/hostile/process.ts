/** What the server does as a process: dying, hanging, holding on, flooding. */

import { spawn } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { HostileServer } from "./server.ts";

export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Does what the switches ask of the process at one of these moments; may not return. */
export async function strike(server: HostileServer, moments: readonly string[]): Promise<void> {
  const { switches } = server;
  const bytes = switches.take("stderr", moments);
  if (bytes !== undefined) writeBlocking(2, Number(bytes), switches.values["stderr-line"]);
  if (switches.take("close-stdout", moments) !== undefined) closeStdout();
  const flood = switches.take("flood", moments);
  if (flood !== undefined) await floodStdout(Number(flood));
  const blocked = switches.take("hang", moments);
  if (blocked !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(blocked));
  const end = switches.take("exit", moments);
  if (end !== undefined) die(end);
}

function die(end: string): void {
  if (!end.startsWith("SIG")) process.exit(Number(end));
  process.removeAllListeners(end);
  process.kill(process.pid, end);
}

/** The next file that is opened gets the free number: what is still written goes nowhere. */
function closeStdout(): void {
  closeSync(1);
  openSync("/dev/null", "w");
}

/** Descriptors that a child got from its parent block, so this returns only when a reader has taken everything. */
function writeBlocking(descriptor: number, bytes: number, line: number): void {
  const text = Buffer.alloc(bytes, "e");
  if (line > 0) for (let at = line - 1; at < bytes; at += line) text[at] = 10;
  writeAll(descriptor, text);
}

/** Writes all of it, also to a descriptor that does not block. */
export function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function floodStdout(bytes: number): Promise<void> {
  const chunk = Buffer.alloc(65_536, "f");
  for (let left = bytes === 0 ? Infinity : bytes; left > 0; left -= chunk.length) {
    writeAll(1, left < chunk.length ? chunk.subarray(0, left) : chunk);
    await new Promise(setImmediate);
  }
}

/** Logs the end with its code, and the error if one that nobody caught caused it. */
export function logTheEnd(server: HostileServer): void {
  process.on("exit", (code) => server.log("exit", { code }));
  process.on("uncaughtException", (error) => {
    const broken = (error as NodeJS.ErrnoException).code === "EPIPE";
    if (!broken) writeSync(2, `${error.stack ?? error.message}\n`);
    process.exit(broken ? 0 : 70);
  });
}

export function logSignals(server: HostileServer): void {
  const { values } = server.switches;
  for (const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      server.log("signal", { signal });
      if (!values["ignore-term"]) process.exit(code);
    });
  }
  if (values["stderr-text"] !== "") writeSync(2, `${values["stderr-text"]}\n`);
}

export function holdLock(server: HostileServer): void {
  const { lock } = server.switches.values;
  if (lock === "") return;
  try {
    closeSync(openSync(lock, "wx"));
  } catch {
    writeSync(2, `another process holds ${lock}\n`);
    process.exit(1);
  }
  process.on("exit", () => rmSync(lock, { force: true }));
}

/** One process that `exec` made, so that it has one pid and its ignored signals stay ignored. */
export function spawnGrandchild(server: HostileServer): void {
  const kind = server.switches.values["spawn-grandchild"];
  if (kind === "none") return;
  const trap = kind === "stubborn" || kind === "holding" ? "trap '' TERM INT HUP; " : "";
  const grandchild = spawn("/bin/sh", ["-c", `${trap}exec sleep 600`], {
    stdio: ["ignore", kind === "holding" ? "inherit" : "ignore", "ignore"],
    detached: kind === "escaped",
  });
  grandchild.unref();
  server.log("grandchild", { pid: process.pid, grandchild: grandchild.pid });
}
