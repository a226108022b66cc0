/** AUT: what a server names with a URL is never fetched, wherever it points. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startNameServer } from "../support/dns.ts";
import { startHttp, type Flags, type HttpServer } from "../support/fixture.ts";
import { pause } from "../support/wait.ts";
import { makeHome } from "./gateway.ts";

/** How soon a server that points elsewhere has its error: at once; the rest is slack. */
const AT_ONCE_MS = 5_000;

interface Listener extends AsyncDisposable {
  readonly port: number;
  readonly connections: () => number;
}

/** An HTTP server of the test that counts who comes. */
async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listener> {
  let connections = 0;
  const server: Server = createServer(handler).on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, connections: () => connections, [Symbol.asyncDispose]: close };
}

const openCanary = (): Promise<Listener> => listen((_, response) => void response.end("{}"));

/** Addresses that a server must not get us to, the canary's own by number and by name among them. */
function forbidden(port: number): string[] {
  return [
    `http://127.0.0.1:${port}/mcp`,
    `http://canary.test:${port}/mcp`,
    `http://rebind.test:${port}/mcp`,
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/mcp",
    "https://metadata.test/",
    "file:///etc/passwd",
    `//127.0.0.1:${port}/mcp`,
  ];
}

describe("AUT-06", () => {
  it("AUT-06 a redirect is not followed, from whatever request, to whatever address; the error says where it points", async () => {
    await using scope = new AsyncDisposableStack();
    const canary = scope.use(await openCanary());
    const names = scope.use(await startNameServer(rebinding()));
    const servers = new Map<string, HttpServer>();
    const start = async (name: string, flags: Flags): Promise<void> => void servers.set(name, scope.use(await startHttp(flags)));
    const targets = forbidden(canary.port);
    await Promise.all(targets.map((target, index) => start(`any${index}`, { redirect: `${target}@any` })));
    const target = targets[0] ?? "";
    for (const era of ["legacy", "modern"] as const) {
      await start(`list_${era}`, { era, redirect: `${target}@list` });
      await start(`call_${era}`, { era, redirect: `${target}@call:echo+get+resources/read` });
    }
    using home = makeHome({ mcpServers: entriesOf(servers), limits: { backoff: { first: "10ms", max: "10ms" } } });
    await using gateway = await home.serve([], { env: names.env });
    for (const [index, each] of targets.entries()) {
      const { reason } = await gateway.untilServer(`any${index}`, ({ reason: why }) => why !== undefined, AT_ONCE_MS + 25_000);
      expect(reason).toContain(`redirects (HTTP status 307) to ${each}, and redirects are not followed`);
    }
    await using client = await gateway.client();
    for (const era of ["legacy", "modern"]) {
      const began = performance.now();
      const answer = await client.call(`call_${era}__echo`, { text: "x" });
      expect(answer.result?.isError).toBe(true);
      expect(answer.result?.content?.[0]?.text).toMatch(/redirects .* are not followed/);
      await client.request("resources/read", { uri: `test://call_${era}/readme` }).catch(() => {});
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    }
    expect([canary.connections(), names.asked]).toEqual([0, []]);
  });

  it("AUT-06 the old transport posts only to where its stream came from; metadata that a refusal names is not read", async () => {
    await using scope = new AsyncDisposableStack();
    const canary = scope.use(await openCanary());
    const names = scope.use(await startNameServer(rebinding()));
    const targets = forbidden(canary.port);
    const sse = await Promise.all(targets.map((target) => listen((request, response) => nameEndpoint(request, response, target))));
    const refusals = await Promise.all(
      targets.map((target) => startHttp({ status: "401@any", "www-authenticate": `Bearer resource_metadata="${target}"` })),
    );
    for (const each of [...sse, ...refusals]) scope.use(each);
    const mcpServers = Object.fromEntries([
      ...sse.map(({ port }, index) => [`sse${index}`, { type: "sse", url: `http://127.0.0.1:${port}/sse` }]),
      ...refusals.map(({ url }, index) => [`auth${index}`, { url }]),
    ]) as JsonObject;
    using home = makeHome({ mcpServers });
    await using gateway = await home.serve([], { env: names.env });
    for (const index of targets.keys()) {
      const { reason } = await gateway.untilServer(`sse${index}`, ({ reason: why }) => why !== undefined);
      expect(reason).toContain("an endpoint on another origin");
      expect(await gateway.untilServer(`auth${index}`, "auth-required")).toMatchObject({
        reason: expect.stringContaining("401") as string,
      });
    }
    expect([canary.connections(), names.asked]).toEqual([0, []]);
  });

  it("AUT-06 links in tools, results, questions and schemas go to the client as they are, and nobody here opens them", async () => {
    await using scope = new AsyncDisposableStack();
    const canary = scope.use(await openCanary());
    const names = scope.use(await startNameServer(rebinding()));
    const url = `http://canary.test:${canary.port}/x`;
    const tool = { name: "linked", inputSchema: { type: "object" }, icons: [{ src: url }], _meta: { ui: { resourceUri: url } } };
    const link = { type: "resource_link", uri: url, name: "x" };
    const flags = { "bad-schema": ["network-ref"], canary: url, tool: [JSON.stringify(tool)], resource: [url] };
    const answer = JSON.stringify({ content: [link] });
    const servers = new Map<string, HttpServer>();
    for (const era of ["legacy", "modern"] as const) {
      const features = { ...flags, era, answer: `${answer}@call:linked` } as Flags;
      servers.set(era, scope.use(await startHttp(features)));
    }
    using home = makeHome({ mcpServers: entriesOf(servers) });
    await using gateway = await home.serve([], { env: names.env });
    await gateway.untilReady();
    await using client = await gateway.client({ capabilities: { elicitation: { url: {} } }, answer: () => ({ action: "cancel" }) });
    await client.toolNames();
    for (const era of servers.keys()) {
      const { result } = await client.call(`${era}__linked`, {});
      expect(result?.content?.[0]).toMatchObject(link);
      await client.call(`${era}__elicit`, { message: "open it", mode: "url" });
      await client.request("resources/read", { uri: url });
    }
    await pause(300);
    expect([canary.connections(), names.asked]).toEqual([0, []]);
  });

  it("AUT-06 a refusal without end is read for a moment only", async () => {
    await using scope = new AsyncDisposableStack();
    const sent = new Map<string, number>();
    const endless = scope.use(await listen((request, response) => pour(request, response, sent)));
    const at = (status: number): string => `http://127.0.0.1:${endless.port}/${status}`;
    const statuses = [307, 401, 403, 404, 500];
    using home = makeHome({ mcpServers: Object.fromEntries(statuses.map((status) => [`s${status}`, { url: at(status) }])) });
    await using gateway = await home.serve();
    for (const status of statuses) await gateway.untilServer(`s${status}`, ({ reason }) => reason !== undefined, AT_ONCE_MS + 5_000);
    // What the system keeps in its buffers is not read by us; it is some megabytes on each side.
    for (const [path, bytes] of sent) expect([path, bytes < 16 * 1024 * 1024]).toEqual([path, true]);
    expect(sent.size).toBe(statuses.length);
  });

  it("AUT-06 the instrument works: a name that the operator has configured is asked for here, and reached", async () => {
    await using scope = new AsyncDisposableStack();
    const server = scope.use(await startHttp());
    const names = scope.use(await startNameServer(() => "127.0.0.1"));
    using home = makeHome({ mcpServers: { a: { url: server.url.replace("127.0.0.1", "mcp.test") } } });
    await using gateway = await home.serve([], { env: names.env });
    await gateway.untilReady();
    expect(names.asked).toContain("mcp.test");
  });
});

