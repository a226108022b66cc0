/** CFG: a configuration that changes while the gateway runs. */

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { untilGone } from "../support/processes.ts";
import { textOf } from "../support/inbox.ts";
import { pause, until, within } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";

/** How soon a saved file must have had its effect: it settles for 200 ms; the rest is slack. */
const RELOAD_MS = 10_000;
const READ_AGAIN = /was read again/g;

describe.concurrent("CFG-07", () => {
  it("CFG-07 broken: the old one stays. Mended: exactly the changed server is started anew", async () => {
    const [one, two] = [stdioServer({ name: "one" }), stdioServer({ name: "two" })];
    await using gateway = await startGateway({ mcpServers: { one, two } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = await pids(gateway);

    const broken = ['{ "mcpServers": {', "", '{ "mcpServers": {}, "limit": {} }', '{ "mcpServers": {}, "limits": { "queue": "many" } }'];
    for (const [index, text] of broken.entries()) {
      gateway.home.configure(text);
      await until(() => (gateway.log.match(/What ran before goes on/g)?.length ?? 0) > index, RELOAD_MS, `fault ${index} is told`);
      expect(await client.text("one__echo", { text: "still" })).toBe("still");
    }
    expect(gateway.log).toMatch(/toolyard\.json:1:\d+/);
    expect(await pids(gateway)).toEqual(before);
    expect(gateway.log.match(READ_AGAIN)).toBeNull();

    gateway.home.configure({ mcpServers: { one, two: { ...two, env: { CHANGED: "1" } } } });
    await gateway.untilServer("two", ({ pid, state }) => state === "ready" && pid !== before["two"], RELOAD_MS);
    expect((await pids(gateway))["one"]).toBe(before["one"]);
    expect(await client.text("two__nonce", { nonce: "n" })).toBe("two n");
  });

  it("CFG-07 saved twenty times in a second with one meaning: no restart, at most one reading", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    const text = readFileSync(gateway.home.configFile, "utf8");
    for (let touch = 0; touch < 20; touch++) {
      if (touch % 2 === 0) gateway.home.configure(text);
      else replaceByRename(gateway, text);
      await pause(50);
    }
    await pause(1_000);
    // None, but where the file was looked at in the very moment in which it was half written.
    expect(gateway.log.match(READ_AGAIN)?.length ?? 0).toBeLessThanOrEqual(2);

    for (let touch = 0; touch < 20; touch++) {
      gateway.home.configure(`${text}\n// touched ${touch}\n`);
      await pause(50);
    }
    await until(() => gateway.log.match(READ_AGAIN) !== null, RELOAD_MS);
    await pause(500);
    expect(gateway.log.match(READ_AGAIN)?.length).toBeLessThanOrEqual(5); // one, and more only where the machine paused in between
    expect(server.log.count({ what: "start" })).toBe(1);
  });

  it("CFG-07 changed rules restart nothing; what they change is seen at once", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    expect(await client.toolNames()).toContain("s__add");
    gateway.home.configure({ mcpServers: { s: { ...server.entry, tools: { deny: ["add"] }, timeouts: { call: "300ms" } } } });
    await until(async () => !(await client.toolNames()).includes("s__add"), RELOAD_MS);
    expect((await client.call("s__slow", { ms: 5_000 })).result).toMatchObject({ isError: true });
    expect(server.log.count({ what: "start" })).toBe(1);
  });

  it("CFG-07 a server whose new entry does not work is left for a person to mend, and the mended one runs", async () => {
    const entry = stdioServer();
    await using gateway = await startGateway({ mcpServers: { s: entry, other: stdioServer() } });
    await gateway.untilReady();
    const other = (await pids(gateway))["other"];
    gateway.home.configure({ mcpServers: { s: { ...entry, command: "no-such-command" }, other: stdioServer() } });
    await gateway.untilServer("s", "failed", RELOAD_MS);
    gateway.home.configure({ limits: { queue: 7 }, mcpServers: { s: { comand: "x" }, other: stdioServer() } });
    await gateway.untilServer("s", ({ reason }) => /comand/.test(reason ?? ""), RELOAD_MS);
    await until(() => /limits holds from the next start on/.test(gateway.log) && /mcpServers\.s\.comand/.test(gateway.log), RELOAD_MS);
    gateway.home.configure({ mcpServers: { s: entry, other: stdioServer() } });
    await gateway.untilServer("s", "ready", RELOAD_MS);
    expect((await pids(gateway))["other"]).toBe(other);
  });
});

