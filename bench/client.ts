/** Bare MCP clients, over Streamable HTTP and over stdio: as little as can be between the clock and the server. */

import { Agent, request, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import type { Program } from "./process.ts";

const version = "2025-11-25";
const modernVersion = "2026-07-28";
/** What every request of a modern client carries. */
const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": modernVersion,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
};
const patience = 60_000;
const newline = 0x0a;

export interface Answer {
  readonly result?: {
    readonly tools?: { name: string }[];
    readonly content?: unknown[];
    readonly isError?: boolean;
    readonly nextCursor?: string;
  };
  readonly error?: { readonly message: string };
}

export abstract class Client {
  #id = 0;

  protected nextId(): number {
    return ++this.#id;
  }

  /** Sends a message; resolves with the text of its answer, and at once with nothing where it is a notification. */
  protected abstract send(text: string, id: number | undefined): Promise<string>;
  abstract close(): void;

  /** The answer as text, not parsed: what a client that only forwards would hold. */
  requestText(method: string, params: object): Promise<string> {
    const id = this.nextId();
    return this.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }), id);
  }

  async request(method: string, params: object): Promise<Answer> {
    return JSON.parse(await this.requestText(method, params)) as Answer;
  }

  async initialize(): Promise<void> {
    await this.request("initialize", { protocolVersion: version, capabilities: {}, clientInfo: { name: "bench", version: "1" } });
    await this.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }), undefined);
  }

  /** The names of all tools, every page of them. */
  async tools(): Promise<string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await this.request("tools/list", cursor === undefined ? {} : { cursor });
      names.push(...(result?.tools ?? []).map(({ name }) => name));
      cursor = result?.nextCursor;
    } while (cursor !== undefined);
    return names;
  }

  /** @throws Error unless the tool did its work */
  async call(name: string, args: object): Promise<void> {
    const answer = await this.request("tools/call", { name, arguments: args });
    if (!answer.result?.content || answer.result.isError) throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`);
  }
}

export class HttpClient extends Client {
  protected readonly version: string = version;
  readonly #url: string;
  readonly #agent: Agent = new Agent({ keepAlive: true, maxSockets: 2048 });
  #session: string | undefined;

  constructor(url: string) {
    super();
    this.#url = url;
  }

  protected send(text: string, id: number | undefined, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "content-length": Buffer.byteLength(text),
      "mcp-protocol-version": this.version,
      ...more,
      ...(this.#session !== undefined && { "mcp-session-id": this.#session }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, { method: "POST", agent: this.#agent, headers, timeout: patience }, (response) => {
        const session = response.headers["mcp-session-id"];
        if (typeof session === "string") this.#session = session;
        readAnswer(response, id).then(resolve, reject);
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`No answer in ${patience} ms.`)));
      outgoing.on("error", reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The same in the modern era: no session, and each request says who sends it. */
export class ModernHttpClient extends HttpClient {
  protected override readonly version: string = modernVersion;

  override requestText(method: string, params: { readonly name?: string }): Promise<string> {
    const id = this.nextId();
    const named = params.name === undefined ? {} : { "mcp-name": params.name };
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...params, _meta: modernMeta } });
    return this.send(text, id, { "mcp-method": method, ...named });
  }

  override async initialize(): Promise<void> {
    await this.request("server/discover", {});
  }
}

export class StdioClient extends Client {
  readonly #program: Program;
  readonly #waiting = new Map<number, (text: string) => void>();

  constructor(program: Program) {
    super();
    this.#program = program;
    createInterface({ input: program.stdout }).on("line", (line) => {
      const { id } = JSON.parse(line) as { id?: number };
      if (id === undefined) return;
      this.#waiting.get(id)?.(line);
      this.#waiting.delete(id);
    });
  }

  protected send(text: string, id: number | undefined): Promise<string> {
    this.#program.stdin.write(`${text}\n`);
    return new Promise((resolve) => {
      if (id === undefined) resolve("");
      else this.#waiting.set(id, resolve);
    });
  }

  close(): void {
    this.#program.stdin.end();
  }
}

function readAnswer(response: IncomingMessage, id: number | undefined): Promise<string> {
  const events = response.headers["content-type"]?.startsWith("text/event-stream") === true;
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    response.on("error", reject);
    response.on("data", (part: Buffer) => {
      parts.push(part);
      if (!events || part.at(-1) !== newline) return;
      const found = answerAmong(Buffer.concat(parts).toString(), id);
      if (found !== undefined) resolve(found);
    });
    response.on("end", () => {
      const text = Buffer.concat(parts).toString();
      if ((response.statusCode ?? 500) > 202) reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 300)}`));
      else resolve(text);
    });
  });
}

/** The data of the event that answers request `id`; a server may leave the stream open behind it. */
function answerAmong(events: string, id: number | undefined): string | undefined {
  const complete = events.slice(0, events.lastIndexOf("\n\n") + 1);
  const data = complete.split("\n").filter((line) => line.startsWith("data:"));
  return data.map((line) => line.slice(5)).find((text) => text.trim() !== "" && (JSON.parse(text) as { id?: number }).id === id);
}
