/** What the library is for, row by row, with real servers and with one that misbehaves. */

import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startHttp, startSse, stdioServer, watchedServer, wrapped } from "../support/fixture.ts";
import { processesWith, untilGone } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { startServer } from "../../examples/start-server.ts";
import { firstText, real, testPlace } from "./yard.ts";

const database = new URL("../../examples/operations/servers/database.ts", import.meta.url);
const monitoring = new URL("../../examples/operations/servers/monitoring.ts", import.meta.url).pathname;

describe("many servers, one list", () => {
  it("connects stdio, Streamable HTTP, HTTP+SSE and in-process servers of both eras at once", async () => {
    using place = testPlace();
    await using http = await startHttp({ name: "web", session: true });
    await using modern = await startHttp({ name: "modern", era: "modern" });
    await using old = await startSse({ name: "old" });
    await using sql = await startServer(database);
    writeFileSync(place.directory.file("notes.md"), "# Notes\nkept offline\n");
    await using yard = await place.open({
      mcpServers: {
        everything: real.everything,
        memory: real.memory(place.directory.file("memory.json")),
        files: real.filesystem(place.directory.path),
        web: { url: http.url },
        modern: { url: modern.url },
        old: { type: "sse", url: old.url },
        database: { url: sql.url },
        local: {
          tools: [{ name: "greet", inputSchema: { type: "object" }, call: ({ name }: { name?: unknown }) => `hello ${String(name)}` }],
        },
      },
    });
    const ready = await yard.ready({ timeoutMs: 20_000 });
    expect(Object.entries(ready).filter(([, { state }]) => state !== "ready")).toEqual([]);

    const names = yard.tools().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);

    const calls: [string, Record<string, unknown>, RegExp][] = [
      ["everything__get-sum", { a: 19, b: 23 }, /42/],
      ["files__read_text_file", { path: place.directory.file("notes.md") }, /kept offline/],
      ["memory__read_graph", {}, /entities/],
      ["web__echo", { text: "w" }, /w/],
      ["modern__echo", { text: "m" }, /m/],
      ["old__echo", { text: "o" }, /o/],
      ["database__query", { sql: "select 40 + 2 as answer" }, /42/],
      ["local__greet", { name: "Ann" }, /hello Ann/],
    ];
    const results = await Promise.all(calls.map(([name, args]) => yard.callTool(name, args)));
    for (const [index, result] of results.entries()) expect(firstText(result)).toMatch(calls[index]?.[2] ?? "");
    const eras = Object.fromEntries(yard.servers().map(({ name, era }) => [name, era]));
    expect(eras).toMatchObject({ modern: "modern", database: "modern", everything: "legacy", old: "legacy", web: "legacy" });
  });

  it("tells servers of what its handlers can answer, and of nothing else", async () => {
    using place = testPlace();
    const servers = { mcpServers: { it: stdioServer() } };
    await using mute = await place.open(servers);
    await mute.ready();
    expect(firstText(await mute.callTool("it__elicit", { message: "Well?" }))).toBe("the client does not support elicitation");
    await using able = await place.open(servers, { elicit: () => ({ action: "accept", content: { answer: "yes" } }) });
    await able.ready();
    expect(firstText(await able.callTool("it__elicit", { message: "Well?" }))).toContain("yes");
    expect(firstText(await able.callTool("it__sample", { prompt: "Well?" }))).toBe("the client does not support sampling");
  });

  it("lets two servers have a tool `query`, and calls each", async () => {
    using place = testPlace();
    await using sql = await startServer(database);
    await using yard = await place.open({
      mcpServers: { database: { url: sql.url }, monitoring: { command: process.execPath, args: [monitoring] } },
    });
    await yard.ready({ timeoutMs: 15_000 });
    expect(yard.resolve("database__query")).toEqual({ server: "database", tool: "query" });
    expect(yard.resolve("monitoring__query")).toEqual({ server: "monitoring", tool: "query" });
    const [rows, metric] = await Promise.all([
      yard.callTool("database__query", { sql: "select 6 * 7 as answer" }),
      yard.callTool("monitoring__query", { metric: "uptime_seconds" }),
    ]);
    expect(firstText(rows)).toContain("42");
    expect(metric.isError).not.toBe(true);
    expect(firstText(metric)).not.toContain("42 ");
  });

  it("names tools as `db_query` where the configuration says so, without stutter", async () => {
    using place = testPlace();
    await using yard = await place.open({
      naming: { separator: "_" },
      mcpServers: { database: { ...stdioServer({ tool: ["db_backup"] }), namespace: "db" } },
    });
    await yard.ready({ timeoutMs: 10_000 });
    expect(yard.resolve("db_query")).toEqual({ server: "database", tool: "query" });
    expect(yard.resolve("db_backup")).toEqual({ server: "database", tool: "db_backup" });
    expect(yard.resolve("query")).toBeUndefined();
  });
});

