/** Starts a demo server that listens on HTTP as a process of its own, and ends it. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface StartedServer extends AsyncDisposable {
  /** The MCP endpoint. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>;
}

/** A server gets so long to end by itself (ms), then it is killed. */
const PATIENCE = 3000;

/**
 * Starts a server script on a free port and waits for the line with its URL. The server ends with us, however
 * we end: it holds a channel to this process, and stops when that closes.
 *
 * @throws Error when the script ends before it listens
 */
export async function startServer(script: string | URL): Promise<StartedServer> {
  const child = fork(script, ["--port", "0"], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const gone = once(child, "exit");
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    child.kill("SIGTERM");
    await gone;
    clearTimeout(kill);
  };
  const { url, pid } = await firstLine(child.stdout, gone, String(script));
  return { url, pid, close, [Symbol.asyncDispose]: close };
}

async function firstLine(
  stdout: NodeJS.ReadableStream | null,
  gone: Promise<unknown[]>,
  script: string,
): Promise<{ url: string; pid: number }> {
  if (stdout === null) throw new Error(`${script}: no stdout.`);
  const lines = createInterface({ input: stdout });
  const ended = gone.then(([code, signal]) => {
    throw new Error(`${script} ended with ${String(code ?? signal)} before it listened.`);
  });
  const [line] = await Promise.race([once(lines, "line"), ended]);
  stdout.resume();
  return JSON.parse(String(line)) as { url: string; pid: number };
}
