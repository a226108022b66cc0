/** Shutdown: what runs may end, nothing new begins, and no process is left. */

import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wrapped, watchedServer } from "../support/fixture.ts";
import { HttpClient, openHttp } from "../support/http-client.ts";
import { LEGACY_VERSION, textOf } from "../support/inbox.ts";
import { CANARY, childrenOf, canFindProcesses, isAlive, processesWith, untilGone } from "../support/processes.ts";
import { until, within } from "../support/wait.ts";
import { makeHome, START_MS, startGateway, type Gateway, type Home } from "./gateway.ts";
import { openServers } from "./servers.ts";
import { shellServer } from "./tiny.ts";

const CONTAINER = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];
const PROGRAM = join(import.meta.dirname, "../../src/cli/main.ts");

/** Milliseconds that a busy machine may add. */
const SLACK = 2_500;

/** Ends the gateway by SIGTERM, and says when it was sent. */
function terminate(gateway: Gateway): number {
  gateway.kill("SIGTERM");
  return performance.now();
}

describe.skipIf(!canFindProcesses)("shutdown", () => {
  it("SHD-01 idle with ten servers: exit 0 within 6 s, no survivors", async () => {
    const canary = randomUUID();
    const names = Array.from({ length: 10 }, (_, nth) => `s${nth}`);
    const entries = names.map((name) => [name, shellServer(":", { [CANARY]: canary })] as const);
    await using gateway = await startGateway({ mcpServers: Object.fromEntries(entries) });
    await using client = await gateway.client();
    expect(await client.toolNames()).toHaveLength(10);
    expect(processesWith(canary)).toHaveLength(10);
    const at = terminate(gateway);
    expect(await within(gateway.exited, 6_000 + SLACK, "the gateway ends")).toEqual({ code: 0, signal: null });
    expect(performance.now() - at).toBeLessThan(6_000 + SLACK);
    expect(processesWith(canary)).toEqual([]);
  });

  it.each(["SIGINT", "SIGHUP"] as const)("SHD-01 %s ends it as well, also while a server hangs in its handshake", async (signal) => {
    using server = watchedServer({ "never-answer": "handshake", "ignore-term": true });
    await using gateway = await startGateway({ mcpServers: { a: wrapped(server.entry) } });
    await server.log.waitFor({ what: "in" }, START_MS);
    gateway.kill(signal);
    expect(await within(gateway.exited, 6_000 + SLACK, "the gateway ends")).toEqual({ code: 0, signal: null });
    expect(processesWith(server.canary)).toEqual([]);
  });

  it("SHD-02 calls in flight end, new ones are refused, readiness is gone at once", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries(), limits: { drain: "20s" } });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    await legacy.toolNames();
    const calls = servers.all.flatMap(({ name }) => [legacy, modern, pipe].map((client) => client.call(`${name}__slow`, { ms: 3_000 })));
    await servers.each(async ({ log }) => void (await log.waitFor({ what: "in", name: "slow" }, 5_000, 3)));
    const at = terminate(gateway);
    await until(async () => (await fetch(gateway.at("/readyz"))).status === 503, 1_000 + SLACK);
    expect((await fetch(gateway.at("/healthz"))).status).toBe(200);
    for (const client of [legacy, modern]) {
      const { error, status } = await client.call(`stdio_legacy__echo`, { text: "too late" });
      expect(error).toMatchObject({ message: expect.stringContaining("The gateway is ending"), data: { code: "GATEWAY_CLOSING" } });
      expect(status).toBe(503);
    }
    expect((await pipe.call("stdio_legacy__echo", { text: "too late" })).error?.message).toContain("The gateway is ending");
    expect(await new HttpClient(gateway.url).request("initialize", { protocolVersion: LEGACY_VERSION })).toMatchObject({ status: 503 });
    expect((await Promise.all(calls)).map(textOf)).toEqual(calls.map(() => "done"));
    expect(await within(gateway.exited, 3_000 + 6_000 + SLACK, "the gateway ends")).toEqual({ code: 0, signal: null });
    expect(performance.now() - at).toBeGreaterThan(1_000);
    await servers.each(async ({ log }) => {
      expect(log.all({ what: "in", name: "echo" })).toEqual([]);
      expect(log.violations()).toEqual([]);
    });
  });

  it("SHD-03 a call that never ends is cancelled, a server that heeds nothing is killed before the exit", async () => {
    using server = watchedServer({ "ignore-term": true, "ignore-eof": true, "spawn-grandchild": "stubborn", era: "legacy" });
    await using gateway = await startGateway({ mcpServers: { a: wrapped(server.entry) }, limits: { drain: "1s" } });
    await using client = await gateway.client();
    await client.toolNames();
    const call = client.call("a__slow", { ms: 600_000 }, { deadlineMs: 20_000 }).catch(String);
    await server.log.waitFor({ what: "in", name: "slow" });
    const at = terminate(gateway);
    await server.log.waitFor({ what: "cancelled", running: true });
    expect(await gateway.exited).toMatchObject({ signal: null });
    expect(processesWith(server.canary)).toEqual([]);
    const took = performance.now() - at;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(1_000 + 6_000 + SLACK);
    expect(await call).toBeDefined();
  });

  it("SHD-03 calls that wait for a person's answer hold nothing up", async () => {
    using server = watchedServer({ era: "legacy" });
    await using gateway = await startGateway({ mcpServers: { a: server.entry }, limits: { drain: "1s" } });
    const capabilities = { elicitation: {} };
    await using modern = await gateway.client({ era: "modern", capabilities });
    await using legacy = await gateway.client({ capabilities });
    await modern.toolNames();
    expect((await modern.call("a__elicit")).result).toMatchObject({ resultType: "input_required" });
    await modern.call("a__elicit"); // one more, of which nobody knows whose question it is
    const asked = legacy.call("a__elicit").catch(String);
    await server.log.waitFor({ what: "in", name: "elicit" }, 5_000, 3);
    const at = terminate(gateway);
    expect(await within(gateway.exited, 6_000 + SLACK, "the gateway ends")).toEqual({ code: 0, signal: null });
    expect(performance.now() - at).toBeLessThan(1_000 + 6_000 + SLACK);
    expect(await asked).toBeDefined();
  });

  it("SHD-03 a second signal ends everything at once", async () => {
    using server = watchedServer({ "ignore-term": true, "ignore-eof": true, "spawn-grandchild": "stubborn" });
    await using gateway = await startGateway({ mcpServers: { a: wrapped(server.entry) } });
    await using client = await gateway.client();
    await client.toolNames();
    const call = client.call("a__slow", { ms: 600_000 });
    call.catch(() => {}); // looked at below
    await server.log.waitFor({ what: "in", name: "slow" });
    terminate(gateway);
    await until(async () => (await fetch(gateway.at("/readyz"))).status === 503);
    gateway.kill("SIGTERM");
    await within(gateway.exited, SLACK, "the gateway ends");
    await untilGone(server.canary, SLACK);
    await expect(call).rejects.toThrow();
  });

  it("SHD-04 streams of news end with their result, or are closed", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    await using modern = await gateway.client({ era: "modern" });
    await using legacy = await gateway.client();
    await using pipe = gateway.home.stdio([], { era: "modern" });
    const filter = { notifications: { toolsListChanged: true } };
    const subscriptions = ["one", "two"].map((id) => modern.request("subscriptions/listen", filter, { id, deadlineMs: 20_000 }));
    const onPipe = pipe.request("subscriptions/listen", filter, { id: "three", deadlineMs: 20_000 });
    await modern.inbox.waitFor("notifications/subscriptions/acknowledged", 5_000, 2);
    await pipe.inbox.waitFor("notifications/subscriptions/acknowledged");
    const stream = await legacy.listen();
    expect(stream.status).toBe(200);
    terminate(gateway);
    for (const [nth, answer] of (await Promise.all([...subscriptions, onPipe])).entries()) {
      const id = ["one", "two", "three"][nth];
      expect(answer.result).toMatchObject({ resultType: "complete", _meta: { "io.modelcontextprotocol/subscriptionId": id } });
    }
    await within(stream.ended, SLACK, "the legacy stream ends");
    expect(await within(gateway.exited, SLACK, "the gateway ends")).toEqual({ code: 0, signal: null });
  });

  it("SHD-05 a gateway on stdio is gone within 2 s of its host's end of input, with all that it started", async () => {
    using server = watchedServer({ "ignore-term": true, "ignore-eof": true, "spawn-grandchild": "stubborn" });
    using home = makeHome({ mcpServers: { a: wrapped(server.entry) } });
    await using client = home.stdio(["--own"]);
    await client.handshake();
    await client.toolNames();
    client.send({ jsonrpc: "2.0", id: "never answered", method: "tools/call", params: { name: "a__slow", arguments: { ms: 600_000 } } });
    await server.log.waitFor({ what: "in", name: "slow" });
    const at = performance.now();
    expect((await client.end(2_000 + SLACK)).code).toBe(0);
    expect(performance.now() - at).toBeLessThan(2_000 + SLACK);
    expect(processesWith(server.canary)).toEqual([]);
  });

  it("SHD-05 the same when the host is killed", async () => {
    using server = watchedServer({ "ignore-term": true, "ignore-eof": true, "spawn-grandchild": "stubborn" });
    using home = makeHome({ mcpServers: { a: wrapped(server.entry) } });
    const { pid, kill } = await startHost(home, ["--own"]);
    await server.log.waitFor({ what: "in", method: "tools/list" }, 20_000);
    kill();
    await until(() => !isAlive(pid), 2_000 + SLACK, "the gateway has ended");
    await untilGone(server.canary, 500);
  });

  it("SHD-05 a bridge ends with its host, what it had under way is cancelled, and the shared gateway stays", async () => {
    using server = watchedServer({ era: "legacy" });
    using home = makeHome({ mcpServers: { a: server.entry } });
    await using gateway = await home.serve();
    const { pid, kill } = await startHost(home, [], "a__slow");
    await server.log.waitFor({ what: "in", name: "slow" }, 20_000);
    kill();
    await until(() => !isAlive(pid), 2_000 + SLACK, "the bridge has ended");
    await server.log.waitFor({ what: "cancelled", running: true });
    expect(await gateway.server("a")).toMatchObject({ state: "ready", inFlight: 0 });
  });
});

