/** The command line: pure protocol on stdout, exit codes that can be relied on, and no one left behind. */

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runtimeFiles } from "../../src/cli/running/files.ts";
import { startHttp, stdioServer, watchedServer, wrapped } from "../support/fixture.ts";
import { canFindProcesses, isAlive, processesWith, untilGone } from "../support/processes.ts";
import { until, within } from "../support/wait.ts";
import { makeHome, START_MS, type Home, type Outcome } from "./gateway.ts";

const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** Milliseconds that a busy machine may add to a start. */
const SLACK = 20_000;

/** How the program is called in a home. */
const start = (home: Home, args: readonly string[], env: Readonly<Record<string, string>> = {}): ReturnType<typeof spawn> =>
  spawn(process.execPath, [PROGRAM, ...args, "--config", home.configFile], { env: { ...process.env, ...home.env, ...env }, stdio: "pipe" });

describe.concurrent("pure protocol", () => {
  it.each([
    ["the bridge", []],
    ["everything in one process", ["--own"]],
    ["a toolset", ["--toolset", "some"]],
    ["a toolset in one process", ["--own", "--toolset", "some"]],
  ] as const)("CLI-01 on stdout stands nothing but messages: %s", async (_, args) => {
    using noisy = watchedServer({ banner: "Welcome!", noise: "text", stderr: "5000@start", "stderr-text": "on stderr" });
    using home = makeHome({
      mcpServers: { noisy: noisy.entry, gone: { command: "no-such-program" }, wrong: { comand: "x" } },
      toolsets: { some: { servers: ["noisy"] } },
    });
    // Warnings of Node, and a debugger's words, belong on stderr.
    const env = { NODE_OPTIONS: "--trace-warnings --trace-deprecation", NODE_DEBUG: "net", TOOLYARD_DEBUG: "1", DEBUG: "*" };
    await using client = home.stdio(args, { env });
    client.send({ jsonrpc: "2.0", id: "first", method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } });
    await until(
      () => client.inbox.messages.find(({ id }) => id === "first"),
      START_MS,
      "the handshake",
      () => client.stderr.slice(-2_000),
    );
    client.notify("notifications/initialized");
    await until(async () => (await client.toolNames()).includes("noisy__echo"), START_MS);
    expect(await client.text("noisy__echo", { text: "a\nb" })).toBe("a\nb");
    client.write("this is no message\n");
    await client.text("noisy__echo", { text: "after" });
    process.kill(noisy.log.all({ what: "start" })[0]?.pid ?? -1, "SIGKILL");
    await client.call("noisy__echo", { text: "after a crash" });
    expect(client.noise).toEqual([]);
    await client.end(START_MS);
    expect(client.noise).toEqual([]);
  });

  it.each([
    [["stdio"], "no configuration"],
    [["stdio", "--toolset", "none"], "no such toolset"],
    [["stdio", "--no-such-flag"], "wrong usage"],
    [["stdio", "--own", "--toolset", "none"], "no such toolset, in one process"],
  ] as const)("CLI-01 also when it cannot start: %j (%s)", async (args, why) => {
    using home = makeHome({ mcpServers: {} });
    if (why === "no configuration") rmSync(home.configFile);
    const outcome = await home.run([...args, "--config", home.configFile], { stdin: "" });
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).not.toBe("");
  });
});

describe.concurrent("call", () => {
  it("CLI-02 what came out is told by the exit code, by JSON, and by words on stderr", async () => {
    await using gone = await startHttp();
    await using dying = await startHttp({ drop: "-1@call" });
    const mcpServers = { s: stdioServer(), gone: { url: gone.url }, dying: { url: dying.url }, missing: { command: "no-such-program" } };
    using home = makeHome({ mcpServers });
    const run = (...args: readonly string[]): Promise<Outcome> => home.run(["call", "--config", home.configFile, ...args]);
    expect(await run("s__echo", '{"text":"well"}')).toMatchObject({ code: 0, stdout: "well\n", stderr: "" });
    const failures: readonly [readonly string[], number, string][] = [
      [["s__fail", '{"message":"on purpose"}'], 1, "on purpose"],
      [["s__rpc_error", '{"code":-32000,"message":"by the rules"}'], 1, "by the rules"],
      [["dying__echo", '{"text":"x"}'], 1, "OUTCOME_UNKNOWN"],
      [["missing__echo", "{}"], 1, "no-such-program"],
      [["s__slow", '{"ms":60000}', "--timeout", "1500"], 1, '"s__slow": '],
      [["no__such_tool", "{}"], 1, "no__such_tool"],
      [["s__echo", "{half"], 2, "not JSON"],
      [["s__echo", "[1]"], 2, "JSON object"],
      [["s__echo", "@/no/such/file"], 2, "cannot be read"],
      [["s__echo", "{}", "--timeout", "soon"], 2, "milliseconds"],
      [[], 2, "missing"],
    ];
    for (const [args, code, words] of failures) {
      const plain = await run(...args);
      expect({ args, ...plain }).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(words) });
      expect(plain.stderr).not.toMatch(/^\s+at /m);
      if (args.length === 0 || words === "milliseconds") continue;
      const json = await run(...args, "--json");
      expect({ args, code: json.code }).toEqual({ args, code });
      const value = JSON.parse(json.stdout) as { isError?: boolean; error?: { code: string } };
      expect(value.isError === true || typeof value.error?.code === "string").toBe(true);
    }
  }, 240_000);
});

