import { silentLogger, type LogFields, type Logger, type LogLevel } from "../../base/log.ts";
import { paint, type Output } from "./output.ts";

/** Warnings on stderr: in short for a person, with the time for a file. */
export function stderrLogger(output: Output): Logger {
  const line = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (output.interactive) output.say(paint("dim", "· "), message);
    else output.say(`${new Date().toISOString()} ${level} ${message}`);
    if (fields?.["error"] instanceof Error) output.text(fields["error"].stack ?? "", "stderr");
  };
  return { ...silentLogger, warn: line("warn"), error: line("error") };
}
