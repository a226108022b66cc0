/** Values of options: read, or refused with a word why. */

import { InvalidArgumentError } from "commander";
import { parseDuration } from "../config/schema/units.ts";

const LARGEST_PORT = 65_535;

/** `name=value`, collected where it is repeated. */
export function pair(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function milliseconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a number of milliseconds.");
  return Number(text);
}

export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > LARGEST_PORT) throw new InvalidArgumentError(`It must be a port: 0 to ${LARGEST_PORT}.`);
  return Number(text);
}

/** @returns milliseconds */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1_000) throw new InvalidArgumentError('It must be a duration of a second at least, such as "12h" or "90d".');
  return ms;
}

export function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 999.");
  return Number(text);
}
