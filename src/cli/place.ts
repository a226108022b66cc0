/** Which configuration a command works on. */

import { readFile } from "node:fs/promises";
import { pathsFrom, type Paths } from "../base/paths.ts";
import { locateConfig } from "../config/file/locate.ts";
import { requireTrust } from "../config/file/trust.ts";
import { refuseForeignFolder } from "../store/private.ts";
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
 * @throws CONFIG_NOT_FOUND, CONFIG_UNTRUSTED; STORE_UNAVAILABLE where another user could mislead us
 */
export async function findPlace(options: CommonOptions): Promise<Place> {
  const place = await locate(options);
  if (place.mustBeTrusted) await requireTrust(place.file, await readFile(place.file, "utf8"), place.paths.state);
  return place;
}

/** As {@link findPlace}, for commands that start nothing. */
export async function locate({ config, input }: CommonOptions): Promise<Place> {
  const located = await locateConfig({ named: config });
  const paths = pathsFrom(process.env);
  await refuseForeignFolder(paths.runtime); // what stands there is believed: which gateway runs, and how to reach it
  return { ...located, paths, inputs: new Map(Object.entries(input ?? {})) };
}
