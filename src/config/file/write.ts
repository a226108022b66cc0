/** Writes a change to a configuration file, safely beside other processes and editors. */

import { realpath, stat } from "node:fs/promises";
import { ToolyardError } from "../../base/errors.ts";
import type { Config } from "../config.ts";
import { type ConfigOptions, parseConfigText, readConfigText, stateDirOf } from "../load.ts";
import { replaceFile } from "./atomic.ts";
import type { ConfigEdit } from "./edit.ts";
import { type Held, withLock } from "./lock.ts";
import { isTrusted, trustConfig } from "./trust.ts";

const TRIES = 5;

export interface EditOptions extends ConfigOptions {
  /** Sees the result before it is written, and may throw to refuse it. */
  readonly check?: (config: Config) => void;
}

/**
 * Applies `edit` to the file and answers what it then means. The file's mode stays; a symbolic link stays one, and
 * its target is written. A file that was trusted stays so.
 *
 * @throws USAGE where the edit does not apply
 * @throws CONFIG_NOT_FOUND, CONFIG_INVALID where the file is not there or not valid, before or after; nothing is written then
 * @throws STORE_UNAVAILABLE where it cannot be written, or never stays still
 */
export async function editConfig(file: string, edit: ConfigEdit, options: EditOptions = {}): Promise<Config> {
  await readConfigText(file);
  const target = await realpath(file);
  return withLock(target, (held) => editHeld({ file, target }, edit, options, held));
}

interface Place {
  readonly file: string;
  /** The file itself, where `file` is a symbolic link. */
  readonly target: string;
}

async function editHeld(place: Place, edit: ConfigEdit, options: EditOptions, held: Held): Promise<Config> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readConfigText(place.target);
    parseConfigText(before, place.file, options);
    const after = edit(before);
    const config = parseConfigText(after, place.file, options);
    options.check?.(config);
    if (after === before) return config;
    if (!(await held()) || (await readConfigText(place.target)) !== before) continue;
    await write(place, before, after, stateDirOf(options));
    return config;
  }
  throw new ToolyardError("STORE_UNAVAILABLE", `${place.file} is being changed by something else all the time.`, { mend: "Try again." });
}

async function write({ file, target }: Place, before: string, after: string, stateDir: string): Promise<void> {
  const trusted = await isTrusted(file, before, stateDir);
  if (trusted) await trustConfig(file, after, stateDir);
  try {
    const { mode } = await stat(target);
    await replaceFile(target, after, mode & 0o777);
  } catch (error) {
    throw new ToolyardError("STORE_UNAVAILABLE", `${file} cannot be written.`, { mend: "Check the permissions of its folder." }, error);
  }
}
