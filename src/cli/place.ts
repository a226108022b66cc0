/** Which configuration a command works on. */

import { readFile } from "node:fs/promises";
import { pathsFrom, type Paths } from "../base/paths.ts";
import { locateConfig } from "../config/file/locate.ts";
import { requireTrust } from "../config/file/trust.ts";
import type { CommonOptions } from "./command.ts";

export interface Place {
  /** The configuration file, absolute. */
  readonly file: string;
  /** True for the file of the working directory: each content of it must have been trusted. */
  readonly mustBeTrusted: boolean;
  readonly paths: Paths;
  readonly inputs: ReadonlyMap<string, string>;
}

/**
 * Finds the configuration, and refuses one that came with a folder and was not trusted.
 *
 * @throws CONFIG_NOT_FOUND, CONFIG_UNTRUSTED
 */
export async function findPlace(options: CommonOptions): Promise<Place> {
  const place = await locate(options);
  if (place.mustBeTrusted) await requireTrust(place.file, await readFile(place.file, "utf8"), place.paths.state);
  return place;
}

/** As {@link findPlace}, for commands that start nothing. */
export async function locate({ config, input }: CommonOptions): Promise<Place> {
  const located = await locateConfig({ named: config });
  return { ...located, paths: pathsFrom(process.env), inputs: new Map(Object.entries(input ?? {})) };
}
