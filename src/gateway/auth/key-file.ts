/** The file of keys in the state directory. A running gateway looks every half second whether it has changed. */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cancel, Clock } from "../../base/clock.ts";
import { messageOf, toToolyardError, ToolyardError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { refuseOpenFile } from "../../store/private.ts";
import { parseKeys, type Key } from "./key.ts";

/** Looking is cheaper than it is to watch, and works on every file system. */
const LOOK_MS = 500;

/** @param stateDir the state directory */
export function keyFileIn(stateDir: string): string {
  return join(stateDir, "keys.json");
}

/**
 * Reads the keys; none where there is no file.
 *
 * @throws STORE_UNAVAILABLE for a file that is broken, cannot be read, or that others can read
 */
export async function readKeys(file: string): Promise<Key[]> {
  await refuseOpenFile(file, "The file of keys", `Run chmod 600 ${file}.`);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw broken(file, error);
  });
  try {
    return text === undefined ? [] : parseKeys(text);
  } catch (error) {
    throw broken(file, error);
  }
}

function broken(file: string, error: unknown): ToolyardError {
  const mend = "Mend it, or remove it and make the keys anew with `toolyard keys create`.";
  return new ToolyardError("STORE_UNAVAILABLE", `The keys in ${file} cannot be read: ${messageOf(error)}.`, { mend }, error);
}

export interface KeyFileOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The keys as they are now. */
export class KeyFile {
  readonly #options: KeyFileOptions;
  /** By id. Undefined while the file cannot be read: then nobody comes in. */
  #keys: ReadonlyMap<string, Key> | undefined = new Map();
  #seen = "";
  #looked: () => void = () => {};
  #cancel: Cancel = () => {};
  #closed = false;

  private constructor(options: KeyFileOptions) {
    this.#options = options;
  }

  /** @throws STORE_UNAVAILABLE as {@link readKeys} */
  static async open(options: KeyFileOptions): Promise<KeyFile> {
    const opened = new KeyFile(options);
    opened.#seen = await signOf(options.file);
    opened.#keys = byId(await readKeys(options.file));
    opened.#wait();
    return opened;
  }

  get size(): number {
    return this.#keys?.size ?? 0;
  }

  /** @throws STORE_UNAVAILABLE while the file cannot be read */
  find(id: string): Key | undefined {
    if (this.#keys === undefined) throw new ToolyardError("STORE_UNAVAILABLE", "The keys of this gateway cannot be read just now.");
    return this.#keys.get(id);
  }

  /** @param looked called each time that the keys were looked at */
  onLook(looked: () => void): void {
    this.#looked = looked;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { file } = this.#options;
    const seen = await signOf(file);
    if (seen !== this.#seen || this.#keys === undefined) await this.#read(file, seen);
    if (this.#closed) return;
    this.#looked();
    this.#wait();
  }

  async #read(file: string, seen: string): Promise<void> {
    try {
      this.#keys = byId(await readKeys(file));
    } catch (error) {
      this.#keys = undefined;
      if (seen !== this.#seen) this.#options.logger.error(`${toToolyardError(error).message} Until then nobody with a key comes in.`);
    }
    this.#seen = seen;
  }
}

function byId(keys: readonly Key[]): Map<string, Key> {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Differs when the file does: each writing makes a new file. */
async function signOf(file: string): Promise<string> {
  return await stat(file, { bigint: true }).then(
    ({ ino, mtimeNs, ctimeNs, size }) => [ino, mtimeNs, ctimeNs, size].join(" "),
    (error: NodeJS.ErrnoException) => error.code ?? "",
  );
}