/** May this process make a namespace in which a program is process 1, as in a container? */
const canContain = canFindProcesses && spawnSync("unshare", [...CONTAINER, "true"]).status === 0;

describe.skipIf(!canContain)("in a container", () => {
  it("SHD-06 as process 1 it heeds SIGTERM", async () => {
    using server = watchedServer({ "spawn-grandchild": "plain", exit: "1@call:write" });
    using home = makeHome({ mcpServers: { a: wrapped(server.entry) }, limits: { backoff: { first: "10ms" } } });
    const command = [...CONTAINER, process.execPath, PROGRAM, "serve", "--config", home.configFile, "--port", "0", "--json"];
    const unshare = spawn("unshare", command, { env: { ...process.env, ...home.env }, stdio: ["ignore", "pipe", "pipe"] });
    const exited = new Promise((resolve) => unshare.once("exit", (code) => resolve(code)));
    const { url, pid } = await new Promise<{ url: string; pid: number }>((resolve) =>
      unshare.stdout.once("data", (data: Buffer) => resolve(JSON.parse(String(data)) as { url: string; pid: number })),
    );
    expect(pid).toBe(1);
    const [first] = childrenOf(unshare.pid ?? -1);
    expect(first?.command).toContain("serve");
    await using client = await openHttp(url);
    await client.toolNames();
    for (let round = 0; round < 3; round++) {
      await client.call("a__write");
      await until(async () => (await client.text("a__echo", { text: "again" })) === "again", START_MS);
    }
    process.kill(first?.pid ?? -1, "SIGTERM");
    expect(await within(exited, 10_000, "the container ends")).toBe(0);
  });
});

