/**
 * One child process in a process group of its own, its pipes, and the ladder by which all of the group is ended.
 * Never through a shell.
 */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { sleep, type Clock } from "../base/clock.ts";
import { ToolyardError } from "../base/errors.ts";
import { LineWriter } from "./line-writer.ts";
import { ByteRing } from "./ring.ts";

const STDERR_RING = 64 * 1024;
const GROUPS = process.platform !== "win32";

export interface ChildSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ChildEvents {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** It has closed a pipe and runs on, so that it hears nothing any more, or says nothing. */
  cut(pipe: "stdin" | "stdout"): void;
  /** The process has ended and its pipes are read to their end. Comes once. */
  exit(exit: ChildExit): void;
}

/** How long each step of the stop ladder waits, in ms. */
export interface StopLadder {
  /** After stdin is closed. */
  readonly closeMs: number;
  /** After SIGTERM. */
  readonly termMs: number;
}

export const STOP_LADDER: StopLadder = { closeMs: 2_000, termMs: 3_000 };

/** The end of a process and the ends of its pipes come in any order. */
const END_MS = 200;

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

/** Process groups that may be there now. Whatever ends us in an orderly way, an uncaught error too, ends them. */
const groups = new Set<number>();
process.on("exit", () => {
  for (const pid of groups) signalGroup(pid, "SIGKILL");
});

export class Child {
  readonly pid: number;
  readonly stderr: ByteRing = new ByteRing(STDERR_RING);
  /** Resolves at the first byte of output, or at the end of the process. */
  readonly firstOutput: Promise<void>;
  readonly #process: Process;
  readonly #stdin: LineWriter;
  readonly #clock: Clock;
  readonly #exited: Promise<void>;
  #stopping: Promise<void> | undefined;
  #ended = false;

  private constructor(process: Process, pid: number, events: ChildEvents, clock: Clock) {
    this.#process = process;
    this.#stdin = new LineWriter(process.stdin);
    this.pid = pid;
    if (GROUPS) groups.add(pid);
    this.#clock = clock;
    process.stdin.on("error", () => {}); // its close tells
    process.stdin.once("close", () => this.#reportCut("stdin", events));
    process.stdout.once("end", () => this.#reportCut("stdout", events));
    process.stdout.on("data", (chunk: Buffer) => events.stdout(chunk));
    process.stderr.on("data", (chunk: Buffer) => {
      this.stderr.push(chunk);
      events.stderr(chunk);
    });
    this.#exited = new Promise((resolve) => process.once("exit", () => resolve()));
    this.firstOutput = new Promise((resolve) => {
      process.stdout.once("data", () => resolve());
      process.stderr.once("data", () => resolve());
      process.once("exit", () => resolve());
    });
    this.#reportExit(events);
  }

  /**
   * Starts the process.
   *
   * @throws SPAWN_ENOENT, SPAWN_EACCES or CWD_MISSING, naming the command or folder
   */
  static async start(spec: ChildSpec, events: ChildEvents, clock: Clock): Promise<Child> {
    if (spec.cwd !== undefined) await requireFolder(spec.cwd);
    const options = { env: { ...spec.env }, cwd: spec.cwd, detached: GROUPS, windowsHide: true, shell: false };
    const child = spawn(spec.command, [...spec.args], { ...options, stdio: ["pipe", "pipe", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error: NodeJS.ErrnoException) => reject(spawnError(error, spec.command)));
    });
    child.on("error", () => {});
    if (child.pid === undefined) throw new ToolyardError("INTERNAL", `"${spec.command}" started without a process id.`);
    return new Child(child, child.pid, events, clock);
  }

  /** Writes one line to stdin; false when the process can no longer read. */
  writeLine(line: Buffer): boolean {
    return !this.#ended && this.#stdin.write(line);
  }

  /** Ends the whole group: stdin closed, SIGTERM, SIGKILL. Resolves once no process of it is left; never rejects. */
  stop(ladder: StopLadder = STOP_LADDER): Promise<void> {
    this.#stopping ??= this.#climb(ladder);
    return this.#stopping;
  }

  async #climb(ladder: StopLadder): Promise<void> {
    this.#stdin.flush();
    this.#process.stdin.end();
    await this.#goneWithin(ladder.closeMs, this.#exited);
    if (this.#alive()) {
      this.#signal("SIGTERM");
      await this.#goneWithin(ladder.termMs);
    }
    if (this.#alive()) {
      this.#signal("SIGKILL");
      await this.#goneWithin(1_000);
    }
    groups.delete(this.pid);
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
  }

  /** Waits until no process of the group is left, at most `ms`; `early` ends the wait before. */
  async #goneWithin(ms: number, early?: Promise<void>): Promise<void> {
    const end = this.#clock.now() + ms;
    const abort = new AbortController();
    void (early ?? this.#exited).then(() => abort.abort());
    await sleep(this.#clock, ms, abort.signal);
    if (early !== undefined) return;
    while (this.#alive() && this.#clock.now() < end) await sleep(this.#clock, 10);
  }

  #alive(): boolean {
    if (!GROUPS) return !this.#ended;
    return groupIsAlive(this.pid);
  }

  #signal(signal: NodeJS.Signals): void {
    if (GROUPS) signalGroup(this.pid, signal);
    else this.#process.kill(signal);
  }

  #reportExit(events: ChildEvents): void {
    const report = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.#ended) return;
      this.#ended = true;
      events.exit({ code, signal });
    };
    this.#process.once("close", report);
    // a grandchild may hold the pipes open after the process itself has ended
    this.#process.once("exit", (code, signal) => this.#clock.after(END_MS, () => report(code, signal)));
  }

  #reportCut(pipe: "stdin" | "stdout", events: ChildEvents): void {
    this.#clock.after(END_MS, () => {
      if (!this.#ended && this.#stopping === undefined) events.cut(pipe);
    });
  }
}

/** True while any process of the group, a zombie not counted where that can be known, is there. */
export function groupIsAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group has just ended
  }
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new ToolyardError("CWD_MISSING", `The working directory "${path}" does not exist.`);
}

function spawnError(error: NodeJS.ErrnoException, command: string): ToolyardError {
  if (error.code === "ENOENT") return new ToolyardError("SPAWN_ENOENT", `The command "${command}" was not found.`, {}, error);
  if (error.code === "EACCES") return new ToolyardError("SPAWN_EACCES", `The command "${command}" may not be executed.`, {}, error);
  return new ToolyardError("SERVER_UNREACHABLE", `The command "${command}" could not be started: ${error.message}.`, {}, error);
}
