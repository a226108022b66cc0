/** TRN: connections on which nothing happens for long, with something between that cuts such connections. */

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { HttpClient, openHttp } from "../support/http-client.ts";
import { textOf } from "../support/inbox.ts";
import { pause, until } from "../support/wait.ts";
import { startGateway } from "./gateway.ts";

/** The cut is at three times the sign of life. */
const limits = { keepAlive: "1s" };
const CUT_MS = 3_000;
const SILENCE_MS = 7_000;

describe.concurrent("TRN-08", () => {
  it("TRN-08 a silent call and quiet streams outlive a proxy that cuts what is idle, in both eras", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ limits, mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using proxy = await cuttingProxy(Number(new URL(gateway.url).port), CUT_MS);
    const url = `http://127.0.0.1:${proxy.port}/mcp`;
    await using legacy = await openHttp(url);
    await using modern = new HttpClient(url, { era: "modern" });
    const stream = await legacy.listen();
    const notifications = { toolsListChanged: true };
    const listening = modern.request("subscriptions/listen", { notifications }, { deadlineMs: 60_000 }).catch(() => undefined);
    const answers = await Promise.all([legacy, modern].map((client) => client.call("s__slow", { ms: SILENCE_MS }, { deadlineMs: 30_000 })));
    expect(answers.map(textOf)).toEqual(["done", "done"]);

    server.set({ "change-tools": "add" });
    await legacy.inbox.waitFor("notifications/tools/list_changed");
    await modern.inbox.waitFor("notifications/tools/list_changed");
    expect(stream.status).toBe(200);
    await modern[Symbol.asyncDispose]();
    await listening;
  });

  it("TRN-08 the first byte comes within a second, then a comment each keep-alive, and no proxy is to buffer", async () => {
    await using gateway = await startGateway({ limits, mcpServers: { s: stdioServer() } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const startedAt = performance.now();
    const message = { jsonrpc: "2.0", id: "slow", method: "tools/call", params: { name: "s__slow", arguments: { ms: 4_500 } } };
    const answer = await client.post(message);
    expect(performance.now() - startedAt).toBeLessThan(1_000 + 1_000); // and slack
    expect(answer.headers).toMatchObject({
      "content-type": "text/event-stream",
      "x-accel-buffering": "no",
      "cache-control": expect.stringContaining("no-cache") as string,
    });
    const text = await answer.text();
    expect(text.match(/^:/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(text).toMatch(/"id":"slow"/);
  });

  it("TRN-08 the default sign of life comes at least every 30 s", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    await using client = await gateway.client();
    let heard = 0;
    const stream = await client.post({ jsonrpc: "2.0", id: 1, method: "ping" });
    await stream.text();
    const headers = { accept: "text/event-stream", "mcp-session-id": client.session ?? "", "mcp-protocol-version": "2025-11-25" };
    const get = await fetch(gateway.url, { headers, signal: AbortSignal.timeout(25_000) });
    for await (const chunk of get.body ?? []) {
      heard += chunk.length;
      break;
    }
    expect(heard).toBeGreaterThan(0);
  });

  it("TRN-08 a proxy between us and a server: its quiet standing stream is opened anew, and nothing that changed is missed", async () => {
    await using server = await startHttp({ session: true });
    await using proxy = await cuttingProxy(Number(new URL(server.url).port), 1_000);
    const url = `http://127.0.0.1:${proxy.port}/mcp`;
    await using gateway = await startGateway({ mcpServers: { s: { url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await pause(2_500);
    expect(proxy.cuts()).toBeGreaterThan(0);
    expect(await client.text("s__echo", { text: "still" })).toBe("still");
    await server.log.waitFor({ what: "headers", method: "GET" }, 5_000, 2);
    await server.set({ "change-tools": "add" });
    await until(async () => (await client.toolNames()).includes("s__added"), 10_000);
  });
});

describe.concurrent("TRN-08", () => {
  it("TRN-08 a connection to a server that closes what was idle for five seconds is not used shortly before that", async () => {
    await using server = await startHttp();
    await using proxy = await cuttingProxy(Number(new URL(server.url).port), 60_000, 4_500);
    await using gateway = await startGateway({ mcpServers: { s: { url: `http://127.0.0.1:${proxy.port}/mcp` } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await Promise.all(Array.from({ length: 10 }, () => client.text("s__slow", { ms: 100 })));
    await pause(5_000);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => client.text("s__echo", { text: `${index}` })));
    expect(answers).toEqual(answers.map((_, index) => `${index}`));
  });
});

interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has cut. */
  cuts(): number;
}

/**
 * Passes bytes on, and cuts a connection on which none came from the server's side for so long.
 *
 * @param raceMs what is sent after so long a silence finds the connection closed; as of many servers, no header says so before
 */
async function cuttingProxy(port: number, idleMs: number, raceMs = Number.POSITIVE_INFINITY): Promise<Proxy> {
  const open = new Set<Socket>();
  let cuts = 0;
  const proxy = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const [from, to] of [[client, target] as const, [target, client] as const]) {
      open.add(from);
      from.on("error", () => {});
      from.once("close", () => (open.delete(from), to.destroy()));
      from.on("data", (chunk: Buffer) => to.write(chunk.toString("latin1").replace(/keep-alive: timeout=\d+\r\n/i, ""), "latin1"));
    }
    let last = performance.now();
    target.on("data", () => (last = performance.now()));
    client.prependListener("data", () => performance.now() - last > raceMs && target.destroy());
    target.setTimeout(idleMs, () => {
      cuts++;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
