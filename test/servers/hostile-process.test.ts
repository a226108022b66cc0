/** Switches of the process and of its pipes do what they say. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { stdioServer, tempDir, watchedServer, wrapped } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { canFindProcesses, childrenOf, isAlive, killAll, processesWith, untilGone } from "../support/processes.ts";
import { openStdio, StdioClient } from "../support/stdio-client.ts";
import { pause, until } from "../support/wait.ts";

const BLOCKING = fileURLToPath(new URL("blocking.py", import.meta.url));
const havePython = spawnSync("python3", ["--version"]).status === 0;
const MEGABYTE = 1024 * 1024;

describe.concurrent("start and end", () => {
  it("is up in a moment, and ends with its stdin", async () => {
    using server = watchedServer({ "log-env": true });
    await using client = await openStdio(server.entry);
    expect(await client.end()).toEqual({ code: 0, signal: null });
    const [start, ...rest] = server.log.all();
    expect(start).toMatchObject({ what: "start", pid: client.pid, env: server.entry.env });
    expect(rest.slice(-2)).toMatchObject([{ what: "eof" }, { what: "exit", code: 0 }]);
  });

  it("start-delay: nothing is answered before", async () => {
    using server = watchedServer({ "start-delay": 400 });
    const began = Date.now();
    await using client = await openStdio(server.entry);
    expect(Date.now() - began).toBeGreaterThanOrEqual(400);
    await client.end();
  });

  it.each([
    ["3@start", 3],
    ["4@handshake", 4],
    ["5@list", 5],
    ["6@call:echo", 6],
    ["7@after-call", 7],
  ])("exit %s", async (exit, code) => {
    using server = watchedServer({ exit });
    await using client = new StdioClient(server.entry);
    const nobody = (): undefined => undefined;
    const handshake = client.handshake().catch(nobody);
    if (code > 4) {
      await handshake;
      void client.request("tools/list").catch(nobody);
      if (code > 5) expect((await client.request("prompts/list")).result).toBeDefined();
    }
    if (code === 6) void client.call("echo").catch(nobody);
    if (code === 7) expect(await client.text("pid")).toBe(String(client.pid));
    expect(await client.exited).toEqual({ code, signal: null });
    expect(server.log.all({ what: "exit" })).toMatchObject([{ code }]);
  });

  it("exit SIGKILL on the second call only", async () => {
    using server = watchedServer({ exit: "SIGKILL@call#2" });
    await using client = await openStdio(server.entry);
    expect(await client.text("echo", { text: "one" })).toBe("one");
    void client.call("echo").catch(() => {});
    expect(await client.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("ignore-eof and ignore-term: both are seen, only SIGKILL helps", async () => {
    using server = watchedServer({ "ignore-eof": true, "ignore-term": true });
    await using client = await openStdio(server.entry);
    client.child.stdin?.end();
    await server.log.waitFor({ what: "eof" });
    client.child.kill("SIGTERM");
    await server.log.waitFor({ what: "signal", signal: "SIGTERM" });
    await pause(100);
    expect(isAlive(client.pid)).toBe(true);
    client.child.kill("SIGKILL");
    expect(await client.exited).toMatchObject({ signal: "SIGKILL" });
  });

  it("hang: no signal is handled meanwhile", async () => {
    using server = watchedServer({ hang: "400@call" });
    await using client = await openStdio(server.entry);
    const began = Date.now();
    const call = client.call("echo");
    await server.log.waitFor({ what: "in", method: "tools/call" });
    client.child.kill("SIGTERM");
    await client.exited;
    expect(Date.now() - began).toBeGreaterThanOrEqual(390);
    await call.catch(() => {});
  });

  it("lock: a second process is turned away", async () => {
    using directory = tempDir();
    const entry = stdioServer({ lock: directory.file("lock") });
    await using first = await openStdio(entry);
    await using second = new StdioClient(entry);
    expect(await second.exited).toMatchObject({ code: 1 });
    expect(second.stderr).toContain("another process holds");
    await first.end();
    expect(existsSync(directory.file("lock"))).toBe(false);
  });

  it("switches-file: what is set counts for the next process too", async () => {
    using server = watchedServer();
    await using first = await openStdio(server.entry);
    server.set({ exit: "9@start" });
    await server.log.waitFor({ what: "control" });
    expect(await first.text("echo", { text: "still here" })).toBe("still here");
    await using second = new StdioClient(server.entry);
    expect(await second.exited).toMatchObject({ code: 9 });
  });
});

describe.skipIf(!canFindProcesses).concurrent("spawn-grandchild", () => {
  it("plain: ends with SIGTERM to the group", async () => {
    using server = watchedServer({ "spawn-grandchild": "plain" });
    await using client = await openStdio(server.entry);
    expect(processesWith(server.canary)).toHaveLength(2);
    process.kill(-client.pid, "SIGTERM");
    await untilGone(server.canary);
  });

  it.each(["stubborn", "holding", "escaped"] as const)("%s: outlives its parent", async (kind) => {
    using server = watchedServer({ "spawn-grandchild": kind });
    await using client = await openStdio(wrapped(server.entry));
    expect(processesWith(server.canary)).toHaveLength(3);
    expect(childrenOf(client.pid)).toHaveLength(1);
    const { grandchild } = await server.log.waitFor({ what: "grandchild" });
    client.child.stdin?.end();
    await server.log.waitFor({ what: "exit" });
    // The group of one that has escaped is empty by now.
    if (kind !== "escaped") process.kill(-client.pid, "SIGTERM");
    await pause(100);
    const [survivor] = await until(() => processesWith(server.canary).length === 1 && processesWith(server.canary));
    expect(survivor).toMatchObject({ pid: grandchild, command: "sleep 600" });
    expect(survivor?.group === client.pid).toBe(kind !== "escaped");
    // Only `holding` keeps the pipe open, so that the end of stdout tells nothing.
    const closed = await Promise.race([client.exited.then(() => true), pause(200).then(() => false)]);
    expect(closed).toBe(kind !== "holding");
    expect(killAll(server.canary)).toHaveLength(1);
  });
});

describe.concurrent("stdout", () => {
  it("banner, noise and bom stand between the messages", async () => {
    await using client = await openStdio(stdioServer({ banner: "Welcome!", noise: "json" }));
    expect(client.noise).toEqual(["Welcome!"]);
    expect(client.inbox.messages.filter((message) => "level" in message)).toHaveLength(1);
    await using marked = new StdioClient(stdioServer({ bom: true, noise: "text" }));
    void marked.request("ping").catch(() => {});
    await until(() => marked.noise.length === 1);
    expect(marked.noise[0]).toBe("\uFEFFServer is running fine");
  });

  it.each([{ "split-at": 1 }, { "split-at": 7, crlf: true }, { coalesce: 50 }, { noise: "blank" as const }])(
    "%o: every message arrives",
    async (flags) => {
      await using client = await openStdio(stdioServer(flags));
      const texts = await Promise.all(["a", "é", "🙂"].map((text) => client.text("echo", { text })));
      expect(texts).toEqual(["a", "é", "🙂"]);
      expect(client.noise.every((line) => line === "")).toBe(true);
    },
  );

  it("batch-answers: an array in the place of a message", async () => {
    await using client = new StdioClient(stdioServer({ "batch-answers": true }));
    void client.request("ping").catch(() => {});
    await until(() => client.noise.length === 1);
    expect(JSON.parse(client.noise[0] ?? "")).toEqual([{ jsonrpc: "2.0", id: 1, result: {} }]);
  });

  it("flood: bytes without a newline, even without end", async () => {
    await using client = await openStdio(stdioServer({ flood: "0@call" }));
    let bytes = 0;
    client.child.stdout?.on("data", (text: string) => (bytes += text.length));
    void client.call("echo").catch(() => {});
    await until(() => bytes > 4 * MEGABYTE);
    expect(client.noise).toEqual([]);
  });

  it("close-stdout: the process goes on and reads", async () => {
    using server = watchedServer({ "close-stdout": "list" });
    await using client = await openStdio(server.entry);
    const ended = new Promise((resolve) => client.child.stdout?.once("end", resolve));
    void client.request("tools/list").catch(() => {});
    await ended;
    client.notify("notifications/cancelled", { requestId: 77 });
    await server.log.waitFor({ what: "cancelled", id: 77, running: false });
    expect(isAlive(client.pid)).toBe(true);
  });
});

describe.concurrent("stderr", () => {
  it("stderr, stderr-line and stderr-text: as much as asked for, in lines or not", async () => {
    await using client = await openStdio(stdioServer({ stderr: "30720@handshake", "stderr-line": 0, "stderr-text": "token: hunter2" }));
    await client.end();
    expect(client.stderr).toBe(`token: hunter2\n${"e".repeat(30_720)}`);
  });

  it("stderr blocks until somebody reads", async () => {
    await using client = await openStdio({ ...stdioServer({ stderr: `${5 * MEGABYTE}@call` }), ignoreStderr: true });
    const call = client.call("echo", { text: "at last" });
    const early = await Promise.race([call, pause(300).then(() => "blocked")]);
    expect(early).toBe("blocked");
    client.child.stderr?.resume();
    expect(textOf(await call)).toBe("at last");
  });

  it.skipIf(!havePython)("the Python twin blocks by itself", async () => {
    await using client = await openStdio({ command: "python3", args: [BLOCKING, String(30_000)], ignoreStderr: true });
    const blocked: string[] = [];
    // Three answers do not fit into the pipe and its buffers for ever.
    for (let nth = 0; nth < 40 && blocked.length === 0; nth++) {
      const call = client.call("echo", { text: "x" });
      const first = await Promise.race([call.then(textOf), pause(300).then(() => "blocked")]);
      if (first === "blocked") blocked.push(first);
      void call.catch(() => {});
    }
    expect(blocked).toEqual(["blocked"]);
    client.child.stderr?.resume();
    expect(await client.text("echo", { text: "free" })).toBe("free");
  });
});

// Alone, since a reader that is busy with other tests takes several pieces at once.
it("split-at: pieces arrive apart; coalesce: in one piece", async () => {
  const chunks = { "split-at": 0, coalesce: 0 };
  const size = { "split-at": 5, coalesce: 300 };
  for (const name of ["split-at", "coalesce"] as const) {
    await using client = await openStdio(stdioServer({ [name]: size[name] }));
    client.child.stdout?.on("data", () => chunks[name]++);
    await Promise.all([client.text("echo", { text: "1".repeat(200) }), client.text("echo", { text: "2".repeat(200) })]);
  }
  expect(chunks["split-at"]).toBeGreaterThan(2);
  expect(chunks.coalesce).toBe(1);
});

it("counter: one line for each call that ran", async () => {
  using directory = tempDir();
  using server = watchedServer({ counter: directory.file("counter"), exit: "SIGKILL@executed#2" });
  await using client = await openStdio(server.entry);
  await client.text("write", { text: "first" });
  void client.call("write").catch(() => {});
  await client.exited;
  expect(readFileSync(directory.file("counter"), "utf8")).toBe("write\nwrite\n");
  expect(server.executions()).toBe(2);
  expect(client.inbox.messages.filter((message) => message.result?.content)).toHaveLength(1);
});
