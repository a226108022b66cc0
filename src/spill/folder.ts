/** Where results are kept: one folder for each process, private, gone when that ends. What a kill -9 leaves behind is removed by a later start. */

import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Those of this process, which may have another's id after a restart in a container. */
const ours = new Set<string>();

export class SpillFolder {
  readonly #root: string;
  readonly #name: string;

  /** @param root the folder of all processes of a user; made with the first file */
  constructor(root: string) {
    this.#root = root;
    this.#name = `${process.pid}-${randomBytes(6).toString("hex")}`;
    ours.add(this.#name);
  }

  fileOf(handle: string): string {
    return join(this.#root, this.#name, handle);
  }

  /** Removes one file. Never rejects. */
  async remove(handle: string): Promise<void> {
    await rm(this.fileOf(handle), { force: true }).catch(() => {}); // the folder goes at the end in any case
  }

  /** Removes this folder and everything in it. Never rejects. */
  async close(): Promise<void> {
    ours.delete(this.#name);
    await rm(join(this.#root, this.#name), { recursive: true, force: true }).catch(() => {}); // the next start tries again
  }

  /** Removes the folders of processes that are no more, and what is older than anything is kept. Never rejects. @param olderMs in ms */
  async sweep(olderMs: number): Promise<void> {
    const names = await readdir(this.#root).catch(() => []);
    await Promise.all(names.map((name) => (isAlive(name) ? this.#sweepOld(name, olderMs) : this.#removeFolder(name))));
  }

  async #removeFolder(name: string): Promise<void> {
    await rm(join(this.#root, name), { recursive: true, force: true }).catch(() => {}); // another start may be at it too
  }

  async #sweepOld(name: string, olderMs: number): Promise<void> {
    if (ours.has(name)) return;
    const folder = join(this.#root, name);
    const files = await readdir(folder).catch(() => []);
    for (const file of files.map((each) => join(folder, each))) {
      const found = await stat(file).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > olderMs) await rm(file, { force: true }).catch(() => {});
    }
  }
}

function isAlive(name: string): boolean {
  const pid = Number(/^\d+(?=-[0-9a-f]{12}$)/.exec(name)?.[0]);
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  if (pid === process.pid) return ours.has(name);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
