/** The record of a running gateway: by it the commands, and the bridge, find the gateway of their configuration. */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../base/digest.ts";
import { isObject } from "../base/json.ts";
import type { Paths } from "../base/paths.ts";

export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly socket: string;
  /** The configuration file that it serves. */
  readonly config: string;
}

const ALIVE_MS = 2_000;

/** Where record and socket of one configuration are. A socket's path may not be long: 104 bytes on macOS. */
export function runtimeFiles(paths: Paths, config: string): { record: string; socket: string; log: string } {
  const name = sha256(config).slice(0, 16);
  const base = join(paths.runtime, name);
  return { record: `${base}.json`, socket: `${base}.sock`, log: `${base}.log` };
}

export async function writeRecord(paths: Paths, running: Running): Promise<void> {
  const { record } = runtimeFiles(paths, running.config);
  await mkdir(paths.runtime, { recursive: true, mode: 0o700 });
  const own = `${record}.${process.pid}`;
  await writeFile(own, JSON.stringify(running), { mode: 0o600 });
  await rename(own, record);
}

/** Removes the record, if it is still this process's. */
export async function removeRecord(paths: Paths, config: string): Promise<void> {
  const { record } = runtimeFiles(paths, config);
  if ((await readRecord(record))?.pid === process.pid) await rm(record, { force: true });
}

/** The gateway that serves this configuration now; undefined: none does. */
export async function findRunning(paths: Paths, config: string): Promise<Running | undefined> {
  const running = await readRecord(runtimeFiles(paths, config).record);
  return running !== undefined && (await answers(running)) ? running : undefined;
}

async function answers(running: Running): Promise<boolean> {
  try {
    process.kill(running.pid, 0);
    const health = await fetch(new URL("/healthz", running.url), { signal: AbortSignal.timeout(ALIVE_MS) });
    const body: unknown = await health.json();
    return isObject(body) && body["pid"] === running.pid;
  } catch {
    return false;
  }
}

async function readRecord(file: string): Promise<Running | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isObject(value)) return undefined;
    const { url, pid, socket, config } = value;
    const whole = typeof url === "string" && typeof pid === "number" && typeof socket === "string" && typeof config === "string";
    return whole ? { url, pid, socket, config } : undefined;
  } catch {
    return undefined;
  }
}
