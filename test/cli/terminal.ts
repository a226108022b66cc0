/** The program on a terminal, by `script` of util-linux. */

import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Home } from "../faults/gateway.ts";
import { until, within } from "../support/wait.ts";

/** Gives a program a terminal. */
const WRAPPER = "script";
const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const PATIENCE_MS = 30_000;

export const canUseTerminal: boolean = process.platform === "linux" && spawnSync(WRAPPER, ["--version"]).status === 0;

export interface Shown {
  readonly code: number | null;
  /** Everything that the terminal got. */
  readonly shown: string;
}

export interface Typing {
  /** Typed once the terminal has shown {@link Typing.after}. */
  readonly keys: string;
  readonly after: string;
}

/**
 * Runs a command on a terminal of 80 columns.
 *
 * @param env `NAME=value`, beside those of the home
 */
export async function onTerminal(home: Home, args: readonly string[], typing?: Typing, env: readonly string[] = []): Promise<Shown> {
  const command = ["env", "-u", "CI", "-u", "NO_COLOR", ...env, process.execPath, PROGRAM, ...args];
  const line = `stty cols 80; exec ${command.map((word) => `'${word}'`).join(" ")}`;
  const child = spawn(WRAPPER, ["-qec", line, "/dev/null"], { env: { ...process.env, ...home.env, TERM: "xterm" }, stdio: "pipe" });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  try {
    if (typing !== undefined) {
      await until(
        () => shown.includes(typing.after),
        PATIENCE_MS,
        `the terminal shows ${typing.after}`,
        () => shown,
      );
      child.stdin.write(typing.keys);
    }
    const code = await within(exited, PATIENCE_MS, `toolyard ${args.join(" ")} ends`, () => shown);
    return { code, shown };
  } finally {
    child.kill("SIGKILL");
  }
}