describe("isolation", () => {
  it("has the healthy servers in time when others hang or die at every stage, and names those", async () => {
    using place = testPlace();
    const deaf = { "never-answer": "handshake" };
    await using yard = await place.open({
      discovery: { wait: "1500ms" },
      mcpServers: {
        good: stdioServer(),
        local: { tools: [{ name: "ping", call: () => "pong" }] },
        deaf: stdioServer(deaf),
        mute: stdioServer({ "never-answer": "list" }),
        dead: stdioServer({ exit: "3@start", "stderr-text": "missing API key" }),
        missing: { command: "no-such-command-here" },
      },
    });
    const startedAt = Date.now();
    const view = yard.view();
    await view.discovered();
    expect(Date.now() - startedAt).toBeLessThan(2_500);
    expect(yard.tools({ server: "good" }).length).toBeGreaterThan(0);
    expect(firstText(await yard.callTool("local__ping"))).toBe("pong");
    expect(firstText(await yard.callTool("good__echo", { text: "still here" }))).toContain("still here");

    const missing = Object.fromEntries(view.missing().map(({ server, ...rest }) => [server, rest]));
    expect(Object.keys(missing).toSorted()).toEqual(["dead", "deaf", "missing", "mute"]);
    expect(missing["dead"]?.reason).toMatch(/exited with code 3.*missing API key/s);
    expect(missing["missing"]).toMatchObject({ state: "failed", reason: expect.stringContaining("no-such-command-here") as string });
  });

  it("keeps a call to a hanging server from the others, and ends it with words that help", async () => {
    using place = testPlace();
    await using yard = await place.open({
      mcpServers: {
        stuck: { ...stdioServer({ "never-answer": "call" }), timeouts: { call: "400ms" } },
        good: stdioServer(),
      },
    });
    await yard.ready({ timeoutMs: 10_000 });
    const stuck = yard.callTool("stuck__echo", { text: "?" });
    const good = await Promise.all(Array.from({ length: 20 }, () => yard.callTool("good__echo", { text: "ok" })));
    expect(good.every(({ isError }) => isError !== true)).toBe(true);
    const result = await stuck;
    expect(result.isError).toBe(true);
    expect(firstText(result)).toMatch(/Server "stuck".*"stuck__echo".*No answer within 4\d\d ms.*another tool/s);
  });

  it("answers a call whose server dies meanwhile with what is known, and heals by itself", async () => {
    using place = testPlace();
    using dying = watchedServer({ exit: "1@executed#1" });
    await using yard = await place.open({ mcpServers: { dying: dying.entry, good: stdioServer() } });
    await yard.ready({ timeoutMs: 10_000 });
    const lost = await yard.callTool("dying__add", { a: 1, b: 2 });
    expect(lost.isError).toBe(true);
    expect(firstText(lost)).toMatch(/Server "dying".*may have run.*OUTCOME_UNKNOWN/s);
    expect(dying.executions()).toBe(1);
    dying.set({ exit: "1@executed#99" });
    await until(() => yard.servers().find(({ name }) => name === "dying")?.state === "ready", 5_000);
    expect(firstText(await yard.callTool("dying__add", { a: 1, b: 2 }))).toContain("3");
  });

  it("keeps the tools of a broken definition's neighbours, and says what is wrong with it", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { odd: stdioServer({ "bad-schema": "null" }) } });
    await yard.ready({ timeoutMs: 10_000 });
    expect(yard.resolve("odd__echo")).toBeDefined();
    const hidden = yard.snapshot().sections.get("odd")?.hidden ?? [];
    expect(hidden.length).toBe(1);
    expect(yard.why(hidden[0]?.id ?? "").reasons.join(" ")).toMatch(/not offered/);
  });
});

