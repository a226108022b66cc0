import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { stdioServer } from "../../test/support/fixture.ts";
import { send } from "../../test/support/http-raw.ts";
import { textOf } from "../../test/support/inbox.ts";
import { pause, until } from "../../test/support/wait.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { testGateway } from "./gateway.suite.ts";
import { openGateway } from "./http.ts";

const get = async (url: string | URL): Promise<[number, string]> => {
  const answer = await send(String(url), { method: "GET", headers: {} });
  return [answer.status, await answer.text()];
};

describe("the pages", () => {
  it("say that the process is well, whether its lists are there, and how its servers stand", async () => {
    await using test = await testGateway({ servers: { dead: { command: "/no/such/command" } }, config: { discovery: { wait: "2s" } } });
    const page = (path: string): Promise<[number, string]> => get(new URL(path, test.gateway.url));
    expect(JSON.parse((await page("/healthz"))[1])).toMatchObject({ status: "ok", pid: process.pid });
    await until(async () => (await page("/readyz"))[0] === 200);
    const state = JSON.parse((await page("/api/state"))[1]) as Record<string, unknown>;
    expect(state).toMatchObject({ version: "0.1.0", pid: process.pid, catalog: { tools: 5, prompts: 0, resources: 0 } });
    expect(Number.isNaN(Date.parse(String(state["startedAt"])))).toBe(false);
    expect(state["servers"]).toMatchObject([
      { name: "demo", state: "ready", transport: "local", tools: 5, inFlight: 0, restarts: 0 },
      { name: "dead", reason: expect.stringContaining("/no/such/command") },
    ]);
    expect((await page("/metrics"))[0]).toBe(404);
    expect((await page("/nothing"))[0]).toBe(404);
    const refused = await send(String(new URL("/healthz", test.gateway.url)), { headers: {} });
    expect([refused.status, refused.headers.allow]).toEqual([405, "GET, HEAD"]);
    expect((await send(String(new URL("/healthz", test.gateway.url)), { method: "HEAD" })).status).toBe(200);
  });

  it("are not ready while the first list waits, and a list waits with them", async () => {
    await using test = await testGateway({ servers: { slow: stdioServer({ "start-delay": 400 }) } });
    expect((await get(new URL("/readyz", test.gateway.url)))[0]).toBe(503);
    const client = await test.legacy();
    expect(await client.toolNames()).toContain("slow__echo");
    expect((await get(new URL("/readyz", test.gateway.url)))[0]).toBe(200);
  });

  it("count calls by their outcome", async () => {
    const metrics = createMetrics();
    await using test = await testGateway({ gateway: { metrics } });
    const [status, text] = await get(new URL("/metrics", test.gateway.url));
    expect(status).toBe(200);
    expect(text).toContain('toolyard_server_ready{server="demo"}');
  });
});

describe("a list that is not complete", () => {
  it("says who is missing, in both eras, and what comes later is announced", async () => {
    const servers = { hung: stdioServer({ "never-answer": "handshake", era: "silent" }), late: stdioServer({ "start-delay": 900 }) };
    await using test = await testGateway({ servers, config: { discovery: { wait: "200ms" } } });
    const client = await test.legacy();
    await client.listen();
    const legacy = await client.request("tools/list");
    const missing = {
      "toolyard/missing": [expect.objectContaining({ server: "hung", state: "connecting" }), expect.objectContaining({ server: "late" })],
    };
    expect(legacy.result?.["_meta"]).toEqual(missing);
    const modern = await test.modern().request("tools/list");
    expect(modern.result).toMatchObject({ _meta: missing, ttlMs: 0, resultType: "complete" });
    await client.inbox.waitFor("notifications/tools/list_changed");
    expect(await client.toolNames()).toContain("late__echo");
  });

  it("says nothing of servers that its toolset does not show", async () => {
    const servers = { hung: stdioServer({ "never-answer": "handshake", era: "silent" }) };
    const config = { discovery: { wait: "200ms" }, toolsets: { own: { servers: ["demo"] }, whole: { tools: ["demo/echo", "hung/*"] } } };
    await using test = await testGateway({ servers, config });
    const missingIn = async (path: string): Promise<unknown> =>
      (await (await test.legacy({}, path)).request("tools/list")).result?.["_meta"];
    expect(await missingIn("/own")).toBeUndefined();
    expect(await missingIn("/whole")).toMatchObject({ "toolyard/missing": [{ server: "hung" }] });
  });
});

