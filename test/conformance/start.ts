/** A process that prints one line of JSON when it listens, and ends with its owner. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Listening extends AsyncDisposable {
  readonly url: string;
}

/** To end by itself, before it is killed (ms). */
const PATIENCE = 5_000;

/**
 * @param argv a script of this Node, and its arguments
 * @throws Error when it ends before it listens
 */
export async function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Listening> {
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const gone = once(child, "exit").finally(() => process.off("exit", kill));
  const line = once(createInterface({ input: child.stdout }), "line");
  const dead = gone.then(() => Promise.reject(new Error(`${argv.join(" ")} ended before it listened.`)));
  const [first] = (await Promise.race([line, dead])) as [string];
  const { url } = JSON.parse(first) as { url: string };
  return { url, [Symbol.asyncDispose]: () => end(child, gone) };
}

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const kill = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  child.stdin?.end();
  child.kill("SIGTERM");
  await gone;
  clearTimeout(kill);
}
