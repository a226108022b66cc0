/** A process that outlives us: it has its own group, none of our pipes but stdout until it has said that it is there. */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface DetachedSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** A file that takes its stderr, made when it is not there. */
  readonly log: string;
  /** How long it may take until its first line, in ms. */
  readonly patienceMs: number;
}

/**
 * Starts the process and waits for its first line on stdout.
 *
 * @returns the line; undefined when it ended, could not be started or stayed silent (then it is ended)
 */
export function startDetached({ command, args, cwd, log, patienceMs }: DetachedSpec): Promise<string | undefined> {
  const stderr = openSync(log, "a", 0o600);
  const child = spawn(command, args, { cwd, detached: true, windowsHide: true, stdio: ["ignore", "pipe", stderr] });
  closeSync(stderr);
  return new Promise((resolve) => {
    let heard = "";
    const finish = (line?: string): void => {
      clearTimeout(late);
      child.stdout?.destroy();
      child.unref();
      resolve(line);
    };
    const late = setTimeout(() => {
      child.kill("SIGTERM");
      finish();
    }, patienceMs);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
      if (heard.includes("\n")) finish(heard.slice(0, heard.indexOf("\n")));
    });
    child.once("error", () => finish());
    child.once("close", () => finish());
  });
}