/** Public when it is asked first, private from then on. */
function rebinding(): (name: string) => string {
  let asked = 0;
  return () => (asked++ === 0 ? "203.0.113.1" : "127.0.0.1");
}

function entriesOf(servers: ReadonlyMap<string, HttpServer>): JsonObject {
  return Object.fromEntries([...servers].map(([name, { url }]) => [name, { url }]));
}

/** The old transport's stream, which names this endpoint. */
function nameEndpoint(request: IncomingMessage, response: ServerResponse, endpoint: string): void {
  if (request.method !== "GET") return void response.writeHead(405).end();
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(`event: endpoint\ndata: ${endpoint}\n\n`);
}

/** Answers with the status in its path, and a body without end. */
function pour(request: IncomingMessage, response: ServerResponse, sent: Map<string, number>): void {
  const status = Number(request.url?.slice(1));
  const piece = Buffer.alloc(64 * 1024, "x");
  response.writeHead(status, { "content-type": "application/json", location: "http://10.0.0.1/" });
  const more = (): void => {
    while (!response.destroyed) {
      sent.set(request.url ?? "", Math.max(sent.get(request.url ?? "") ?? 0, response.socket?.bytesWritten ?? 0));
      if (!response.write(piece)) return void response.once("drain", more);
    }
  };
  more();
}
