/** Twenty servers of every kind, and how each is made to fail. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { startHttp, stdioServer, wrapped, type Flags, type HttpServer, type Order, type TempDir } from "../support/fixture.ts";
import type { Random } from "./random.ts";

export interface SoakServer {
  readonly name: string;
  /** As it stands under `mcpServers` now. */
  entry(): object;
  /** False for those that never work: every error of theirs is by plan. */
  readonly works: boolean;
  /** How many tools ran, by its own count. */
  executions(): number;
  /** Something goes wrong with it; gives what. @param pid of its process, where it has one */
  hurt(random: Random, pid: number | undefined): Promise<string>;
  /** All is well again. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** No event log: hours of it would fill the disk. */
const NO_LOG = "/dev/null";
const TIMES = { timeouts: { connect: "10s", list: "10s", call: "8s", callMax: "20s" } };

/** @param directory for the files of their counters and switches */
export async function openSoakServers(directory: TempDir): Promise<SoakServer[]> {
  const stdio = (name: string, flags: Flags, inShell = false): SoakServer => new StdioServer(name, flags, inShell, directory);
  const http = (name: string, flags: Flags): Promise<SoakServer> => RemoteServer.start(name, flags, directory);
  return [
    ...["a", "b", "c", "d"].map((letter) => stdio(`stdio_legacy_${letter}`, { era: "legacy" })),
    ...["a", "b", "c"].map((letter) => stdio(`stdio_modern_${letter}`, { era: "modern" })),
    stdio("stdio_both", { era: "both", jitter: 20 }),
    stdio("stdio_noisy", { era: "legacy", noise: "text", "split-at": 97 }),
    stdio("stdio_wrapped", { era: "legacy", "spawn-grandchild": "stubborn" }, true),
    ...(await Promise.all([
      http("http_legacy_plain", { era: "legacy" }),
      http("http_legacy_session", { era: "legacy", session: true, "require-session": true }),
      http("http_legacy_stream", { era: "legacy", session: true, "sse-answers": true }),
      http("http_modern_a", { era: "modern" }),
      http("http_modern_b", { era: "modern", jitter: 20 }),
      http("http_modern_stream", { era: "modern", "sse-answers": true }),
      http("sse_old", { sse: 0 }),
      http("sse_odd", { sse: 0, "sse-style": ["crlf", "comments"] }),
    ])),
    never("never_there", { command: "no-such-program" }),
    never("never_answers", stdioServer({ "never-answer": "handshake", "ignore-term": true })),
  ];
}

/** One that was never well. */
function never(name: string, entry: object): SoakServer {
  const nothing = async (): Promise<void> => {};
  const times = { timeouts: { connect: "3s" } };
  return {
    name,
    works: false,
    entry: () => ({ ...entry, ...times }),
    executions: () => 0,
    hurt: async () => "",
    heal: nothing,
    close: nothing,
  };
}

class StdioServer implements SoakServer {
  readonly works = true;
  readonly name: string;
  readonly #switches: string;
  readonly #counter: string;
  readonly #base: object;
  #serial = 0;
  #generation = 0;

  constructor(name: string, flags: Flags, inShell: boolean, directory: TempDir) {
    this.name = name;
    this.#switches = directory.file(`${name}.switches`);
    this.#counter = directory.file(`${name}.count`);
    this.#order({});
    const entry = stdioServer({ ...flags, name, counter: this.#counter, "switches-file": this.#switches });
    this.#base = inShell ? wrapped(entry) : entry;
  }

  entry(): object {
    return { ...this.#base, ...TIMES, env: { GENERATION: String(this.#generation) } };
  }

  executions(): number {
    return linesOf(this.#counter);
  }

  async hurt(random: Random, pid: number | undefined): Promise<string> {
    const faults: readonly (readonly [string, () => void])[] = [
      ["killed", () => kill(pid, "SIGKILL")],
      ["frozen", () => freeze(pid, random.between(500, 10_000))],
      ["exits in a call", () => this.#order({ set: { exit: "3@call#1" } })],
      ["dies before an answer", () => this.#order({ set: { exit: "SIGKILL@executed#1" } })],
      ["answers never", () => this.#order({ set: { "never-answer": "call#1-3" } })],
      ["answers garbage", () => this.#order({ set: { garbage: "half@call#1-3" } })],
      ["floods stderr", () => this.#order({ set: { stderr: "500000@call#1" } })],
      ["floods stdout", () => this.#order({ set: { flood: "3000000@call#1" } })],
      ["announces changes", () => this.#order({ do: "list-changed", count: 200 })],
      ["has another entry", () => void this.#generation++],
    ];
    const [what, act] = random.pick(faults);
    act();
    return what;
  }

  async heal(): Promise<void> {
    this.#order({ set: { exit: [], "never-answer": [], garbage: [], stderr: [], flood: [] } });
  }

  async close(): Promise<void> {}

  #order(order: Order): void {
    writeFileSync(this.#switches, JSON.stringify({ ...order, serial: this.#serial++ }));
  }
}

class RemoteServer implements SoakServer {
  readonly works = true;
  readonly name: string;
  readonly #flags: Flags;
  readonly #counter: string;
  readonly #url: string;
  #server: HttpServer;

  private constructor(name: string, flags: Flags, counter: string, server: HttpServer) {
    this.name = name;
    this.#flags = flags;
    this.#counter = counter;
    this.#server = server;
    this.#url = server.url;
  }

  static async start(name: string, flags: Flags, directory: TempDir): Promise<RemoteServer> {
    const counter = directory.file(`${name}.count`);
    const all = { ...flags, name, counter, log: NO_LOG };
    return new RemoteServer(name, all, counter, await startHttp(all));
  }

  entry(): object {
    return { url: this.#url, ...(this.#flags.sse === undefined ? {} : { type: "sse" }), ...TIMES };
  }

  executions(): number {
    return linesOf(this.#counter);
  }

  async hurt(random: Random): Promise<string> {
    const set = async (flags: Flags): Promise<void> => await this.#server.set(flags);
    const faults: readonly (readonly [string, () => Promise<void>])[] = [
      ["restarted", () => this.#restart(random.between(100, 3_000))],
      ["drops streams", async () => void (await this.#server.control({ do: "drop-streams" }))],
      ["forgets sessions", async () => void (await this.#server.control({ do: "forget-sessions" }))],
      ["answers 503", () => set({ status: "503@post#1-5" })],
      ["breaks off", () => set({ drop: "10@call#1-3" })],
      ["answers never", () => set({ "never-answer": "call#1-3" })],
      ["answers garbage", () => set({ garbage: "html@call#1-3" })],
      ["announces changes", async () => void (await this.#server.control({ do: "list-changed", count: 200 }))],
    ];
    const [what, act] = random.pick(faults);
    await act();
    return what;
  }

  async heal(): Promise<void> {
    await this.#server.set({ status: [], drop: [], "never-answer": [], garbage: [] });
  }

  close(): Promise<void> {
    return this.#server.stop();
  }

  async #restart(downMs: number): Promise<void> {
    await this.#server.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    const port = Number(new URL(this.#url).port);
    this.#server = await startHttp({ ...this.#flags, ...(this.#flags.sse === undefined ? { http: port } : { sse: port }) });
  }
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // it has gone by itself
  }
}

function freeze(pid: number | undefined, ms: number): void {
  kill(pid, "SIGSTOP");
  setTimeout(() => kill(pid, "SIGCONT"), ms);
}

function linesOf(file: string): number {
  return existsSync(file) ? readFileSync(file, "latin1").split("\n").length - 1 : 0;
}
