/** The gateway as a person starts it: what it shows, and that there is one of each configuration. */

import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { makeHome, type Outcome } from "../faults/gateway.ts";
import { real } from "../seed/yard.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { isAlive, processesWith } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { canUseTerminal, onTerminal } from "./terminal.ts";

const outcome = (code: number, stderr: RegExp): unknown =>
  expect.objectContaining({ code, stderr: expect.stringMatching(stderr) as string });

describe("one gateway of a configuration", () => {
  it("is used by the commands, which start nothing of their own", async () => {
    using watched = watchedServer({ tool: ["extra"] });
    using home = makeHome({
      mcpServers: { shared: watched.entry, uncached: { ...stdioServer(), cache: false }, missing: { command: "no-such-command" } },
      toolsets: { few: { tools: ["shared/extra"] } },
    });
    await using gateway = await home.serve();
    await gateway.untilReady(["shared", "uncached"]);
    const toolyard = (command: string, ...args: string[]): Promise<Outcome> => home.run([command, "--config", home.configFile, ...args]);
    const servers = await toolyard("servers");
    expect([servers.code, servers.stdout]).toEqual([
      1,
      expect.stringMatching(/^shared +ready[^]*^missing +failed[^]*no-such-command/m) as string,
    ]);
    const few = await toolyard("tools", "--json", "--toolset", "few");
    expect((JSON.parse(few.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(["shared__extra"]);
    const unknown = /There is no toolset "none"/;
    expect(await toolyard("tools", "--toolset", "none")).toEqual(outcome(2, unknown));
    expect(await toolyard("search", "--toolset", "none", "text")).toEqual(outcome(1, unknown));
    expect((await toolyard("tools", "--server", "shared")).stdout).toMatch(/shared__extra/);
    expect((await toolyard("tools", "--server", "shared")).stdout).not.toMatch(/uncached__/);
    expect((await toolyard("call", "shared__echo", '{"text":"through"}')).stdout).toContain("through");
    expect((await toolyard("call", "shared__fail")).code).toBe(1);
    expect(await toolyard("why", "shared/echo")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Server "shared" is ready') as string,
    });
    expect((await toolyard("why", "uncached__echo")).code).toBe(0);
    expect(await toolyard("why", "missing__x")).toMatchObject({ code: 1, stdout: expect.stringContaining("no-such-command") as string });
    expect(watched.log.count({ what: "start" })).toBe(1);
    expect((await gateway.stop()).code).toBe(0);
    expect(readdirSync(home.directory.file("run/toolyard"))).toEqual([]);
  });

  it("refuses a second one, names the first, and takes over what a crash left", async () => {
    using home = makeHome({ mcpServers: {} });
    const first = await home.serve();
    const second = await home.run(["serve", "--config", home.configFile]);
    expect(second).toEqual(outcome(1, new RegExp(`runs already: process ${first.pid}, ${first.url}`)));
    first.kill("SIGKILL");
    await first.exited;
    expect(readdirSync(home.directory.file("run/toolyard"))).toHaveLength(2);
    await using third = await home.serve();
    expect(third.pid).not.toBe(first.pid);
    expect((await home.run(["servers", "--config", home.configFile])).code).toBe(0);
  });

  it("is one, when several start at the same time", async () => {
    using home = makeHome({ mcpServers: {} });
    const all = await Promise.allSettled([home.serve(), home.serve(), home.serve()]);
    const started = all.filter((each) => each.status === "fulfilled");
    expect(started).toHaveLength(1);
    for (const each of all) if (each.status === "rejected") expect(String(each.reason)).toContain("runs already");
    for (const { value } of started) await value.stop();
  });

  it("names the holder of its port, and starts nothing then", async () => {
    using watched = watchedServer();
    using home = makeHome({ mcpServers: { watched: watched.entry } });
    using other = makeHome({ mcpServers: {} });
    await using gateway = await other.serve();
    const taken = (port: string): Promise<Outcome> => home.run(["serve", "--config", home.configFile, "--port", port]);
    expect(await taken(new URL(gateway.url).port)).toEqual(outcome(1, new RegExp(`is taken.*process ${gateway.pid}.*--port`, "s")));
    const foreign = createServer().listen(0, "127.0.0.1");
    await once(foreign, "listening");
    const { port } = foreign.address() as AddressInfo;
    expect(await taken(String(port))).toEqual(outcome(1, new RegExp(`Port ${port} on 127.0.0.1 is taken`)));
    foreign.close();
    expect(watched.log.all()).toEqual([]);
    expect(existsSync(home.directory.file("run/toolyard")) ? readdirSync(home.directory.file("run/toolyard")) : []).toEqual([]);
  });
});

describe("what serve refuses", () => {
  it.each([
    ["a file that there is not", undefined, [], /There is no file .*toolyard\.json/],
    ["broken JSON", "{ ", [], /toolyard\.json:1:\d+: /],
    ["an unknown key", '{ "mcpServers": {}, "limts": {} }', [], /toolyard\.json:1:21: .*limits/],
    ["an address that is not this machine's own", '{ "mcpServers": {} }', ["--host", "0.0.0.0"], /does not listen on 0\.0\.0\.0/],
    ["a wrong entry, where it is strict", '{ "mcpServers": { "a": { "comand": "x" } } }', ["--strict"], /comand.*"command"/s],
  ])("%s: exit 2, in words", async (_, text, args, says) => {
    using home = makeHome(text ?? {});
    const file = text === undefined ? home.directory.file("other/toolyard.json") : home.configFile;
    const refused = await home.run(["serve", "--config", file, "--json", ...args]);
    expect(refused).toEqual(outcome(2, says));
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { mend: expect.any(String) as string } });
  });
});

