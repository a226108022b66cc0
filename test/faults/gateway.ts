/** The real gateway process, with directories of its own, looked at from outside. */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ServerStatus } from "../../src/status.ts";
import { tempDir, type TempDir } from "../support/fixture.ts";
import { openHttp, type HttpClient, type HttpClientOptions } from "../support/http-client.ts";
import { CANARY, killAll } from "../support/processes.ts";
import { StdioClient, type Exit, type StdioClientOptions } from "../support/stdio-client.ts";
import { until, within } from "../support/wait.ts";

const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A loaded machine needs long to start a program: what only says "it starts" gets this much, in ms. */
export const START_MS = 30_000;

/** What `/api/state` answers. */
export interface State {
  readonly version: string;
  readonly pid: number;
  readonly catalog: { readonly version: number; readonly tools: number; readonly prompts: number; readonly resources: number };
  readonly servers: readonly ServerStatus[];
}

/** What a command of the program did. */
export interface Outcome extends Exit {
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly deadlineMs?: number;
}

/** A key of a caller, and the headers that carry it. */
export interface MadeKey {
  readonly id: string;
  readonly key: string;
  readonly headers: { readonly authorization: string };
}

/** Directories and a configuration, for one gateway or several that share them. */
export interface Home extends Disposable {
  readonly directory: TempDir;
  readonly configFile: string;
  /** Where the program finds its directories, and {@link Home.canary}. */
  readonly env: Readonly<Record<string, string>>;
  /** Value of the canary variable of every process of the program; its servers do not inherit it. */
  readonly canary: string;
  /** Writes the configuration; text as it is. */
  configure(config: object | string): void;
  /** Runs a command of the program to its end; without `args` for a configuration none is given. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Makes a key for it. @param options of `keys create`, `["--toolset", "support"]` */
  key(identity: string, options?: readonly string[]): Promise<MadeKey>;
  /** Starts `serve` for the configuration and resolves once it listens. @throws Error with its last words when it ends instead */
  serve(args?: readonly string[], options?: Pick<RunOptions, "env">): Promise<Gateway>;
  /** `toolyard stdio` for the configuration, as a client on its pipes. */
  stdio(args?: readonly string[], options?: Omit<StdioClientOptions, "command" | "args">): StdioClient;
}

/** Tests look for tools in lists: where a configuration says nothing else, all of them are there. */
const WHOLE = { selection: { mode: "all" } };

/** @param config what to write as its configuration */
export function makeHome(config: object | string = { mcpServers: {} }): Home {
  const directory = tempDir();
  const canary = randomUUID();
  const env = {
    XDG_CONFIG_HOME: directory.file("config"),
    XDG_CACHE_HOME: directory.file("cache"),
    XDG_STATE_HOME: directory.file("state"),
    XDG_RUNTIME_DIR: directory.file("run"),
    NO_COLOR: "1",
    [CANARY]: canary,
  };
  const configFile = directory.file("toolyard.json");
  const home: Home = {
    directory,
    configFile,
    env,
    canary,
    configure: (next) => writeFileSync(configFile, typeof next === "string" ? next : JSON.stringify({ ...WHOLE, ...next }, null, 2)),
    run: (args, options = {}) => runProgram(args, { ...options, env: { ...env, ...options.env } }),
    async key(identity, options = []) {
      const made = await home.run(["keys", "create", "--config", configFile, "--identity", identity, "--json", ...options]);
      if (made.code !== 0) throw new Error(`No key was made: ${made.stdout}${made.stderr}`);
      const { id, key } = JSON.parse(made.stdout) as { id: string; key: string };
      return { id, key, headers: { authorization: `Bearer ${key}` } };
    },
    serve: (args = [], options = {}) => Gateway.start(home, args, { ...env, ...options.env }),
    stdio: (args = [], options = {}) => {
      const command = [PROGRAM, "stdio", "--config", configFile, ...args];
      return new StdioClient({ ...options, command: process.execPath, args: command, env: { ...env, ...options.env } });
    },
    [Symbol.dispose]() {
      killAll(canary);
      directory[Symbol.dispose]();
    },
  };
  home.configure(config);
  return home;
}

/** One running `toolyard serve`. */
export class Gateway implements AsyncDisposable {
  readonly home: Home;
  readonly pid: number;
  /** Its MCP address. */
  readonly url: string;
  readonly exited: Promise<Exit>;
  /** Goes with our own looks at its state, where it asks for a key. */
  headers: Readonly<Record<string, string>> = {};
  readonly #program: Program;
  readonly #ownsHome: boolean;

