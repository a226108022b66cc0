/** Starting hostile servers, and temporary directories. Everything that is opened here is ended by its `dispose` or `stop`. */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toArguments } from "../servers/hostile/switchboard.ts";
import type { Flags } from "../servers/hostile/switches.ts";
import { EventLog } from "./events.ts";
import { CANARY, killAll } from "./processes.ts";
import { within } from "./wait.ts";

export type { Flags } from "../servers/hostile/switches.ts";

const LAUNCHER = fileURLToPath(new URL("../servers/hostile.mjs", import.meta.url));

/** A stdio server's entry, as it stands under `mcpServers`. */
export interface StdioEntry {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** Orders beside switches; see README of test/servers. */
export interface Order {
  readonly set?: Flags;
  readonly do?:
    | "forget-sessions"
    | "list-changed"
    | "resource-updated"
    | "drop-streams"
    | "end-listens"
    | "links-done"
    | "ask-unasked"
    | "strike";
  readonly count?: number;
  readonly kind?: "tools" | "prompts" | "resources";
  readonly uri?: string;
  readonly of?: string;
}

export interface TempDir extends Disposable {
  readonly path: string;
  /** Path of a file in it. */
  file(name: string): string;
}

/** A new directory that goes with its owner. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), "toolyard-test-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The entry alone: for tests that need no log, no control and no look at processes. */
export function stdioServer(flags: Flags = {}, env: Record<string, string> = {}): StdioEntry {
  return { command: process.execPath, args: [LAUNCHER, ...toArguments(flags)], env };
}

/** The entry behind a shell that stays its parent, as `npx` and `sh -c` do. */
export function wrapped(entry: StdioEntry): StdioEntry {
  return { ...entry, command: "/bin/sh", args: ["-c", '"$0" "$@"; exit $?', entry.command, ...entry.args] };
}

export interface WatchedServer extends Disposable {
  readonly entry: StdioEntry;
  readonly log: EventLog;
  /** Value of the canary variable that every process of this entry carries. */
  readonly canary: string;
  /** Lines in the counter file: how often a tool has really run. */
  executions(): number;
  /** Changes switches at run time, also for processes that are started later. */
  set(flags: Flags): void;
  /** Gives an order to every running process of this entry. */
  act(order: Order): void;
}

/** A stdio server with event log, control and canary; dispose ends whatever is left of it. */
export function watchedServer(flags: Flags = {}): WatchedServer {
  const directory = tempDir();
  const canary = randomUUID();
  const [log, switches] = [directory.file("events.jsonl"), directory.file("switches.json")];
  let set: Flags = {};
  let serial = 0;
  const order = (extra: Order): void => writeFileSync(switches, JSON.stringify({ ...extra, serial: serial++, set }));
  order({});
  const events = new EventLog(log);
  return {
    entry: stdioServer({ ...flags, log, "switches-file": switches }, { [CANARY]: canary }),
    log: events,
    canary,
    executions: () => events.count({ what: "executed" }),
    set(more) {
      set = { ...set, ...more };
      order({});
    },
    act(extra) {
      set = { ...set, ...extra.set };
      order(extra);
    },
    [Symbol.dispose]() {
      killAll(canary);
      directory[Symbol.dispose]();
    },
  };
}

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly log: EventLog;
  /** PEM of the authority, with `tls`. */
  readonly ca: string | undefined;
  /** Gives an order and returns the server's state. */
  control(order: Order): Promise<Record<string, unknown>>;
  set(flags: Flags): Promise<void>;
  executions(): number;
  /** Ends the process; the port is free afterwards. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * A Streamable HTTP server on a free port (or that of `flags.http`; with `flags.sse` the old transport).
 *
 * @throws Error when it does not listen within 30 s
 */
export async function startHttp(flags: Flags = {}): Promise<HttpServer> {
  const directory = tempDir();
  const carrier: Flags = flags.sse === undefined ? { http: 0 } : {};
  const { command, args } = stdioServer({ ...carrier, "end-with-stdin": true, log: directory.file("events.jsonl"), ...flags });
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    child.kill(signal);
    await exited;
    directory[Symbol.dispose]();
  };
  const line = new Promise<string>((resolve) => child.stdout.once("data", (data: Buffer) => resolve(data.toString("utf8"))));
  const { url, pid, ca } = JSON.parse(await within(Promise.race([line, exited.then(() => "")]), 30_000, "the hostile server listens")) as {
    url: string;
    pid: number;
    ca?: string;
  };
  const log = new EventLog(flags.log ?? directory.file("events.jsonl"));
  const control = (order: Order): Promise<Record<string, unknown>> => giveOrder(new URL("/control", url), order);
  return {
    url,
    pid,
    log,
    ca,
    control,
    set: async (set) => void (await control({ set })),
    executions: () => log.count({ what: "executed" }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The old HTTP+SSE transport; entry: `{ type: "sse", url }`. */
export function startSse(flags: Flags = {}): Promise<HttpServer> {
  return startHttp({ sse: 0, ...flags });
}

async function giveOrder(url: URL, order: Order): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(order) });
  const state = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`The hostile server refused an order: ${String(state["error"])}`);
  return state;
}