describe("a gateway in the background", () => {
  it("ends some time after its last client, and leaves nothing", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const gateway = await home.serve(["--idle-exit", "700"]);
    const client = await gateway.client();
    expect((await client.request("tools/list")).result).toBeDefined();
    const pid = (await gateway.untilServer("everything", "ready")).pid ?? 0;
    await client[Symbol.asyncDispose]();
    expect((await gateway.exited).code).toBe(0);
    expect([isAlive(pid), processesWith(home.canary)]).toEqual([false, []]);
    expect(readdirSync(home.directory.file("run/toolyard"))).toEqual([]);
  });
});

describe.skipIf(!canUseTerminal)("on a terminal", () => {
  const COLOUR = /\p{Cc}\[\d*m/gu;
  const STEERING = String.raw`{"name":"steering","description":"\u001b[2Jcleared \u009b31mred \u202eback","inputSchema":{"type":"object"}}`;

  it("shows each server once, then the addresses, and ends with Ctrl-C", async () => {
    using home = makeHome({
      mcpServers: {
        good: stdioServer(),
        missing: { command: "no-such-command" },
        unset: { url: "${env:NOT_SET_ANYWHERE}" },
        off: { command: "x", disabled: true },
      },
      toolsets: { some: { servers: ["good"] } },
    });
    const args = ["serve", "--config", home.configFile, "--port", "0"];
    const { code, shown } = await onTerminal(home, args, { keys: "\u0003", after: "Ctrl-C ends it." });
    const plain = shown.replaceAll(COLOUR, "");
    for (const line of [
      /✓ good +\d+ tools/,
      /✗ missing +failed\s+The command/,
      /✗ unset +disabled\s[^✓✗–]*NOT_SET_ANYWHERE/,
      /– off +disabled/,
    ]) {
      expect(plain.match(new RegExp(line, "g"))).toHaveLength(1);
    }
    expect(plain).toMatch(/1 of 3 servers, \d+ tools\s+http:\/\/127\.0\.0\.1:\d+\/mcp\s+http:\S+\/mcp\/some\s/);
    expect([code, plain]).toEqual([0, expect.stringContaining("Ending") as string]);
    for (const line of plain.split("\r\n")) expect(line.length).toBeLessThanOrEqual(80);
    await until(() => processesWith(home.canary).length === 0);
  });

  it("is steered by nothing that a server says", async () => {
    using home = makeHome({ mcpServers: { bad: stdioServer({ tool: [STEERING], "stderr-text": "\u001b]0;title\u0007" }) } });
    const { code, shown } = await onTerminal(home, ["tools", "--config", home.configFile]);
    expect([code, shown]).toEqual([0, expect.stringContaining("bad__steering") as string]);
    const called = await onTerminal(home, ["call", "--config", home.configFile, "bad__echo", String.raw`{"text":"a\u001b[2Jb"}`]);
    expect(called.shown).toContain("ab");
    for (const text of [shown, called.shown]) expect(text.replaceAll(COLOUR, "")).not.toMatch(/[^\P{Cc}\r\n]|\u202e/u);
  });
});
