/** A client on the pipes of a command, without an SDK: it sends what it is told and shows everything that came. */

import { spawn, type ChildProcess } from "node:child_process";
import type { JsonObject } from "../../src/base/json.ts";
import { asMessage, Inbox, LEGACY_VERSION, modernParams, textOf, type Answering, type Id, type WireMessage } from "./inbox.ts";
import { within } from "./wait.ts";

export interface StdioClientOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default `legacy`: then call {@link StdioClient.handshake} first. */
  readonly era?: "legacy" | "modern";
  readonly capabilities?: JsonObject;
  readonly answer?: Answering;
  /** True: nobody reads stderr, so that a server that writes much to it blocks. */
  readonly ignoreStderr?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class StdioClient implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly inbox: Inbox;
  /** Lines on stdout that are no JSON object, in order. */
  readonly noise: string[] = [];
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  /** Everything on stderr so far. */
  stderr = "";
  readonly #options: StdioClientOptions;
  #nextId = 1;
  #rest = "";

  constructor(options: StdioClientOptions) {
    this.#options = options;
    this.inbox = new Inbox(options.answer);
    const { command, args = [], env, cwd } = options;
    this.child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: "pipe", detached: true });
    this.exited = new Promise((resolve) => this.child.once("close", (code, signal) => resolve({ code, signal })));
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.child.stdin?.on("error", () => {}); // a server that has ended is seen by `exited`
    if (!options.ignoreStderr) this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Writes text as it is. */
  write(text: string | Buffer): void {
    this.child.stdin?.write(text);
  }

  send(message: JsonObject): void {
    this.write(`${JSON.stringify(message)}\n`);
  }

  notify(method: string, params: JsonObject = {}): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  cancel(id: Id, reason = "test"): void {
    this.notify("notifications/cancelled", { requestId: id, reason });
  }

  /** @throws Error when no answer came within `deadlineMs` */
  request(
    method: string,
    params: JsonObject = {},
    { id = this.#nextId++, deadlineMs = 10_000 }: RequestOptions = {},
  ): Promise<WireMessage> {
    const answer = this.inbox.answerTo(id, deadlineMs);
    const { era, capabilities = {} } = this.#options;
    this.send({ jsonrpc: "2.0", id, method, params: era === "modern" ? modernParams(params, capabilities) : params });
    return answer;
  }

  call(name: string, args: JsonObject = {}, options: RequestOptions & { readonly meta?: JsonObject } = {}): Promise<WireMessage> {
    const params = { name, arguments: args, ...(options.meta && { _meta: options.meta }) };
    return this.request("tools/call", params, options);
  }

  /** Calls a tool and gives the text of its answer. */
  async text(name: string, args: JsonObject = {}): Promise<string> {
    return textOf(await this.call(name, args));
  }

  /** Names of the tools on the first page. */
  async toolNames(): Promise<string[]> {
    const { result } = await this.request("tools/list");
    return (result?.tools ?? []).map((tool) => tool.name);
  }

  /** The legacy handshake. */
  async handshake(version: string = LEGACY_VERSION): Promise<WireMessage> {
    const clientInfo = { name: "wire-client", version: "1.0.0" };
    const answer = await this.request("initialize", {
      protocolVersion: version,
      capabilities: this.#options.capabilities ?? {},
      clientInfo,
    });
    this.notify("notifications/initialized");
    return answer;
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

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    let message: WireMessage | undefined;
    try {
      message = asMessage(JSON.parse(line));
    } catch {
      // noise
    }
    if (message === undefined) return void this.noise.push(line);
    const answer = this.inbox.take(message);
    if (answer !== undefined) this.send(answer);
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

interface RequestOptions {
  readonly id?: Id;
  readonly deadlineMs?: number;
}
