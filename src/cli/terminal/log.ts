import { ftruncateSync } from "node:fs";
import { silentLogger, type LogFields, type Logger, type LogLevel } from "../../base/log.ts";
import { paint, type Output } from "./output.ts";

/** Where nobody rotates the file, it begins anew when so many letters stand in it. */
const LARGEST = 4 * 1024 * 1024;

export interface LogOptions {
  /** True where stderr is a file of our own. */
  readonly ownFile?: boolean;
}

/** Warnings on stderr: in short for a person, with the time for a file. */
export function stderrLogger(output: Output, { ownFile = false }: LogOptions = {}): Logger {
  let written = 0;
  const line = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (output.interactive) output.say(paint("dim", "· "), message);
    else output.say(`${new Date().toISOString()} ${level} ${message}`);
    if (fields?.["error"] instanceof Error) output.text(fields["error"].stack ?? "", "stderr");
    written += message.length;
    if (!ownFile || written < LARGEST) return;
    written = 0;
    ftruncateSync(process.stderr.fd);
  };
  return { ...silentLogger, warn: line("warn"), error: line("error") };
}
