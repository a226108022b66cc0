/** Exit codes, and how an error looks on a terminal. */

import { ToolyardError, toToolyardError, type ErrorCode } from "../base/errors.ts";
import { paint, type Output } from "./terminal/output.ts";

export const EXIT = {
  good: 0,
  failed: 1,
  /** Wrong usage, or a configuration that cannot be used. */
  usage: 2,
  interrupted: 130,
} as const;

const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set(["CONFIG_NOT_FOUND", "CONFIG_INVALID", "CONFIG_UNTRUSTED", "USAGE", "ROUTE_UNKNOWN"]);

/** Prints an error and returns the exit code that it means. */
export function report(error: unknown, output: Output): number {
  const failure = isOfSystem(error) ? new ToolyardError("STORE_UNAVAILABLE", `${error.message}.`) : toToolyardError(error);
  if (output.json) output.value({ error: failure });
  const place = failure.details.at === undefined ? "" : `${failure.details.at}: `;
  for (const [index, line] of `${place}${failure.message}`.split("\n").entries())
    output.say(index === 0 ? paint("red", "error: ") : "", line);
  output.note(failure.mend, 2);
  if (failure.code === "INTERNAL") tellWhere(failure, output);
  return USAGE_ERRORS.has(failure.code) ? EXIT.usage : EXIT.failed;
}

function tellWhere({ stack = "", cause }: ToolyardError, output: Output): void {
  if (process.env["TOOLYARD_DEBUG"] === undefined) return output.note("With TOOLYARD_DEBUG=1 it says where.", 2);
  output.text(cause instanceof Error ? (cause.stack ?? stack) : stack, "stderr");
}

/** A file or folder that could not be read or written. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "path" in error;
}