describe.concurrent("CFG-08", () => {
  const limits = { drain: "3s" };

  it("CFG-08 a call to a removed server ends within the drain, a new one is told; the other server sees nothing", async () => {
    using going = watchedServer();
    using staying = watchedServer();
    await using gateway = await startGateway({ limits, mcpServers: { going: going.entry, staying: staying.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = await pids(gateway);
    const short = client.call("going__slow", { ms: 1_500 });
    const long = client.call("going__slow", { ms: 60_000 });
    const others = Array.from({ length: 5 }, () => client.call("staying__slow", { ms: 2_500 }));
    await going.log.waitFor({ what: "in", name: "slow" }, 5_000, 2);

    gateway.home.configure({ limits, mcpServers: { staying: staying.entry } });
    await until(async () => !(await client.toolNames()).includes("going__slow"), RELOAD_MS);
    const late = await client.call("going__echo", { text: "late" });
    expect(textOf(late)).toMatch(/going__echo|removed/);
    expect(late.error !== undefined || late.result?.isError === true).toBe(true);
    expect((await short).result?.isError).not.toBe(true);
    const cut = await within(long, 20_000, "the call to the removed server ends"); // a drain of 3 s, and slack
    expect(cut.result).toMatchObject({ isError: true });
    expect(textOf(cut)).toMatch(/"going".*removed/s);
    for (const answer of await Promise.all(others)) expect(answer.result?.isError).not.toBe(true);
    await untilGone(going.canary, 10_000);
    expect(await pids(gateway)).toEqual({ staying: before["staying"] });
    expect(staying.log.count({ what: "start" })).toBe(1);
  });

  it("CFG-08 the same over HTTP, and for a server that is disabled", async () => {
    await using going = await startHttp();
    using off = watchedServer();
    const mcpServers = { going: { url: going.url }, off: off.entry, staying: stdioServer() };
    await using gateway = await startGateway({ limits, mcpServers });
    await gateway.untilReady();
    await using client = await gateway.client();
    const calls = [client.call("going__slow", { ms: 1_000 }), client.call("off__slow", { ms: 1_000 })];
    await going.log.waitFor({ what: "in", name: "slow" });
    await off.log.waitFor({ what: "in", name: "slow" });
    gateway.home.configure({ limits, mcpServers: { off: { ...off.entry, disabled: true }, staying: mcpServers.staying } });
    const answers = await Promise.all(calls);
    for (const answer of answers) expect(textOf(answer)).toMatch(/^done$/);
    await until(async () => (await client.toolNames()).every((name) => name.startsWith("staying__")), RELOAD_MS);
    expect(textOf(await client.call("off__echo", {}))).toMatch(/off__echo/);
    await untilGone(off.canary, 10_000);
  });

  it("CFG-08 a changed server answers what it was asked before it is left, and its successor what comes after", async () => {
    using old = watchedServer({ name: "old" });
    using next = watchedServer({ name: "next" });
    await using gateway = await startGateway({ limits, mcpServers: { s: old.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const running = client.call("s__slow", { ms: 2_000 });
    await old.log.waitFor({ what: "in", name: "slow" });
    gateway.home.configure({ limits, mcpServers: { s: next.entry } });
    await until(async () => (await client.text("s__nonce", { nonce: "n" })) === "next n", RELOAD_MS);
    expect((await running).result?.isError).not.toBe(true);
    await untilGone(old.canary, 10_000);
  });
});

async function pids(gateway: Gateway): Promise<Record<string, number | undefined>> {
  const { servers } = await gateway.state();
  return Object.fromEntries(servers.map(({ name, pid }) => [name, pid]));
}

function replaceByRename({ home }: Gateway, text: string): void {
  const beside = `${home.configFile}.new`;
  writeFileSync(beside, text);
  renameSync(beside, home.configFile);
}
