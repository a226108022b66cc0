/** Overload: without number: subscriptions, sessions, servers that come back, descriptors. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer } from "../support/fixture.ts";
import { openHttp } from "../support/http-client.ts";
import { LEGACY_VERSION } from "../support/inbox.ts";
import { canFindProcesses, openDescriptors, residentBytes } from "../support/processes.ts";
import { pause, until, within } from "../support/wait.ts";
import { makeHome, startGateway, START_MS, type Gateway } from "./gateway.ts";
import { shellServer } from "./tiny.ts";

const MB = 1024 * 1024;
/** A busy machine lets what was due in several tenths of a second happen in one. */
const CLUMPS = 0.2;
const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

describe.skipIf(!canFindProcesses)("subscriptions and sessions", () => {
  it("OVL-05 the 1,025th stream of news is refused with a reason, and taken once another has ended", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() } });
    await gateway.untilReady();
    await using client = await gateway.client({ era: "modern" });
    const listen = (id: string, signal?: AbortSignal): Promise<unknown> =>
      client.request(
        "subscriptions/listen",
        { notifications: { toolsListChanged: true } },
        { id, deadlineMs: 120_000, ...(signal && { signal }) },
      );
    const leaving = new AbortController();
    const acknowledged = (): number => client.inbox.of("notifications/subscriptions/acknowledged").length;
    listen("leaves", leaving.signal).catch(() => {});
    for (let nth = 1; nth < 1_024; nth++) listen(`s${nth}`).catch(() => {});
    await until(() => acknowledged() === 1_024, 60_000, "1024 streams", acknowledged);
    const refused = await listen("one too many");
    expect(refused).toMatchObject({
      error: { message: expect.stringMatching(/1024 streams of news are open/), data: { code: "SERVER_BUSY" } },
    });
    leaving.abort();
    await until(async () => {
      listen(`again ${performance.now()}`).catch(() => {});
      await pause(50);
      return acknowledged() > 1_024;
    }, 5_000);
    expect(await client.text("a__echo", { text: "well" })).toBe("well");
  });

  it("OVL-05 a subscription names at most so many resources, a session holds at most so many", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() } });
    await gateway.untilReady();
    await using modern = await gateway.client({ era: "modern" });
    const uris = Array.from({ length: 5_000 }, (_, nth) => `test://hostile/items/${nth}`);
    const answer = await modern.request("subscriptions/listen", { notifications: { resourceSubscriptions: uris } });
    expect(answer.error).toMatchObject({ code: -32602 });
    await using legacy = await gateway.client();
    const refusals: string[] = [];
    for (const uri of uris.slice(0, 1_100)) {
      const { error } = await legacy.request("resources/subscribe", { uri });
      if (error !== undefined) refusals.push(error.message);
    }
    expect(refusals.length).toBeGreaterThan(0);
    expect(await legacy.text("a__echo", { text: "well" })).toBe("well");
  });

  it("OVL-05 sessions that nobody ends cost next to nothing beyond a thousand, and still work", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() } });
    // Little room, so that what is garbage is not left lying about.
    await using gateway = await home.serve([], { env: { NODE_OPTIONS: "--max-old-space-size=96" } });
    await gateway.untilReady();
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const tokens: string[] = [];
    const many = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 20)
        tokens.push(...(await Promise.all(Array.from({ length: 20 }, () => openSession(gateway, agent)))));
    };
    try {
      await many(1_500); // state is held of a thousand at most
      const before = residentBytes(gateway.pid);
      await many(3_500);
      expect(residentBytes(gateway.pid) - before).toBeLessThan(40 * MB);
      expect(openDescriptors(gateway.pid)).toBeLessThan(100);
      for (const nth of [0, 2_000, 4_999]) {
        const answer = await post(gateway, agent, { jsonrpc: "2.0", id: 1, method: "tools/list" }, { "mcp-session-id": tokens[nth] ?? "" });
        expect(answer.status).toBe(200);
      }
      expect(gateway.log).not.toMatch(/MaxListeners|fault of our own/);
    } finally {
      agent.destroy();
    }
  });
});

async function openSession(gateway: Gateway, agent: Agent): Promise<string> {
  const params = { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: { name: "many", version: "1" } };
  const { session } = await post(gateway, agent, { jsonrpc: "2.0", id: 1, method: "initialize", params });
  await post(gateway, agent, { jsonrpc: "2.0", id: 2, method: "ping" }, { "mcp-session-id": session });
  return session;
}

function post(gateway: Gateway, agent: Agent, message: object, headers: object = {}): Promise<{ status: number; session: string }> {
  return new Promise((resolve, reject) => {
    const all = { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers };
    const outgoing = request(gateway.url, { method: "POST", agent, headers: all }, (answer) => {
      answer.resume().once("end", () => resolve({ status: answer.statusCode ?? 0, session: String(answer.headers["mcp-session-id"]) }));
    });
    outgoing.once("error", reject).end(JSON.stringify(message));
  });
}

