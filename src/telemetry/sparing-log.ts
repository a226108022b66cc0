/** So many lines a second and no more: what servers say goes to a log, and they may say it without end. */

import type { Clock } from "../base/clock.ts";
import type { Logger, LogFields, LogLevel } from "../base/log.ts";

const LINES = 100;
const PER_MS = 1_000;

/** The same log, which of each level drops what is beyond {@link LINES} a second, and says how much that was. */
export function sparing(logger: Logger, clock: Clock): Logger {
  const line = (level: LogLevel) => {
    let [since, lines] = [clock.now(), 0];
    return (message: string, fields?: LogFields): void => {
      const now = clock.now();
      if (now - since >= PER_MS) {
        if (lines > LINES) logger[level](`${lines - LINES} lines of servers were left out: there were more than ${LINES} in a second.`);
        [since, lines] = [now, 0];
      }
      if (++lines <= LINES) logger[level](message, fields);
    };
  };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}