describe("clean-up", () => {
  it("ends every process, grandchildren too, also after an error", async () => {
    using place = testPlace();
    using stubborn = watchedServer({ "spawn-grandchild": "stubborn", "ignore-eof": true });
    using plain = watchedServer();
    const failing = async (): Promise<void> => {
      await using yard = await place.open({ mcpServers: { stubborn: wrapped(stubborn.entry), plain: plain.entry } });
      await yard.ready({ timeoutMs: 10_000 });
      expect(processesWith(stubborn.canary).length).toBeGreaterThanOrEqual(3);
      throw new Error("the host failed");
    };
    await expect(failing()).rejects.toThrow("the host failed");
    await untilGone(stubborn.canary, 500);
    await untilGone(plain.canary, 500);
  });

  it("ends servers that are still starting", async () => {
    using place = testPlace();
    using deaf = watchedServer({ "never-answer": "handshake" });
    const yard = await place.open({ mcpServers: { deaf: deaf.entry } });
    await until(() => processesWith(deaf.canary).length > 0, 5_000);
    await yard.close();
    await untilGone(deaf.canary, 500);
  });
});

describe("start", () => {
  it("has the whole list at once the second time, before any server answers", async () => {
    using place = testPlace();
    using server = watchedServer();
    const config = { mcpServers: { server: server.entry } };
    const before = await place.open(config);
    await before.ready({ timeoutMs: 10_000 });
    const names = before.tools().map(({ name }) => name);
    await before.close();

    server.set({ "never-answer": "handshake" });
    await using again = await place.open(config);
    expect(again.tools().map(({ name }) => name)).toEqual(names);
    expect(again.servers()[0]).toMatchObject({ lists: "cached" });
  });

  it("does not wait again for a server that was not there the last time", async () => {
    using place = testPlace();
    const config = {
      discovery: { wait: "1500ms" },
      mcpServers: { good: stdioServer(), deaf: stdioServer({ "never-answer": "handshake" }) },
    };
    const before = await place.open(config);
    await before.view().discovered();
    await before.close();

    await using again = await place.open(config);
    const startedAt = Date.now();
    await again.view().discovered();
    expect(Date.now() - startedAt).toBeLessThan(500);
    expect(again.tools({ server: "good" }).length).toBeGreaterThan(0);
    expect(again.view().missing()).toMatchObject([{ server: "deaf" }]);
  });

  it("starts in parallel: ten servers that need 300 ms each are there long before three seconds", async () => {
    using place = testPlace();
    const servers = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`s${index}`, stdioServer({ "start-delay": 300 })]));
    await using yard = await place.open({ mcpServers: servers });
    const ready = await yard.ready({ timeoutMs: 10_000 });
    expect(Object.values(ready).every(({ state }) => state === "ready")).toBe(true);
    expect(Math.max(...Object.values(ready).map(({ ms }) => ms))).toBeLessThan(3_000);
  });

  it("connects a lazy server on its first call", async () => {
    using place = testPlace();
    using server = watchedServer();
    const config = { mcpServers: { lazy: { ...server.entry, connect: "lazy" as const } } };
    const first = await place.open(config);
    await first.ready({ timeoutMs: 10_000 });
    await first.close();
    const starts = server.log.count({ what: "start" });

    await using yard = await place.open(config);
    await yard.ready({ timeoutMs: 1_000 });
    expect(server.log.count({ what: "start" })).toBe(starts);
    expect(yard.servers()[0]).toMatchObject({ state: "idle", lists: "cached" });
    expect(firstText(await yard.callTool("lazy__echo", { text: "woken" }))).toContain("woken");
    expect(server.log.count({ what: "start" })).toBe(starts + 1);
  });

  it("heals a server that was not there at the start, and announces its tools", async () => {
    using place = testPlace();
    const here = await startHttp();
    const { url } = here;
    const port = Number(new URL(url).port);
    await here.stop();
    await using yard = await place.open({ limits: { backoff: { first: "100ms" } }, mcpServers: { later: { url }, good: stdioServer() } });
    await yard.ready({ timeoutMs: 5_000 });
    expect(yard.tools({ server: "later" })).toEqual([]);
    let announced = 0;
    yard.on("change", () => announced++);
    await using back = await startHttp({ http: port });
    await until(() => yard.tools({ server: "later" }).length > 0, 5_000);
    expect(back.url).toBe(url);
    expect(announced).toBeGreaterThan(0);
  });
});

