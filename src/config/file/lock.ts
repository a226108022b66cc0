/** One writer at a time among all processes: a lock file beside the file. */

import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { type Clock, sleep, systemClock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";

/** An edit takes milliseconds: a lock of this age belongs to a process that died, or to one of another machine that is stuck. */
const STALE_MS = 5000;

const GIVE_UP_MS = 15_000;

/** No system tells of a file that is removed more cheaply than looking again. */
const LOOK_AGAIN_MS = 20;

/** Tells the action whether the lock is still its own, just before it does what cannot be undone. */
export type Held = () => Promise<boolean>;

/**
 * Runs `action` while no other process holds the lock of `file`.
 *
 * @throws STORE_UNAVAILABLE when the lock cannot be had
 */
export async function withLock<T>(file: string, action: (held: Held) => Promise<T>, clock: Clock = systemClock): Promise<T> {
  const lock = `${file}.lock`;
  const mark = `${hostname()} ${process.pid} ${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await acquire(lock, mark, clock);
  try {
    return await action(async () => (await markIn(lock)) === mark);
  } finally {
    if ((await markIn(lock)) === mark) await rm(lock, { force: true });
  }
}

async function acquire(lock: string, mark: string, clock: Clock): Promise<void> {
  const end = clock.now() + GIVE_UP_MS;
  while (!(await create(lock, mark))) {
    await removeStale(lock, mark, clock);
    if (clock.now() > end) {
      throw new ToolyardError("STORE_UNAVAILABLE", `Another process keeps ${lock}.`, { mend: "Remove it if no such process runs." });
    }
    await sleep(clock, LOOK_AGAIN_MS);
  }
}

async function create(lock: string, mark: string): Promise<boolean> {
  try {
    await writeFile(lock, mark, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (isObject(error) && error["code"] === "EEXIST") return false;
    throw new ToolyardError("STORE_UNAVAILABLE", `${lock} cannot be written.`, { mend: "Check the permissions of its folder." }, error);
  }
}

/** Of several that find the same stale lock, one succeeds in moving it away; who moves away another's instead puts it back. */
async function removeStale(lock: string, mark: string, clock: Clock): Promise<void> {
  const holder = await markIn(lock);
  if (holder === undefined || !(isOfDead(holder) || (await ageOf(lock, clock)) >= STALE_MS)) return;
  const aside = `${lock}.${randomUUID()}`;
  await rename(lock, aside).catch(() => {});
  const moved = await markIn(aside);
  if (moved !== undefined && moved !== holder && moved !== mark) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
}

/** Is its holder a process of this machine that is no more? */
function isOfDead(mark: string): boolean {
  const [, host, pid] = /^(\S+) (\d+) /.exec(mark) ?? [];
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isObject(error) && error["code"] === "ESRCH";
  }
}

async function ageOf(lock: string, clock: Clock): Promise<number> {
  return await stat(lock).then(
    ({ mtimeMs }) => clock.now() - mtimeMs,
    () => 0,
  );
}

function markIn(lock: string): Promise<string | undefined> {
  return readFile(lock, "utf8").catch(() => undefined);
}
