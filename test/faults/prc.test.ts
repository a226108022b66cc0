/** PRC: servers that do not start, start slowly, or die. */

import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { HostileEvent } from "../support/events.ts";
import { stdioServer, tempDir, watchedServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { cpuSeconds, isAlive, processesWith, untilGone } from "../support/processes.ts";
import { pause } from "../support/wait.ts";
import { startGateway } from "./gateway.ts";
import { scriptServer, shellServer } from "./tiny.ts";

describe.concurrent("PRC-01", () => {
  it("PRC-01 what cannot be started has failed at once, with a code, and delays nobody", async () => {
    using place = tempDir();
    const [plain, folder] = [place.file("plain.txt"), place.file("folder")];
    writeFileSync(plain, "no program", { mode: 0o644 });
    mkdirSync(folder);
    const good = stdioServer();
    const cases: Record<string, [entry: object, code: string, names: string]> = {
      missing: [{ command: "no-such-command" }, "SPAWN_ENOENT", "no-such-command"],
      path: [{ command: place.file("nothing") }, "SPAWN_ENOENT", "nothing"],
      plain: [{ command: plain }, "SPAWN_EACCES", plain],
      folder: [{ command: folder }, "SPAWN_EACCES", folder],
      cwd: [{ ...good, cwd: place.file("nowhere") }, "CWD_MISSING", "nowhere"],
      file: [{ ...good, cwd: plain }, "CWD_MISSING", plain],
      script: [{ command: "./plain.txt", cwd: place.path }, "SPAWN_EACCES", "plain.txt"],
    };
    const entries = Object.fromEntries(Object.entries(cases).map(([name, [entry]]) => [name, entry]));
    await using gateway = await startGateway({ mcpServers: { ...entries, good } });
    await using client = await gateway.client();
    expect(await client.text("good__echo", { text: "here" })).toBe("here");
    for (const [name, [, code, names]] of Object.entries(cases)) {
      const status = await gateway.untilServer(name, "failed", 1_000); // they were tried before `good` could answer
      expect([name, status.code]).toEqual([name, code]);
      expect(status.reason).toContain(names);
      expect(status.retryAfterMs).toBeGreaterThan(60_000); // no repetition mends it
    }
  });
});

describe.concurrent("PRC-02", () => {
  it("PRC-02 the reason has the exit code and the end of stderr, and the next tries back off", async () => {
    const backoff = { first: "400ms" };
    const words = `process.stderr.write("x".repeat(30 * 1024) + "the last words\\n", () => process.exit(1))`;
    using counted = watchedServer({ stderr: "30720@start", "stderr-line": 0, exit: "1@start", "stderr-text": "why it died" });
    await using gateway = await startGateway({
      limits: { backoff, starts: "4/60s" },
      mcpServers: { wordy: scriptServer(words), counted: counted.entry },
    });
    const { code, reason = "", retryAfterMs } = await gateway.untilServer("wordy", "failed");
    expect(code).toBe("SERVER_EXITED");
    expect(reason).toContain("exited with code 1");
    expect(reason).toMatch(/xxx the last words$|x{100}the last words$/);
    expect(reason.length).toBeGreaterThan(7_500);
    expect(reason.length).toBeLessThan(9_000);
    expect(retryAfterMs).toBeGreaterThan(60_000);
    await gateway.untilServer("counted", "failed");
    // The first end may be that of a server that does not know our first question: it is asked the other at once, and never a third time.
    const [, ...later] = gaps(counted.log.all({ what: "start" }), counted.log.all({ what: "exit" }));
    expect(counted.log.count({ what: "start" })).toBe(4);
    expect(Math.min(...later.filter((_, index) => index % 2 === 0))).toBeGreaterThan(0.8 * 400);
  });
});

describe.concurrent("PRC-03", () => {
  it("PRC-03 a server that dies after each list is started five times, then left alone", async () => {
    using server = watchedServer({ exit: "0@after-tools/list" });
    await using gateway = await startGateway({
      limits: { backoff: { first: "50ms" } },
      mcpServers: { s: server.entry, good: stdioServer() },
    });
    const { reason } = await gateway.untilServer("s", "failed");
    expect(reason).toContain("exited with code 0");
    const before = cpuSeconds(gateway.pid);
    await pause(2_000);
    expect(cpuSeconds(gateway.pid) - before).toBeLessThan(0.1 + 0.05 * 2); // 5 %, and what the looking itself costs
    expect(server.log.count({ what: "start" })).toBe(5);
    expect(processesWith(server.canary)).toEqual([]);
    await using client = await gateway.client();
    expect(textOf(await client.call("s__echo", { text: "?" }))).toMatch(/SERVER_FAILED/);
    expect(await client.text("good__echo", { text: "fine" })).toBe("fine");
    expect(server.log.count({ what: "start" })).toBe(5);
    expect(gateway.log).toMatch(/"s".*5 times/);
  });

  it("PRC-03 only a stable time forgives: a server that dies now and then is started again and again", async () => {
    using server = watchedServer({ exit: "0@call:add" });
    const limits = { backoff: { first: "20ms", max: "100ms" }, starts: "3/60s", stable: "1s" };
    await using gateway = await startGateway({ limits, mcpServers: { s: server.entry } });
    await using client = await gateway.client();
    for (let round = 1; round <= 5; round++) {
      await gateway.untilServer("s", "ready");
      await server.log.waitFor({ what: "start" }, 10_000, round);
      await pause(1_500);
      await client.call("s__add", { a: 1, b: 1 });
    }
    await server.log.waitFor({ what: "start" }, 10_000, 6);
    await gateway.untilServer("s", "ready");
  });
});

describe.concurrent("PRC-04", () => {
  it("PRC-04 calls wait for one slow start, each for its own time; there is one process", async () => {
    using server = watchedServer({ "start-delay": 3_000 });
    const entry = { ...server.entry, timeouts: { connect: "60s", tools: { add: "500ms" } } };
    const config = { mcpServers: { s: entry } };
    await using first = await startGateway(config);
    await first.untilReady();
    await first.stop(); // now the names are known
    await using gateway = await first.home.serve();
    await using client = await gateway.client();
    const waiting = Array.from({ length: 20 }, (_, index) => client.call("s__echo", { text: `${index}` }, { deadlineMs: 30_000 }));
    const startedAt = performance.now();
    const short = await client.call("s__add", { a: 1, b: 2 });
    expect(performance.now() - startedAt).toBeLessThan(2_500); // its own 500 ms and slack, and before the server is there
    expect(textOf(short)).toMatch(/SERVER_STARTING/);
    const answers = await Promise.all(waiting);
    expect(answers.map(textOf)).toEqual(waiting.map((_, index) => `${index}`));
    expect(server.log.count({ what: "start" })).toBe(2); // one for each gateway
  });

  it("PRC-04 before its names are known the answer says that it is starting", async () => {
    using server = watchedServer({ "start-delay": 2_500 });
    await using gateway = await startGateway({ discovery: { wait: "300ms" }, mcpServers: { s: server.entry } });
    await using client = await gateway.client();
    expect(textOf(await client.call("s__echo", { text: "x" }))).toMatch(/"s".*(starting|connecting)/s);
    await gateway.untilReady();
    expect(await client.text("s__echo", { text: "x" })).toBe("x");
    expect(server.log.count({ what: "start" })).toBe(1);
  });

  it.each(["modern", "legacy", "both"] as const)("PRC-04 a server of the %s era that is slow to start is understood", async (era) => {
    using server = watchedServer({ "start-delay": 1_500, era });
    await using gateway = await startGateway({ limits: { probe: "300ms" }, mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    expect(await client.text("s__echo", { text: "x" })).toBe("x");
  });
});

describe.concurrent("PRC-05", () => {
  it("PRC-05 a deaf server is ended with its tree at the start timeout, and tried again by backoff", async () => {
    const firstMs = 400;
    using server = watchedServer({ "never-answer": "handshake", "spawn-grandchild": "plain" });
    await using gateway = await startGateway({
      limits: { probe: "300ms", backoff: { first: `${firstMs}ms` }, starts: "4/60s" },
      mcpServers: { s: { ...server.entry, timeouts: { connect: "1200ms" } } },
    });
    const { code, reason } = await gateway.untilServer("s", "failed");
    expect([code, reason]).toEqual(["SERVER_STARTING", expect.stringContaining("handshake within 1200 ms") as string]);
    await untilGone(server.canary, 2_000);
    const starts = server.log.all({ what: "start" });
    expect(starts.length).toBe(4);
    for (const { pid, at } of starts) {
      const [eof] = server.log.all({ what: "eof", pid });
      const took = (eof?.at ?? 0) - at;
      expect(took).toBeGreaterThan(700); // 1200 ms from the spawn, of which Node takes some to log its start
      expect(took).toBeLessThan(1_200 * 1.1 + 1_000); // and slack
    }
    for (const { grandchild } of server.log.all({ what: "grandchild" })) expect(isAlive(Number(grandchild))).toBe(false);
    for (const [index, gap] of gaps(starts, server.log.all({ what: "eof" })).entries()) {
      const wanted = firstMs * 1.6 ** index;
      expect(gap).toBeGreaterThan(0.8 * wanted);
      expect(gap).toBeLessThan(1.2 * wanted + 4_000); // the end of the tree, and Node's own start on a busy machine
    }
  });
});

describe.concurrent("PRC-10", () => {
  it("PRC-10 a child that dies in the middle of a call: that call is told at once, a queued one goes to the next process", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: { ...server.entry, concurrency: 1 } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const running = client.call("s__slow", { ms: 60_000 });
    const { pid } = await server.log.waitFor({ what: "in", name: "slow" });
    const queued = client.call("s__echo", { text: "queued" });
    await pause(100);
    const killedAt = performance.now();
    process.kill(pid, "SIGKILL");
    const lost = await running;
    expect(performance.now() - killedAt).toBeLessThan(200 + 800); // and slack
    expect(lost.result).toMatchObject({ isError: true, _meta: { "toolyard/error": { code: "OUTCOME_UNKNOWN" } } });
    expect(textOf(lost)).toMatch(/Server "s".*may have run/s);
    expect(textOf(await queued)).toBe("queued");
    expect(server.log.count({ what: "start" })).toBe(2);
    expect(gateway.log).not.toMatch(/unhandled|fault of our own/i);
  });

  it("PRC-10 every way to die in the middle: by itself, by signal, with half an answer, with its stdout closed", async () => {
    using exits = watchedServer({ exit: "0@call:add" });
    using signalled = watchedServer({ exit: "SIGSEGV@call:add" });
    using half = watchedServer({ garbage: "half@call:add", exit: "1@after-call:add" });
    using silent = watchedServer({ "close-stdout": "call:add" });
    const servers = { exits, signalled, half, silent };
    const entries = Object.entries(servers).map(([name, { entry }]) => [name, { ...entry, timeouts: { call: "3s" } }]);
    await using gateway = await startGateway({ mcpServers: Object.fromEntries(entries) as object });
    await gateway.untilReady();
    await using client = await gateway.client();
    const answers = await Promise.all(Object.keys(servers).map((name) => client.call(`${name}__add`, { a: 1, b: 2 })));
    for (const answer of answers) expect(textOf(answer)).toMatch(/OUTCOME_UNKNOWN|CALL_TIMEOUT/);
    for (const [name, server] of Object.entries(servers)) {
      server.set({ exit: [], garbage: [], "close-stdout": [] });
      await gateway.untilReady([name]);
      expect(await client.text(`${name}__echo`, { text: name })).toBe(name);
      expect(server.log.count({ what: "in", name: "add" })).toBe(1);
    }
    expect(gateway.log).not.toMatch(/unhandled|fault of our own/i);
  });
});

describe.concurrent("PRC-10", () => {
  it("PRC-10 a child that hears nothing any more but runs on is replaced", async () => {
    using place = tempDir();
    const [deaf, mark] = [place.file("deaf"), `test -e "$MARK" || { : > "$MARK"; exec 0</dev/null; sleep 60; }`];
    await using gateway = await startGateway({ mcpServers: { s: shellServer(mark, { MARK: deaf }) } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const first = await client.text("s__pid");
    expect(textOf(await client.call("s__pid"))).toMatch(/OUTCOME_UNKNOWN.*|closed its stdin/);
    const next = await gateway.untilServer("s", ({ state, pid }) => state === "ready" && String(pid) !== first);
    expect(await client.text("s__pid")).toBe(String(next.pid));
    expect(isAlive(Number(first))).toBe(false);
  });
});

/** Milliseconds between the end of each process and the start of the next. */
function gaps(starts: readonly HostileEvent[], ends: readonly HostileEvent[]): number[] {
  return starts.slice(1).map(({ at }, index) => at - (ends.find(({ pid }) => pid === starts[index]?.pid)?.at ?? at));
}
