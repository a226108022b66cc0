/** What a modern server has against our hop to it is mended and not told: its headers by its newest list, the revision by a new handshake. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { objectOr, type JsonObject } from "../../src/base/json.ts";
import { firstText, testPlace } from "./yard.ts";

interface Strict extends AsyncDisposable {
  readonly url: string;
  /** Methods that came, in order. */
  readonly seen: string[];
  /** The header that repeats the argument `place`. */
  header: string;
  /** Objects to so many calls with this error. */
  refusals: number;
  code: number;
}

/** Lists one tool, and refuses calls whose header is not the one that its list names now. */
async function strictServer(): Promise<Strict> {
  const seen: string[] = [];
  const http = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: JsonObject };
      seen.push(method);
      const { status, body } = answer(strict, method, params, request.headers);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const strict: Strict = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    ...{ seen, header: "Place", refusals: 0, code: -32020 },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return strict;
}

function answer(
  strict: Strict,
  method: string,
  params: JsonObject,
  headers: IncomingMessage["headers"],
): { status: number; body: JsonObject } {
  const done = (result: JsonObject) => ({
    status: 200,
    body: { result: { resultType: "complete", ttlMs: 0, cacheScope: "private", ...result } },
  });
  const no = (code: number) => ({ status: 400, body: { error: { code, message: "No.", data: { supported: ["2026-07-28"] } } } });
  if (method === "server/discover") return done({ supportedVersions: ["2026-07-28"], capabilities: { tools: {} } });
  const place = { type: "string", "x-mcp-header": strict.header };
  if (method === "tools/list") return done({ tools: [{ name: "go", inputSchema: { type: "object", properties: { place } } }] });
  if (strict.refusals-- > 0) return no(strict.code);
  const sent = headers[`mcp-param-${strict.header.toLowerCase()}`];
  return sent === objectOr(params["arguments"])["place"] ? done({ content: [{ type: "text", text: "gone" }] }) : no(-32020);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

describe("a server that objects to our hop", () => {
  it("gets the call once more, with the headers that its list asks for now", async () => {
    await using server = await strictServer();
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { it: { url: server.url } } });
    await yard.ready();
    server.header = "Town";
    expect(firstText(await yard.callTool("it__go", { place: "Rome" }))).toBe("gone");
    expect(server.seen.filter((method) => method === "tools/call")).toHaveLength(2);
  });

  it("is asked for its revisions anew", async () => {
    await using server = await strictServer();
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { it: { url: server.url } } });
    await yard.ready();
    Object.assign(server, { refusals: 1, code: -32022 });
    const before = server.seen.length;
    expect(firstText(await yard.callTool("it__go", { place: "Rome" }))).toBe("gone");
    expect(server.seen.slice(before)).toContain("server/discover");
  });

  it("is not asked a third time, and its objection is not told to who could not mend it", async () => {
    await using server = await strictServer();
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { it: { url: server.url } } });
    await yard.ready();
    server.refusals = 9;
    const result = await yard.callTool("it__go", { place: "Rome" });
    expect(result.isError).toBe(true);
    expect(server.seen.filter((method) => method === "tools/call")).toHaveLength(2);
  });
});
