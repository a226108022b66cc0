/** A client on the pipes of a command, without an SDK. */

import { spawn, type ChildProcess } from "node:child_process";
import { LineClient, type LineClientOptions } from "./line-client.ts";
import { within } from "./wait.ts";

export interface StdioClientOptions extends LineClientOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** True: nobody reads stderr, so that a server that writes much to it blocks. */
  readonly ignoreStderr?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class StdioClient extends LineClient implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  /** Everything on stderr so far. */
  stderr = "";

  constructor(options: StdioClientOptions) {
    super(options, (text) => this.child.stdin?.write(text));
    const { command, args = [], env, cwd } = options;
    this.child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: "pipe", detached: true });
    this.exited = new Promise((resolve) => this.child.once("close", (code, signal) => resolve({ code, signal })));
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.read(text));
    this.child.stdin?.on("error", () => {}); // a server that has ended is seen by `exited`
    if (!options.ignoreStderr) this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Closes stdin and waits for the process's own end. */
  async end(deadlineMs = 5_000): Promise<Exit> {
    this.child.stdin?.end();
    return within(this.exited, deadlineMs, "the process ends after its stdin did", () => this.stderr);
  }

  /** Ends the process group, whatever state it is in. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // it has ended
    }
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.child.stdin?.destroy();
    await this.exited;
  }
}

/** A client after its handshake, or in the modern era ready to ask. */
export async function openStdio(options: StdioClientOptions): Promise<StdioClient> {
  const client = new StdioClient(options);
  if (options.era === "modern") return client;
  try {
    await client.handshake();
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}
