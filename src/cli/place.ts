/** Which configuration a command works on, and how a yard of it is opened. */

import { stdout } from "node:process";
import { pathsFrom, type Paths } from "../base/paths.ts";
import { locateConfig, type Located } from "../config/file/locate.ts";
import { requireTrust } from "../config/file/trust.ts";
import { readConfigText } from "../config/load.ts";
import type { CommonOptions } from "./program.ts";

export interface Place {
  /** The configuration file, absolute. */
  readonly file: string;
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
  if (place.mustBeTrusted) await requireTrust(place.file, await readConfigText(place.file), place.paths.state);
  return place;
}

/** As {@link findPlace}, for commands that start nothing. */
export async function locate({ config, input }: CommonOptions): Promise<Place & Located> {
  const located = await locateConfig({ named: config });
  return { ...located, paths: pathsFrom(process.env), inputs: new Map(Object.entries(input ?? {})) };
}

/** A reader that goes away (`| head`) ends the command, without a stack trace. */
export function endWithReader(): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
}
