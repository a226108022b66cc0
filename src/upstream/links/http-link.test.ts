import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Era } from "../../base/call.ts";
import { sleep, systemClock } from "../../base/clock.ts";
import { HttpLink } from "./http-link.ts";

interface Seen {
  readonly headers: IncomingHttpHeaders;
  /** What stands in the body, or the HTTP method where there is none. */
  readonly method: string;
}

/** A server that answers each request, and takes its time with notifications. */
async function withLink(use: (link: HttpLink, seen: readonly Seen[], answered: () => Promise<void>) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  const server = createServer((asked, response) => void answer(asked, response, seen)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const options = {
    url: `http://127.0.0.1:${port}/mcp`,
    headers: {},
    messageBytes: 1_000,
    connections: 2,
    env: {},
    clock: systemClock,
    redact: String,
  };
  let told = Promise.withResolvers<void>();
  const answered = (): Promise<void> => told.promise.finally(() => (told = Promise.withResolvers()));
  const link = new HttpLink(options, {
    message: () => told.resolve(),
    lost: () => told.resolve(),
    closed() {},
    deaf() {},
    gap() {},
    noise() {},
  });
  try {
    await use(link, seen, answered);
  } finally {
    await link.close();
    server.close();
  }
}

async function answer(asked: IncomingMessage, response: ServerResponse, seen: Seen[]): Promise<void> {
  if (asked.method !== "POST") {
    seen.push({ headers: asked.headers, method: asked.method ?? "" });
    return void response.writeHead(405).end();
  }
  const { id, method } = (await json(asked)) as { id?: number; method: string };
  if (id === undefined) await sleep(systemClock, 50);
  seen.push({ headers: asked.headers, method });
  response.writeHead(id === undefined ? 202 : 200, { "content-type": "application/json" });
  response.end(id === undefined ? "" : JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
}

describe("HttpLink", () => {
  const inputSchema = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" }, size: { type: "integer" } } };
  const call = { id: 7, method: "tools/call", params: Body.of({ name: "run", arguments: { region: "eu", size: 2 } }), inputSchema };

  const seenHeaders = async (era: Era, version: string): Promise<IncomingHttpHeaders> => {
    let headers: IncomingHttpHeaders = {};
    await withLink(async (link, seen, answered) => {
      link.speak(era, version);
      link.request(call);
      await answered();
      headers = seen[0]?.headers ?? {};
    });
    return headers;
  };

  it("repeats in headers what the modern era wants to read there, arguments among it", async () => {
    const headers = await seenHeaders("modern", "2026-07-28");
    expect(headers).toMatchObject({
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "run",
      "mcp-param-region": "eu",
    });
    expect(Object.keys(headers).filter((name) => name.startsWith("mcp-param-"))).toEqual(["mcp-param-region"]);
  });

  it("tells a legacy server nothing but the version", async () => {
    const headers = await seenHeaders("legacy", "2025-11-25");
    expect(Object.keys(headers).filter((name) => name.startsWith("mcp-"))).toEqual(["mcp-protocol-version"]);
  });

  it("lets no request overtake the end of the handshake", async () => {
    await withLink(async (link, seen, answered) => {
      link.speak("legacy", "2025-11-25");
      link.notify("notifications/initialized", Body.empty);
      link.request({ id: 1, method: "tools/list", params: Body.empty });
      await answered();
      const methods = seen.map(({ method }) => method).filter((method) => method !== "GET");
      expect(methods).toEqual(["notifications/initialized", "tools/list"]);
    });
  });
});
