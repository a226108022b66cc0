/** The yard that a command asks: the gateway of its configuration where one runs, else one of its own. */

import { ToolyardError } from "../base/errors.ts";
import { openToolyard, type OpenOptions } from "../open.ts";
import type { Toolyard } from "../toolyard.ts";
import { findPlace, type Place } from "./place.ts";
import type { CommonOptions } from "./command.ts";
import { findRunning, type Running } from "./running/record.ts";

export interface CommandYard {
  /** Over a gateway it has that one server, whose tools are all tools. */
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
  const running = await findRunning(place);
  if (running === undefined) {
    return await withOwnYard(place, {}, (yard) => use({ yard, place, gateway: undefined }));
  }
  await using yard = await openYardBehind(running, place, path);
  return await use({ yard, place, gateway: running.url });
}

/** The tools of a running gateway. @param path what of it, such as `/support` for a toolset */
async function openYardBehind({ url, token }: Running, { paths }: Place, path = ""): Promise<Toolyard> {
  return await openToolyard({ gateway: url + path, ...(token === undefined ? {} : { key: token }) }, { paths });
}

/** As {@link withYard}, but always with servers of its own. */
export async function withOwnYard<T>(place: Place, options: OpenOptions, use: (yard: Toolyard) => Promise<T>): Promise<T> {
  const { file, paths, inputs } = place;
  await using yard = await openToolyard(file, { paths, inputs, ...options });
  return await use(yard);
}

/**
 * Waits for the servers of a yard, or for the gateway behind it.
 *
 * @throws GATEWAY_UNREACHABLE with what the gateway says, such as that it has no such toolset
 */
export async function waitFor({ yard, gateway }: CommandYard, timeoutMs: number): Promise<void> {
  const outcomes = Object.values(await yard.ready({ timeoutMs }));
  if (gateway === undefined) return;
  const reason = outcomes.find(({ state }) => state !== "ready")?.reason;
  const mend = "Is the toolset right? Look at what the gateway prints, or start it anew.";
  if (reason !== undefined) throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway at ${gateway} refused: ${reason}`, { mend });
}
