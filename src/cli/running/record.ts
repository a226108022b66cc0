/** The record of a running gateway: by it the commands find the gateway of their configuration, and another one is refused. */

import { readFile, rm } from "node:fs/promises";
import { isObject, stringOr } from "../../base/json.ts";
import { replaceFile } from "../../config/file/atomic.ts";
import { withLock } from "../../config/file/lock.ts";
import type { Place } from "../place.ts";
import { askGateway } from "./ask.ts";
import { runtimeFiles } from "./files.ts";

export interface Running {
  /** Its MCP address. */
  readonly url: string;
  readonly pid: number;
  /** By which this user comes in, where others have to show a key. */
  readonly token: string | undefined;
}

/** The gateway that serves this configuration now; undefined: none does. */
export async function findRunning(place: Place): Promise<Running | undefined> {
  const running = await readRecord(runtimeFiles(place).record);
  return running !== undefined && (await isAlive(running)) ? running : undefined;
}

/**
 * Opens the gateway of a configuration and writes its record, unless one runs already. Of several that try at the same
 * time one opens and the others find it.
 */
export async function openOnce<T extends Pick<Running, "url" | "token">>(
  place: Place,
  open: () => Promise<T>,
): Promise<T | { found: Running }> {
  const { record } = runtimeFiles(place);
  return await withLock(record, async () => {
    const found = await findRunning(place);
    if (found !== undefined) return { found };
    const opened = await open();
    const { url, token } = opened;
    await replaceFile(record, JSON.stringify({ url, pid: process.pid, config: place.file, token }), 0o600);
    return opened;
  });
}

/** Removes the record, if it is still this process's. */
export async function removeRecord(place: Place): Promise<void> {
  const { record } = runtimeFiles(place);
  if ((await readRecord(record))?.pid === process.pid) await rm(record, { force: true });
}

/** A record may outlive its process, and the process's number may be another's by now. */
async function isAlive({ url, pid }: Running): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const health = await askGateway(url, "/healthz");
    return health["pid"] === pid;
  } catch {
    return false;
  }
}

async function readRecord(file: string): Promise<Running | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isObject(value)) return undefined;
    const { url, pid, token } = value;
    return typeof url === "string" && typeof pid === "number" ? { url, pid, token: stringOr(token) } : undefined;
  } catch {
    return undefined;
  }
}