describe("opening", () => {
  it("names the port that is taken", async () => {
    await using test = await testGateway();
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(openGateway(test.yard, { host: "127.0.0.1", port, key: randomBytes(32) })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(String(port)),
    });
    await new Promise((resolve) => holder.close(resolve));
  });

  it.each(["0.0.0.0", "::", "192.168.0.1", "example.com", "127.0.0.1.evil.test"])(
    "refuses %s, as it asks nobody who they are",
    async (host) => {
      await using test = await testGateway();
      await expect(openGateway(test.yard, { host, port: 0, key: randomBytes(32) })).rejects.toMatchObject({ code: "USAGE" });
    },
  );

  it("listens on loopback alone", async () => {
    await using test = await testGateway();
    expect(test.gateway.url).toBe(`http://127.0.0.1:${test.gateway.port}/mcp`);
  });
});

describe("ending", () => {
  it("refuses what is new, lets what is under way end, and closes the rest", async () => {
    await using test = await testGateway();
    const [client, modern] = [await test.legacy(), test.modern()];
    const { ended } = await client.listen();
    const call = client.call("demo__wait");
    await until(() => test.witness.begun.length === 1);
    const closing = test.gateway.close({ drainMs: 10_000 });
    expect((await get(new URL("/readyz", test.gateway.url)))[0]).toBe(503);
    expect((await get(new URL("/healthz", test.gateway.url)))[0]).toBe(200);
    const refused = await client.post({ jsonrpc: "2.0", id: 9, method: "tools/list" });
    expect([refused.status, JSON.parse(await refused.text())]).toMatchObject([
      503,
      { id: 9, error: { message: expect.stringContaining("ending") } },
    ]);
    expect((await modern.request("tools/list")).error).toBeDefined();
    await ended;
    test.witness.release();
    expect(textOf(await call)).toContain("waited");
    await closing;
    await expect(get(test.gateway.url)).rejects.toThrow();
  });

  it("cancels what has not ended in time", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const call = client.call("demo__wait").catch(() => {});
    await until(() => test.witness.begun.length === 1);
    const startedAt = performance.now();
    await test.gateway.close({ drainMs: 100 });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await until(() => test.witness.cancelled.length === 1, 1_000);
    await call;
  });

  it("leaves nothing behind, and can be asked for twice", async () => {
    const clock = new FakeClock();
    await using test = await testGateway({ gateway: { clock, idle: { afterMs: 600_000, action: () => {} } } });
    const client = await test.legacy();
    await client.toolNames();
    await client.listen();
    await Promise.all([test.gateway.close(), test.gateway.close()]);
    expect(clock.pending).toBe(0);
  });
});

describe("a gateway that is to end after its last client", () => {
  it("counts requests and streams", async () => {
    const clock = new FakeClock();
    let over = 0;
    await using test = await testGateway({ gateway: { clock, idle: { afterMs: 600_000, action: () => over++ } } });
    const client = await test.legacy();
    const { close } = await client.listen();
    await clock.pass(700_000);
    expect(over).toBe(0);
    close();
    await pause(50);
    await clock.pass(599_000);
    expect(over).toBe(0);
    await clock.pass(2_000);
    expect(over).toBe(1);
  });
});

describe("a configuration that is read again", () => {
  it("ends the endpoints that are no more", async () => {
    const toolsets = { team: { servers: ["demo"] } };
    await using test = await testGateway({ config: { toolsets } });
    const client = await test.legacy({}, "/team");
    const { ended } = await client.listen();
    expect(await client.toolNames()).toContain("demo__echo");
    test.yard.apply({ ...test.yard.config, toolsets: new Map() });
    await ended;
    const answer = await client.post({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect(answer.status).toBe(404);
  });
});
