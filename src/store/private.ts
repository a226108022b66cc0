/** Files and folders that are this user's alone. What others can read or change is not taken for ours. */

import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ToolyardError } from "../base/errors.ts";

/** Permission bits of the group and of everybody. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** @param what it is, to begin a sentence with @throws STORE_UNAVAILABLE when others can read the file, or write to it */
export async function refuseOpenFile(file: string, what: string, mend: string): Promise<void> {
  const found = await look(file);
  if (found === undefined || (found.mode & OTHERS) === 0) return;
  throw new ToolyardError("STORE_UNAVAILABLE", `${what} ${file} is one that others can read.`, { mend });
}

/** Whose a folder is can put another file in the place of any in it. @throws STORE_UNAVAILABLE when it is another user's */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const found = await look(folder);
  const own = process.getuid?.();
  if (found === undefined || own === undefined || own === 0 || found.uid === own) return;
  throw new ToolyardError("STORE_UNAVAILABLE", `The folder ${folder} belongs to another user.`, {
    mend: "Remove it, or set XDG_RUNTIME_DIR to one of your own.",
  });
}

/** A sentence for people where others can write to a folder that only this user should. */
export async function cautionForFolder(folder: string): Promise<string | undefined> {
  const found = await look(folder);
  if (found === undefined || (found.mode & OTHERS_WRITE) === 0) return undefined;
  return `Other users can write to ${folder}, and so change what is kept there. Run chmod 700 ${folder}.`;
}

/** A sentence for people where others can read files of a folder that only this user should. */
export async function cautionForFiles(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const looks = await Promise.all(names.map(async (name) => ({ name, mode: (await look(join(folder, name)))?.mode ?? 0 })));
  const open = looks.filter(({ mode }) => (mode & OTHERS) !== 0).map(({ name }) => name);
  return open.length === 0 ? undefined : `Other users can read ${open.join(", ")} in ${folder}. Run chmod 600 ${folder}/*.`;
}

/** Undefined for what is not there, and where owners and modes mean nothing. */
async function look(path: string): Promise<Stats | undefined> {
  return process.platform === "win32" ? undefined : await stat(path).catch(() => undefined);
}