describe.skipIf(!canFindProcesses).concurrent("interrupted", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("CLI-03 %s during a call reaches the server; nothing is left", async (signal) => {
    using server = watchedServer({ "spawn-grandchild": "plain" });
    using home = makeHome({ mcpServers: { s: wrapped(server.entry) } });
    const child = start(home, ["call", "s__slow", '{"ms":600000}']);
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    const exited = once(child, "exit");
    await server.log.waitFor({ what: "in", name: "slow" }, START_MS);
    child.kill(signal);
    expect(await within(exited, 10_000, "it ends")).toEqual([signal === "SIGINT" ? 130 : expect.any(Number), null]);
    await server.log.waitFor({ what: "cancelled", running: true });
    await untilGone(server.canary, 5_000);
    expect(said).not.toMatch(/EPIPE|^\s+at /m);
  });

  it("CLI-03 a second Ctrl-C does not wait for a server that heeds nothing", async () => {
    using server = watchedServer({ "ignore-term": true, "ignore-eof": true });
    using home = makeHome({ mcpServers: { s: server.entry } });
    const child = start(home, ["call", "s__slow", '{"ms":600000}']);
    const exited = once(child, "exit");
    await server.log.waitFor({ what: "in", name: "slow" }, START_MS);
    child.kill("SIGINT");
    await server.log.waitFor({ what: "cancelled", running: true });
    child.kill("SIGINT");
    await within(exited, 2_000 + SLACK, "it ends at once");
    await untilGone(server.canary, 5_000);
  });

  it.each([
    ["a reader that takes one line", `"$0" "$@" | head -1`],
    ["a reader that takes nothing", `"$0" "$@" | true`],
    ["a closed stdout", `"$0" "$@" >&-`],
    ["a closed stderr too", `"$0" "$@" >&- 2>&-`],
    ["a full disk", `"$0" "$@" >/dev/full`],
  ])("CLI-03 %s: no trace, no survivors", async (_, line) => {
    using server = watchedServer({ tools: 500 });
    using home = makeHome({ mcpServers: { s: server.entry } });
    for (const command of [["tools"], ["tools", "--json"], ["call", "s__big", '{"bytes":3000000}']]) {
      const words = [process.execPath, PROGRAM, ...command, "--config", home.configFile];
      const shell = spawn("/bin/sh", ["-c", line, ...words], { env: { ...process.env, ...home.env }, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      shell.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
      shell.stdout.resume();
      await within(once(shell, "close"), START_MS, "it ends", () => said);
      expect(said).not.toMatch(/EPIPE|ERR_|^\s+at |Unhandled/m);
      await untilGone(home.canary, 5_000);
      await untilGone(server.canary, 5_000);
    }
  });
});

describe.concurrent("nobody sits there", () => {
  it("CLI-04 without a terminal and without a configuration nothing asks or hangs: an exit code and the next step", async () => {
    using home = makeHome();
    rmSync(home.configFile);
    const cwd = home.directory.file("empty");
    mkdirSync(cwd);
    for (const command of [
      "serve",
      "stdio",
      "servers",
      "tools",
      "call x",
      "why x",
      "check",
      "remove x",
      "enable x",
      "trust",
      "keys list",
    ]) {
      const outcome = await home.run(command.split(" "), { cwd, env: { CI: "1" }, deadlineMs: 2_000 + SLACK });
      expect({ command, code: outcome.code, stdout: outcome.stdout }).toMatchObject({ stdout: expect.not.stringMatching(/^\s+at /m) });
      if (command === "keys list") continue; // there are none, and that is an answer
      expect({ command, ...outcome }).toMatchObject({ code: 2, stderr: expect.stringMatching(/toolyard (init|add)|--config/) });
    }
    const first = await home.run(["init"], { cwd, env: { CI: "1" }, deadlineMs: 2_000 + SLACK });
    expect(first).toMatchObject({ stderr: expect.stringContaining("--yes") });
    expect(await home.run([], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining("toolyard init") });
  });

  it("CLI-04 what waits for stdin says so nowhere, as it never does but with `-`", async () => {
    using home = makeHome({ mcpServers: { s: stdioServer() } });
    const child = start(home, ["call", "s__echo", '{"text":"no stdin"}'], { CI: "1" });
    const exited = once(child, "exit");
    expect(await within(exited, START_MS, "it ends although its stdin stays open")).toEqual([0, null]);
  });
});

describe.skipIf(!canFindProcesses).concurrent("two of them", () => {
  it("CLI-05 a port in use: one line that names the holder where it can be known, and no child", async () => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { s: server.entry } });
    using otherHome = makeHome({ mcpServers: {} });
    await using other = await otherHome.serve();
    const stranger = createServer((_, response) => void response.end("hello"));
    await once(stranger.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = stranger.address() as AddressInfo;
      const taken = await home.run(["serve", "--config", home.configFile, "--port", String(port)]);
      expect(taken).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken.`) });
      const by = await home.run(["serve", "--config", home.configFile, "--port", new URL(other.url).port]);
      expect(by).toMatchObject({ code: 1, stderr: expect.stringContaining(`process ${other.pid}`) });
      expect(by.stderr.trim().split("\n").length).toBeLessThanOrEqual(2); // the error, and what to do
    } finally {
      stranger.close();
    }
    expect(server.log.all({ what: "start" })).toEqual([]);
    await untilGone(home.canary, 3_000);
  });

  it("CLI-05 two gateways of one configuration: one serves, the other names it; of two configurations, both do", async () => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { s: server.entry } });
    const second = join(dirname(home.configFile), "second.json");
    writeFileSync(second, JSON.stringify({ mcpServers: { t: stdioServer() } }));
    const starts = Array.from({ length: 3 }, () => start(home, ["serve", "--port", "0", "--json"]));
    const lines = await Promise.all(starts.map((child) => within(once(child.stdout ?? child, "data"), START_MS, "it says something")));
    const said = lines.map(([text]) => JSON.parse(String(text)) as { url?: string; pid?: number; error?: { message: string } });
    const [one] = said.filter(({ url }) => url !== undefined);
    const others = said.filter(({ error }) => error !== undefined);
    expect(others).toHaveLength(2);
    for (const { error } of others) expect(error?.message).toContain(`process ${one?.pid}`);
    const beside = await home.run(["servers", "--config", second, "--json"]);
    expect(JSON.parse(beside.stdout)).toMatchObject([{ name: "t", state: "ready" }]);
    for (const child of starts) child.kill("SIGTERM");
    await untilGone(home.canary, 20_000);
    expect(processesWith(server.canary)).toEqual([]);
  });

  it("CLI-05 what a crash left behind is taken over: record, socket, and locks", async () => {
    using home = makeHome({ mcpServers: { s: stdioServer() } });
    const crashed = await home.serve();
    crashed.kill("SIGKILL");
    await crashed.exited;
    const dead = spawn(process.execPath, ["-e", ""]);
    await once(dead, "exit");
    const paths = { runtime: join(home.env["XDG_RUNTIME_DIR"] ?? "", "toolyard"), config: "", cache: "", state: "" };
    const { record } = runtimeFiles({ paths, file: home.configFile });
    const { hostname } = await import("node:os");
    for (const lock of [record, home.configFile]) writeFileSync(`${lock}.lock`, `${hostname()} ${dead.pid} of a process that died`);
    const startedAt = performance.now();
    const added = await home.run(["add", "t", "--config", home.configFile, "--", process.execPath]);
    expect(added).toMatchObject({ code: 0 });
    await using gateway = await home.serve();
    expect(performance.now() - startedAt).toBeLessThan(START_MS);
    expect(isAlive(gateway.pid)).toBe(true);
    await gateway.untilServer("s", "ready");
  });
});
