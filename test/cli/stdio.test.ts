/** `toolyard stdio`: bridges that share one gateway in the background, and the gateway for one host alone. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeHome, type Home } from "../faults/gateway.ts";
import { real } from "../seed/yard.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { isAlive, processesWith, untilGone } from "../support/processes.ts";
import type { StdioClient } from "../support/stdio-client.ts";
import { pause, until } from "../support/wait.ts";

/** Processes of the program that run `serve`. */
const gateways = (home: Home): number[] =>
  processesWith(home.canary)
    .filter(({ command }) => command.includes(" serve "))
    .map(({ pid }) => pid);

/** A bridge after its handshake; the first of a home also starts the gateway. */
async function bridge(home: Home, args: readonly string[] = []): Promise<StdioClient> {
  const client = home.stdio(args);
  const answer = client.inbox.answerTo("hello", 30_000);
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  client.send({ jsonrpc: "2.0", id: "hello", method: "initialize", params });
  await answer;
  client.notify("notifications/initialized");
  return client;
}

describe("bridges", () => {
  it("started at once share one gateway and one set of processes, which outlive a bridge that is killed", async () => {
    using watched = watchedServer();
    using home = makeHome({ mcpServers: { shared: watched.entry }, toolsets: { none: { servers: [] } } });
    const idle = ["--idle-exit", "1500"];
    const started = [bridge(home, idle), bridge(home, idle), bridge(home, [...idle, "--toolset", "none"])] as const;
    const [first, second, third] = await Promise.all(started);
    expect(await first.toolNames()).toContain("shared__nonce");
    expect(await third.toolNames()).toEqual([]);
    expect(textOf(await second.call("shared__nonce", { nonce: "two" }))).toContain("two");
    // Each bridge starts a gateway; those that find another one tell its address, and end.
    await until(() => gateways(home).length === 1, 5_000, "one gateway is left");
    expect(watched.log.count({ what: "start" })).toBe(1);

    process.kill(first.pid, "SIGKILL");
    await first.exited;
    expect(textOf(await second.call("shared__nonce", { nonce: "still" }))).toContain("still");
    const [gateway] = gateways(home);
    expect(await second.end()).toMatchObject({ code: 0 });
    expect(await third.end()).toMatchObject({ code: 0 });
    expect(isAlive(gateway ?? 0)).toBe(true);
    await untilGone(home.canary, 10_000);
    await untilGone(watched.canary, 5_000);
    for (const host of [first, second, third]) expect(host.noise).toEqual([]);
  });

  it("use a gateway that a person has started, and end when it does", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const gateway = await home.serve();
    await using host = await bridge(home);
    expect(textOf(await host.call("everything__get-sum", { a: 40, b: 2 }))).toContain("42");
    expect(gateways(home)).toEqual([gateway.pid]);
    expect((await gateway.stop()).code).toBe(0);
    expect(await host.exited).toMatchObject({ code: 1 });
    expect(host.stderr).toMatch(/The gateway has ended/);
    expect(host.noise).toEqual([]);
  });

  it.each([
    ["there is no such toolset", '{ "mcpServers": {} }', /There is no toolset "nothing"/],
    ["the configuration is broken", "{", /toolyard\.json:1:\d/],
  ])("say on stderr alone why they end: %s", async (_, config, says) => {
    using home = makeHome(config);
    await using host = home.stdio(["--toolset", "nothing", "--idle-exit", "300"]);
    expect(await host.exited).toMatchObject({ code: 2 });
    expect([host.stderr, host.noise, host.inbox.messages]).toEqual([expect.stringMatching(says), [], []]);
    await untilGone(home.canary, 10_000);
  });

  it("take up what a killed gateway left, and its log tells of servers in the background", async () => {
    using home = makeHome({ mcpServers: { talks: stdioServer({ banner: "no protocol" }) } });
    const dead = await bridge(home, ["--idle-exit", "1000"]);
    process.kill(gateways(home)[0] ?? 0, "SIGKILL");
    expect(await dead.exited).toMatchObject({ code: 1 });
    await using host = await bridge(home, ["--idle-exit", "1000"]);
    expect(await host.toolNames()).toContain("talks__echo");
    expect(gateways(home)).toHaveLength(1);
    const folder = home.directory.file("run/toolyard");
    const log = readdirSync(folder).find((name) => name.endsWith(".log")) ?? "";
    await until(() => readFileSync(`${folder}/${log}`, "utf8").includes("no protocol"), 10_000);
  });

  it("answer what was asked just before the host left", async () => {
    using home = makeHome({ mcpServers: {} });
    await using gateway = await home.serve();
    const lines = [
      {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
      },
      { jsonrpc: "2.0", id: 2, method: "ping" },
    ];
    const stdin = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    for (const args of [[], ["--own"]]) {
      const { code, stdout } = await home.run(["stdio", "--config", home.configFile, ...args], { stdin });
      expect([
        code,
        stdout
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { id: number }).id),
      ]).toEqual([0, [1, 2]]);
    }
    expect(gateway.log).toBe("");
  });
});

describe("stdio --own", () => {
  it("starts no server before a request needs one", async () => {
    using watched = watchedServer();
    using home = makeHome({ mcpServers: { watched: watched.entry } });
    await using host = await bridge(home, ["--own"]);
    expect((await host.request("ping")).result).toEqual({});
    await pause(1_500); // longer than the time after which known servers are started by themselves
    expect(watched.log.all()).toEqual([]);
    expect(await host.toolNames()).toContain("watched__echo");
    expect(watched.log.count({ what: "start" })).toBe(1);
    await host.end();

    // Its list is cached now: a call alone starts what it needs.
    await using modern = home.stdio(["--own"], { era: "modern" });
    expect((await modern.request("server/discover", {}, { deadlineMs: 30_000 })).result).toBeDefined();
    expect(watched.log.count({ what: "start" })).toBe(1);
    expect(textOf(await modern.call("watched__nonce", { nonce: "now" }))).toContain("now");
    expect([watched.log.count({ what: "start" }), modern.noise]).toEqual([2, []]);
  });

  it("calls a tool that nobody has listed", async () => {
    using home = makeHome({ mcpServers: { server: stdioServer() } });
    await using host = await bridge(home, ["--own"]);
    expect(textOf(await host.call("server__nonce", { nonce: "unlisted" }))).toContain("unlisted");
  });

  it.each(["plain", "stubborn"] as const)("is gone within 2 s of its host, and so are its servers: %s", async (kind) => {
    const stubborn = kind === "stubborn" ? ({ "ignore-eof": true, "ignore-term": true, "spawn-grandchild": "stubborn" } as const) : {};
    using watched = watchedServer(stubborn);
    using home = makeHome({ mcpServers: { watched: watched.entry } });
    await using host = await bridge(home, ["--own"]);
    expect(await host.toolNames()).toContain("watched__echo");
    const leftAt = performance.now();
    const { code } = await host.end();
    await untilGone(watched.canary, 2_000);
    expect(performance.now() - leftAt).toBeLessThan(2_500);
    expect([code, processesWith(home.canary)]).toEqual([0, []]);
    if (kind === "stubborn") expect(watched.log.count({ what: "signal" })).toBeGreaterThan(0);
  });

  it("refuses a toolset that there is not", async () => {
    using home = makeHome({ mcpServers: {} });
    const refused = await home.run(["stdio", "--own", "--config", home.configFile, "--toolset", "nothing"]);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining('There is no toolset "nothing"') as string });
  });
});