describe("calls", () => {
  it("reports progress to the one who called, and tells the server when it is cancelled", async () => {
    using place = testPlace();
    using server = watchedServer();
    await using yard = await place.open({ mcpServers: { s: server.entry } });
    await yard.ready({ timeoutMs: 10_000 });
    const seen: number[] = [];
    await yard.callTool("s__progress", { steps: 3, ms: 10 }, { onProgress: ({ progress }) => seen.push(progress) });
    expect(seen).toEqual([1, 2, 3]);

    const abort = new AbortController();
    const slow = yard.callTool("s__slow", { ms: 5_000 }, { signal: abort.signal });
    await until(() => server.log.count({ what: "in", method: "tools/call" }) >= 2, 2_000);
    abort.abort(new Error("enough"));
    await expect(slow).rejects.toThrow("enough");
    await server.log.waitFor({ what: "cancelled" });
  });

  it("hands a server's question to the host's own handler", async () => {
    using place = testPlace();
    const asked: string[] = [];
    await using yard = await place.open(
      { mcpServers: { everything: real.everything } },
      {
        elicit: ({ message }, { server }) => {
          asked.push(`${server}: ${JSON.stringify(message)}`);
          return { action: "accept", content: { name: "Ann" } };
        },
      },
    );
    await yard.ready({ timeoutMs: 10_000 });
    const result = await yard.callTool("everything__trigger-elicitation-request");
    expect(asked.length).toBe(1);
    expect(JSON.stringify(result.content)).toContain("Ann");
  });

  it("returns what the server says about wrong arguments, with the schema", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { everything: real.everything } });
    await yard.ready({ timeoutMs: 10_000 });
    const result = await yard.callTool("everything__get-sum", { a: "nineteen" });
    expect(result.isError).toBe(true);
    expect(result.content.map(({ text }) => text).join("\n")).toMatch(/Arguments of everything__get-sum: \{.*"required"/s);
  });

  it("never throws for an unknown name, and suggests the nearest", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { local: { tools: [{ name: "weather", call: () => "sun" }] } } });
    await yard.ready();
    const result = await yard.callTool("local__wether");
    expect(result).toMatchObject({ isError: true });
    expect(firstText(result)).toContain('"local__weather"');
    await expect(yard.callTool(7 as unknown as string)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("changes at run time", () => {
  it("adds, removes and refreshes servers", async () => {
    using place = testPlace();
    using server = watchedServer();
    await using yard = await place.open({ mcpServers: { local: { tools: [{ name: "one", call: () => "1" }] } } });
    yard.add("more", server.entry);
    await until(() => yard.tools({ server: "more" }).length > 0, 5_000);
    expect(() => yard.add("broken", { comand: "x" })).toThrow(/comand/);
    yard.remove("more");
    expect(yard.tools().map(({ name }) => name)).toEqual(["local__one"]);
    await untilGone(server.canary, 5_000);
    expect(() => yard.remove("more")).toThrow(/no server "more"/);
  });

  it("reads the lists again when a server says that they changed", async () => {
    using place = testPlace();
    using server = watchedServer();
    await using yard = await place.open({ mcpServers: { s: server.entry } });
    await yard.ready({ timeoutMs: 10_000 });
    expect(yard.resolve("s__fresh")).toBeUndefined();
    server.act({ set: { tool: ["fresh"] }, do: "list-changed" });
    await until(() => yard.resolve("s__fresh") !== undefined, 5_000);
  });

  it("shows each view its toolset alone", async () => {
    using place = testPlace();
    await using yard = await place.open({
      toolsets: { support: { servers: ["a"], tools: ["b/ec*"] } },
      mcpServers: { a: stdioServer({ only: ["echo", "add"] }), b: stdioServer({ only: ["echo", "add"] }) },
    });
    await yard.ready({ timeoutMs: 10_000 });
    const view = yard.view({ toolset: "support" });
    expect(view.tools().map(({ name }) => name)).toEqual(["a__echo", "a__add", "b__echo"]);
    expect(await view.callTool("b__add", { a: 1, b: 1 })).toMatchObject({ isError: true });
    expect(view.why("b__add").reasons.join()).toContain("toolset");
    expect(() => yard.view({ toolset: "nobody" })).toThrow(/no toolset/);
  });
});
