/**
 * Which Views have had more tools than their budget: they stay with the search until the configuration changes, also in
 * the next process, so that a list that grows and shrinks around the budget costs no host its prompt cache.
 */

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import { replaceFile } from "../config/file/atomic.ts";

export interface SurfaceMemory {
  has(key: string): boolean;
  add(key: string): void;
  /** Resolves when everything is written. Never rejects. */
  flush(): Promise<void>;
}

/** Configurations that are tried out leave keys behind; the oldest go. */
const MOST = 256;

/** In one small file. What cannot be read or written is decided anew next time. */
export class FileSurfaces implements SurfaceMemory {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #keys = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  static async open(file: string, logger: Logger): Promise<FileSurfaces> {
    const memory = new FileSurfaces(file, logger);
    for (const key of await keysIn(file)) memory.#keys.add(key);
    return memory;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#writing = this.#writing.then(() => this.#write());
  }

  flush(): Promise<void> {
    return this.#writing;
  }

  /** With what another process has written meanwhile. */
  async #write(): Promise<void> {
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      const all = [...new Set([...(await keysIn(this.#file)), ...this.#keys])];
      await replaceFile(this.#file, JSON.stringify({ search: all.slice(-MOST) }), 0o600);
    } catch (error) {
      this.#logger.warn("Which lists of tools are searched cannot be kept.", { file: this.#file, reason: messageOf(error) });
    }
  }
}

/** For tests, and where nothing is to be kept. */
export function surfacesInMemory(): SurfaceMemory {
  const keys = new Set<string>();
  return { has: (key) => keys.has(key), add: (key) => void keys.add(key), flush: () => Promise.resolve() };
}

async function keysIn(file: string): Promise<string[]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    const { search } = isObject(value) ? value : { search: [] };
    return Array.isArray(search) ? search.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