describe.skipIf(!canFindProcesses)("servers without number", () => {
  it("OVL-06 two hundred processes that end at once come back a few at a time, and the gateway stays quick", async () => {
    const names = Array.from({ length: 200 }, (_, nth) => `s${nth}`);
    const limits = { backoff: { first: "1s", max: "2s" }, starts: "50/60s" };
    await using gateway = await startGateway({ limits, mcpServers: Object.fromEntries(names.map((name) => [name, shellServer()])) });
    await gateway.untilReady(names, 60_000);
    // Twice: the first loss is answered at once, the second after its backoff.
    const lags: number[] = [];
    const stop = new AbortController();
    const watching = watchLag(gateway, lags, stop.signal);
    for (let round = 0; round < 2; round++) {
      const before = await pids(gateway);
      for (const pid of before.values()) process.kill(pid, "SIGKILL");
      await until(
        async () => {
          const now = await pids(gateway);
          return now.size === names.length && [...now].every(([name, pid]) => before.get(name) !== pid);
        },
        60_000,
        "all are back",
      );
    }
    stop.abort();
    await watching;
    const sorted = lags.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.99)]).toBeLessThan(200 + 800); // and what a busy machine adds
    expect(gateway.log).not.toMatch(/MaxListeners|fault of our own/);
  });

  it("OVL-06 two hundred addresses that are lost in one moment are not asked again in one", async () => {
    const names = Array.from({ length: 200 }, (_, nth) => `h${nth}`);
    const limits = { backoff: { first: "6s", max: "8s" } };
    const first = await startHttp({ era: "legacy", only: "echo" });
    const port = Number(new URL(first.url).port);
    try {
      const entry = { url: first.url, timeouts: { list: "30s" } };
      await using gateway = await startGateway({ limits, mcpServers: Object.fromEntries(names.map((name) => [name, entry])) });
      await gateway.untilReady(names, 60_000);
      const standing = (): number => first.log.count({ what: "headers", method: "GET" });
      await until(() => standing() >= names.length, 10_000, "each has its stream", standing);
      await first.stop();
      // What stands alone is tried again by each; what is used meets nobody, and is tried by its backoff.
      await using second = await startHttp({ era: "legacy", only: "echo", http: port });
      const asked = (): readonly { at: number }[] => second.log.all({ what: "headers", method: "GET" });
      await until(
        () => asked().length >= names.length,
        30_000,
        "each has its stream again",
        () => asked().length,
      );
      expect(fullestShare(asked().map(({ at }) => at))).toBeLessThan(0.1 + CLUMPS);

      await second.set({ status: "503@any" });
      await using client = await gateway.client({ era: "modern" });
      await Promise.all(names.map((name) => client.call(`${name}__echo`, { text: "lost" })));
      await second.control({ do: "drop-streams" });
      await pause(12_000);
      const retries = second.log.all({ what: "headers", method: "GET" }).filter(({ at }) => at > Date.now() - 11_000);
      expect(fullestShare(retries.map(({ at }) => at))).toBeLessThan(0.1 + CLUMPS);
      expect(retries.length).toBeLessThan(names.length * 6); // ever more rarely
    } finally {
      await first.stop();
    }
  });
});

/** Which part of these moments lies in the fullest tenth of a second. */
function fullestShare(moments: readonly number[]): number {
  const bins = Map.groupBy(moments, (at) => Math.floor(at / 100));
  return Math.max(...[...bins.values()].map((bin) => bin.length)) / moments.length;
}

async function pids(gateway: Gateway): Promise<Map<string, number>> {
  const { servers } = await gateway.state();
  return new Map(servers.flatMap(({ name, pid, state }) => (pid === undefined || state !== "ready" ? [] : [[name, pid] as const])));
}

/** How long a page that costs nothing takes, again and again. */
async function watchLag(gateway: Gateway, lags: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    await fetch(gateway.at("/healthz")).then((answer) => answer.text());
    lags.push(performance.now() - startedAt);
    await pause(20);
  }
}

describe.skipIf(!canFindProcesses)("descriptors", () => {
  it("OVL-07 with none left it lives, says so now and then, and goes on when some are free", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() } });
    const words = [process.execPath, PROGRAM, "serve", "--config", home.configFile, "--port", "0", "--json"];
    const child = spawn("/bin/sh", ["-c", 'ulimit -n 128; exec "$0" "$@"', ...words], {
      env: { ...process.env, ...home.env },
      stdio: "pipe",
    });
    let [out, log] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    const exited = once(child, "exit");
    try {
      const line = await until(
        () => /^.+\n/.exec(out)?.[0],
        START_MS,
        "the gateway listens",
        () => log,
      );
      const { url, pid } = JSON.parse(line) as { url: string; pid: number };
      await using client = await openHttp(url);
      await until(async () => (await client.text("a__echo", { text: "well" })) === "well", START_MS);
      const { port, hostname } = new URL(url);
      const sockets = Array.from({ length: 300 }, (): Socket => connect(Number(port), hostname).on("error", () => {}));
      await until(
        () => openDescriptors(pid) >= 127,
        10_000,
        "no descriptor is left",
        () => openDescriptors(pid),
      );
      await pause(2_500);
      expect(child.exitCode).toBeNull();
      const refused = await within(
        fetch(new URL("/healthz", url)).then(({ status }) => status, String),
        20_000,
        "a word or none",
      ).catch(String);
      expect(refused).toBeDefined();
      for (const socket of sockets) socket.destroy();
      await until(
        async () => (await client.text("a__echo", { text: "again" }).catch(String)) === "again",
        START_MS,
        "it goes on",
        () => log,
      );
      expect(log.split("\n").length).toBeLessThan(30);
      expect(log).not.toMatch(/uncaught|unhandled|fault of our own/i);
      await using another = await openHttp(url);
      expect(await another.text("a__echo", { text: "new" })).toBe("new");
    } finally {
      child.kill("SIGTERM");
      await within(exited, 20_000, "it ends");
    }
  });
});
