/**
 * What the path of a call must not do, counted and not timed: parse what it only carries, make timers and listeners by the dozen,
 * wake a server once for each of many calls.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { once, EventEmitter } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openGateway, type Gateway } from "../../src/gateway/http.ts";
import { openToolyard } from "../../src/open.ts";
import type { Toolyard } from "../../src/toolyard.ts";

const FIXTURE = join(import.meta.dirname, "../../bench/fixture.mjs");
const CALLS = 50;

/** A client that costs nothing that would be counted: one socket, one listener for as long as it lives. */
class RawClient {
  readonly #socket: Socket;
  readonly #head: string;
  #bytes = Buffer.alloc(0);
  #waiting: ((body: string) => void)[] = [];

  constructor(port: number, session: string) {
    this.#socket = connect(port, "127.0.0.1");
    const accept = "application/json, text/event-stream";
    this.#head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: ${accept}\r\nmcp-session-id: ${session}\r\n`;
    this.#socket.on("data", (piece) => this.#read(piece));
  }

  call(id: number, name: string): Promise<string> {
    const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: { text: "hello" } } });
    this.#socket.write(`${this.#head}content-length: ${body.length}\r\n\r\n${body}`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const end = this.#bytes.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(this.#bytes.toString("latin1", 0, Math.max(0, end)))?.[1]);
    if (end === -1 || this.#bytes.length < end + 4 + length) return;
    const body = this.#bytes.toString("utf8", end + 4, end + 4 + length);
    this.#bytes = this.#bytes.subarray(end + 4 + length);
    this.#waiting.shift()?.(body);
  }
}

interface Counts {
  timers: number;
  listeners: number;
  abortListeners: number;
  /** Longest text that was parsed. */
  parsed: number;
}

/** Counts what happens in this process while `work` runs. */
async function counting(work: () => Promise<void>): Promise<Counts> {
  const counts: Counts = { timers: 0, listeners: 0, abortListeners: 0, parsed: 0 };
  const { parse } = JSON;
  const spies = [
    vi.spyOn(globalThis, "setTimeout"),
    vi.spyOn(EventEmitter.prototype, "on"),
    vi.spyOn(EventTarget.prototype, "addEventListener"),
  ] as const;
  const parsing = vi.spyOn(JSON, "parse").mockImplementation((text: string, reviver) => {
    counts.parsed = Math.max(counts.parsed, text.length);
    return parse(text, reviver) as unknown;
  });
  try {
    await work();
    const [timers, listeners, abortListeners] = spies.map((spy) => spy.mock.calls.length);
    Object.assign(counts, { timers, listeners, abortListeners });
    return counts;
  } finally {
    for (const spy of [...spies, parsing]) spy.mockRestore();
  }
}

describe("the path of a call", () => {
  let folder: string;
  let server: ChildProcess;
  let yard: Toolyard;
  let gateway: Gateway;
  let client: RawClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "toolyard-fast-path-"));
    server = spawn(process.execPath, [FIXTURE, "--http", "--payload", "200000"], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: server.stdout ?? expect.unreachable() }), "line")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const small = { command: process.execPath, args: [FIXTURE, "--stdio"] };
    const paths = { state: join(folder, "state"), cache: join(folder, "cache"), config: join(folder, "config"), runtime: folder };
    yard = await openToolyard({ mcpServers: { small, large: { url } } }, { paths });
    await yard.ready();
    gateway = await openGateway(yard, { host: "127.0.0.1", port: 0, key: Buffer.alloc(32, 1) });
    client = new RawClient(gateway.port, await sessionOf(gateway.url));
    for (let id = 1; id <= 5; id++) await client.call(id, "small__tool_3");
    await client.call(6, "large__tool_3");
  });

  afterAll(async () => {
    client.close();
    await gateway.close();
    await yard.close();
    server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it("makes two timers and a handful of listeners", async () => {
    const counts = await counting(async () => {
      for (let id = 0; id < CALLS; id++) expect(await client.call(100 + id, "small__tool_3")).toContain("fixture ok hello");
    });
    expect(counts.timers / CALLS).toBeLessThanOrEqual(2);
    expect(counts.listeners / CALLS).toBeLessThanOrEqual(8);
    expect(counts.abortListeners / CALLS).toBeLessThanOrEqual(1);
  });

  it("parses nothing of a result", async () => {
    const counts = await counting(async () => {
      expect((await client.call(300, "large__tool_3")).length).toBeGreaterThan(200_000);
    });
    expect(counts.parsed).toBeLessThan(1_000);
    expect(counts.parsed).toBeGreaterThan(0);
  });

  it("writes the calls of one turn to a server's stdin at once", async () => {
    const many = 40;
    const writes = vi.spyOn(Writable.prototype, "write");
    try {
      const answers = await Promise.all(Array.from({ length: many }, () => yard.callTool("small__tool_3", { text: "x" })));
      expect(answers.every(({ isError }) => isError !== true)).toBe(true);
      expect(writes.mock.calls.length).toBeLessThanOrEqual(2);
    } finally {
      writes.mockRestore();
    }
  });
});

async function sessionOf(url: string): Promise<string> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params });
  const response = await fetch(url, { method: "POST", headers, body });
  await response.text();
  return response.headers.get("mcp-session-id") ?? expect.unreachable();
}
