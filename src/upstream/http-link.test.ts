import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Era } from "../base/call.ts";
import { systemClock } from "../base/clock.ts";
import { HttpLink } from "./http-link.ts";
import type { LinkRequest } from "./link.ts";

/** The headers with which a server sees one request. */
async function seenHeaders(era: Era, version: string, request: LinkRequest): Promise<IncomingHttpHeaders> {
  const seen = Promise.withResolvers<IncomingHttpHeaders>();
  const server = createServer((asked, response) => {
    if (asked.method === "POST") seen.resolve(asked.headers);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id: request.id, result: {} }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}/mcp`, headers: {}, messageBytes: 1_000, connections: 1, env: {}, clock: systemClock };
  const link = new HttpLink(options, { message() {}, lost() {}, closed() {}, noise() {} });
  link.speak(era, version);
  link.request(request);
  const headers = await seen.promise;
  await link.close();
  server.close();
  return headers;
}

describe("HttpLink", () => {
  const inputSchema = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" }, size: { type: "integer" } } };
  const call = { id: 7, method: "tools/call", params: Body.of({ name: "run", arguments: { region: "eu", size: 2 } }), inputSchema };

  it("repeats in headers what the modern era wants to read there, arguments among it", async () => {
    const headers = await seenHeaders("modern", "2026-07-28", call);
    expect(headers).toMatchObject({
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "run",
      "mcp-param-region": "eu",
    });
    expect(Object.keys(headers).filter((name) => name.startsWith("mcp-param-"))).toEqual(["mcp-param-region"]);
  });

  it("tells a legacy server nothing but the version", async () => {
    const headers = await seenHeaders("legacy", "2025-11-25", call);
    expect(Object.keys(headers).filter((name) => name.startsWith("mcp-"))).toEqual(["mcp-protocol-version"]);
  });
});