  private constructor(home: Home, program: Program, address: { url: string; pid: number }, ownsHome: boolean) {
    this.home = home;
    this.#program = program;
    this.#ownsHome = ownsHome;
    this.pid = address.pid;
    this.url = address.url;
    this.exited = program.exited;
  }

  /** @throws Error with its last words when it ends instead of listening */
  static async start(home: Home, args: readonly string[], env: Readonly<Record<string, string>>, ownsHome = false): Promise<Gateway> {
    const program = startProgram(["serve", "--config", home.configFile, "--port", "0", "--json", ...args], { env });
    const ended = program.exited.then(() => undefined);
    const line = await Promise.race([until(() => /^.+\n/.exec(program.stdout)?.[0], START_MS, "the gateway listens"), ended]);
    const address = JSON.parse(line ?? "{}") as { url?: string; pid: number };
    if (address.url !== undefined) return new Gateway(home, program, { ...address, url: address.url }, ownsHome);
    await program.exited;
    throw new Error(`The gateway ended instead of listening: ${program.stdout}${program.stderr}`);
  }

  /** Everything that it has said on stderr. */
  get log(): string {
    return this.#program.stderr;
  }

  /** Another page of it: `/healthz`, `/mcp/support`. */
  at(path: string): string {
    return new URL(path, this.url).href;
  }

  async state(): Promise<State> {
    const answer = await fetch(this.at("/api/state"), { headers: this.headers, signal: AbortSignal.timeout(10_000) });
    return (await answer.json()) as State;
  }

  /** How one server stands. @throws Error when there is none of that name */
  async server(name: string): Promise<ServerStatus> {
    const { servers } = await this.state();
    const found = servers.find((server) => server.name === name);
    if (found === undefined) throw new Error(`There is no server ${name}, only: ${servers.map((server) => server.name).join(", ")}`);
    return found;
  }

  /** Waits until a server is in a state, or in one that `wanted` accepts, and gives how it stands. */
  async untilServer(name: string, wanted: string | ((status: ServerStatus) => boolean), deadlineMs = START_MS): Promise<ServerStatus> {
    const fits = typeof wanted === "string" ? ({ state }: ServerStatus) => state === wanted : wanted;
    let last: ServerStatus | undefined;
    const look = async (): Promise<ServerStatus | undefined> => {
      last = await this.server(name);
      return fits(last) ? last : undefined;
    };
    return await until(look, deadlineMs, `server ${name} fits ${wanted.toString()}`, () => [last, this.log]);
  }

  /** Waits until every one of these servers (default: all) is ready, and has said what it offers. */
  async untilReady(names?: readonly string[], deadlineMs = START_MS): Promise<void> {
    const all = names ?? (await this.state()).servers.map(({ name }) => name);
    for (const name of all) await this.untilServer(name, ({ state, lists }) => state === "ready" && lists === "live", deadlineMs);
  }

  /** A client that may ask at once. @param path of the endpoint, `/mcp/server/x` */
  client(options: HttpClientOptions = {}, path = "/mcp"): Promise<HttpClient> {
    return openHttp(this.at(path), options);
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends it by SIGTERM and gives how it ended. @throws Error when it has not after `deadlineMs` */
  stop(deadlineMs = 20_000): Promise<Exit> {
    this.#program.kill("SIGTERM");
    return within(this.exited, deadlineMs, "the gateway ends after SIGTERM", () => this.log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } finally {
      this.#program.kill("SIGKILL");
      await this.exited;
      if (this.#ownsHome) this.home[Symbol.dispose]();
    }
  }
}

/** A gateway for a configuration, in a home of its own that goes with it. */
export async function startGateway(config: object | string, args: readonly string[] = []): Promise<Gateway> {
  const home = makeHome(config);
  try {
    return await Gateway.start(home, args, home.env, true);
  } catch (error) {
    home[Symbol.dispose]();
    throw error;
  }
}

interface Program {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

function startProgram(args: readonly string[], { env, cwd, stdin }: Omit<RunOptions, "deadlineMs">): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, ...env }, cwd, stdio: "pipe" });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  child.stdin.on("error", () => {}); // its end tells
  child.stdin.end(stdin);
  return {
    pid: child.pid ?? -1,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    exited: new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal }))),
    kill: (signal) => void child.kill(signal),
  };
}

async function runProgram(args: readonly string[], { deadlineMs = START_MS, ...options }: RunOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const program = startProgram(args, options);
  try {
    const exit = await within(program.exited, deadlineMs, `toolyard ${args.join(" ")} ends`, () => [program.stdout, program.stderr]);
    return { ...exit, stdout: program.stdout, stderr: program.stderr, ms: performance.now() - startedAt };
  } finally {
    program.kill("SIGKILL");
  }
}