/** A host in a process of its own: it starts `toolyard stdio`, asks for its tools, may call one, and can be killed. */
async function startHost(home: Home, args: readonly string[], tool?: string): Promise<{ pid: number; kill(): void }> {
  const clientInfo = { name: "host", version: "1" };
  const messages = [
    { id: 1, method: "initialize", params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo } },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/list" },
    ...(tool === undefined ? [] : [{ id: 3, method: "tools/call", params: { name: tool, arguments: { ms: 600_000 } } }]),
  ];
  const spec = {
    command: [PROGRAM, "stdio", "--config", home.configFile, ...args],
    lines: messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`),
  };
  const host = spawn(process.execPath, ["-e", `(${hostMain.toString()})(${JSON.stringify(spec)})`], {
    env: { ...process.env, ...home.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) => host.stdout.once("data", (data: Buffer) => resolve(Number(String(data)))));
  return { pid, kill: () => void host.kill("SIGKILL") };
}

/** Runs in the host: sends the next line when the last one that wants an answer has got it. */
function hostMain({ command, lines }: { command: string[]; lines: string[] }): void {
  const child = process.getBuiltinModule("node:child_process").spawn(process.execPath, command, { stdio: ["pipe", "pipe", "ignore"] });
  const [first, ...rest] = lines;
  child.stdin.write(first);
  child.stdout.once("data", () => {
    child.stdin.write(rest.slice(0, 2).join(""));
    child.stdout.once("data", () => child.stdin.write(rest.slice(2).join("")));
  });
  console.log(child.pid);
}
