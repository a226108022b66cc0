/** Exit codes, and how an error looks on a terminal. */

import { toToolyardError, type ErrorCode } from "../base/errors.ts";
import type { Output } from "./output.ts";

export const EXIT = {
  good: 0,
  failed: 1,
  /** Wrong usage, or a configuration that cannot be used. */
  usage: 2,
  interrupted: 130,
} as const;

const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set(["CONFIG_NOT_FOUND", "CONFIG_INVALID", "CONFIG_UNTRUSTED", "USAGE"]);

/** Prints an error and returns the exit code that it means. */
export function report(error: unknown, output: Output): number {
  const failure = toToolyardError(error);
  if (output.json) output.data(JSON.stringify({ error: failure }));
  const place = failure.details.at === undefined ? "" : `${failure.details.at}: `;
  output.say(`${output.paint("red", "error:")} ${place}${failure.message}`);
  output.say(`  ${failure.mend}`);
  if (failure.code === "INTERNAL" && failure.stack !== undefined) output.say(failure.stack);
  return USAGE_ERRORS.has(failure.code) ? EXIT.usage : EXIT.failed;
}
