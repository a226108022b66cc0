/** The yard that a command asks: the gateway of its configuration where one runs, else one of its own. */

import { openToolyard } from "../open.ts";
import type { Toolyard } from "../toolyard.ts";
import { findPlace, type Place } from "./place.ts";
import type { CommonOptions } from "./program.ts";
import { findRunning } from "./running.ts";

export interface CommandYard {
  readonly yard: Toolyard;
  readonly place: Place;
  /** MCP address of the running gateway behind it; undefined: the servers were started for this command. */
  readonly gateway: string | undefined;
}

/**
 * Opens a yard, lets the command use it, and closes it in any case.
 *
 * @param path what of a running gateway to use, such as `/support` for a toolset
 * @throws CONFIG_NOT_FOUND, CONFIG_INVALID, CONFIG_UNTRUSTED
 */
export async function withYard<T>(options: CommonOptions, use: (opened: CommandYard) => Promise<T>, path = ""): Promise<T> {
  const place = await findPlace(options);
  const running = await findRunning(place.paths, place.file);
  const { paths, inputs } = place;
  if (running === undefined) {
    await using yard = await openToolyard(place.file, { paths, inputs });
    return await use({ yard, place, gateway: undefined });
  }
  await using yard = await openToolyard({ gateway: running.url + path }, { paths });
  return await use({ yard, place, gateway: running.url });
}

/** As {@link withYard}, but always with servers of its own. */
export async function openPlace<T>(options: CommonOptions, use: (yard: Toolyard, place: Place) => Promise<T>): Promise<T> {
  const place = await findPlace(options);
  await using yard = await openToolyard(place.file, { paths: place.paths, inputs: place.inputs });
  return await use(yard, place);
}
