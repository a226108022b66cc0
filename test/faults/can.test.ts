/** CAN: lists that are kept, and the news that they have changed. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp, stdioServer, watchedServer, type Flags, type HttpServer, type WatchedServer } from "../support/fixture.ts";
import { HttpClient } from "../support/http-client.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import { pause, until } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";

const CHANGED = "notifications/tools/list_changed";
const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

/** A client that hears of changes. */
async function listener(gateway: Gateway): Promise<HttpClient> {
  const client = await gateway.client();
  expect((await client.listen()).status).toBe(200);
  return client;
}

function lists(server: Pick<HttpServer | WatchedServer, "log">): number {
  return server.log.count({ what: "in", method: "tools/list" });
}

describe.concurrent("CAN-01", () => {
  it("CAN-01 a thousand announcements in a second: two readings at most, no news where nothing changed, one where something did", async () => {
    await using server = await startHttp({ session: true, slow: "300@tools/list" });
    const limits = { listDebounce: "1s" }; // the default of 250 ms would do if the machine never paused for so long
    await using gateway = await startGateway({ limits, mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await listener(gateway);
    const flood = (): Promise<unknown> => server.control({ do: "list-changed", count: 1_000 });
    const before = lists(server);
    await flood();
    await until(() => lists(server) > before, 5_000);
    await server.control({ do: "list-changed", count: 1 }); // during the reading
    await pause(2_500);
    expect(lists(server) - before).toBeLessThanOrEqual(2);
    expect(client.inbox.of(CHANGED)).toEqual([]);

    const again = lists(server);
    await server.set({ "quiet-changes": true, "change-tools": "add" });
    await flood();
    await client.inbox.waitFor(CHANGED, 5_000);
    await pause(1_000);
    expect(lists(server) - again).toBeLessThanOrEqual(2);
    expect(client.inbox.of(CHANGED).length).toBe(1);
    expect(await client.toolNames()).toContain("s__added");
  });

  it("CAN-01 a server that never stops announcing is read all the same", async () => {
    await using server = await startHttp({ session: true });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = lists(server);
    await server.set({ "quiet-changes": true, "change-tools": "add" });
    const flooding = setInterval(() => void server.control({ do: "list-changed", count: 10 }), 50);
    try {
      await until(async () => (await client.toolNames()).includes("s__added"), 15_000, "the change is seen in the midst of the flood");
    } finally {
      clearInterval(flooding);
    }
    expect(lists(server) - before).toBeLessThan(10);
  });
});

describe.concurrent("CAN-02", () => {
  const failures: [string, Flags][] = [
    ["an error", { error: "-32603@list" }],
    ["no answer", { "never-answer": "list" }],
    ["something that is no list", { answer: '{"tools":null}@tools/list' }],
    ["half an answer", { garbage: "half@tools/list" }],
  ];

  it.each(failures)("CAN-02 a reading that ends with %s keeps the last good lists, and is tried again", async (_, flags) => {
    using server = watchedServer();
    const limits = { backoff: { first: "200ms", max: "400ms" }, listDebounce: "50ms" };
    await using gateway = await startGateway({ limits, mcpServers: { s: { ...server.entry, timeouts: { list: "300ms" } } } });
    await gateway.untilReady();
    await using client = await listener(gateway);
    const offered = async (): Promise<unknown[]> => [
      await client.toolNames(),
      (await client.request("prompts/list")).result?.["prompts"],
      (await client.request("resources/list")).result?.["resources"],
      (await client.request("resources/templates/list")).result?.["resourceTemplates"],
    ];
    const before = await offered();
    const read = lists(server);
    server.set({ ...flags, "quiet-changes": true, "change-tools": "add" });
    server.act({ do: "list-changed" });
    const status = await gateway.untilServer("s", ({ reason }) => reason !== undefined);
    expect(status).toMatchObject({ state: "ready", reason: expect.stringContaining("lists could not be read") as string });
    await until(() => lists(server) - read >= 3, 10_000, "it is tried again");
    expect(await offered()).toEqual(before);
    expect(client.inbox.of(CHANGED)).toEqual([]);
    expect(await client.text("s__echo", { text: "still" })).toBe("still");

    server.set({ error: [], "never-answer": [], answer: [], garbage: [] });
    await client.inbox.waitFor(CHANGED, 10_000);
    expect(await client.toolNames()).toContain("s__added");
    expect((await gateway.server("s")).reason).toBeUndefined();
  });

  it("CAN-02 one list that fails costs the others nothing, and keeps what it was", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ limits: { listDebounce: "50ms" }, mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await listener(gateway);
    const { result: before } = await client.request("prompts/list");
    expect(before?.["prompts"]).toMatchObject([{ name: "s__greet" }]);
    server.set({ error: ["-32603@prompts/list"], "change-tools": "add" });
    await client.inbox.waitFor(CHANGED, 10_000);
    expect(await client.toolNames()).toContain("s__added");
    expect((await client.request("prompts/list")).result?.["prompts"]).toEqual(before?.["prompts"]);
  });
});

describe.concurrent("CAN-03", () => {
  /** What a modern client is told of how long it may keep the list. */
  async function hints(...servers: Flags[]): Promise<{ ttlMs: number; cacheScope: string }> {
    const entries = servers.map((flags, index) => [`s${index}`, stdioServer({ era: "modern", ...flags })]);
    await using gateway = await startGateway({ mcpServers: Object.fromEntries(entries) as object });
    await gateway.untilReady();
    await using client = new HttpClient(gateway.url, { era: "modern" });
    const { result } = await client.request("tools/list");
    return { ttlMs: Number(result?.["ttlMs"]), cacheScope: String(result?.["cacheScope"]) };
  }

  it("CAN-03 what is said downstream is the smallest of the parts, counted from receipt; private stays private", async () => {
    const kept = { "ttl-ms": 3_600_000, "cache-scope": "public" } as const;
    const [alone, mixed, zero, negative, huge, unsaid] = await Promise.all([
      hints(kept),
      hints(kept, { "ttl-ms": 60_000, "cache-scope": "private" }),
      hints(kept, { "ttl-ms": 0 }),
      hints({ "ttl-ms": -5 }),
      hints({ "ttl-ms": 1e300 }),
      hints({ ...kept, "cache-scope": "absent" }),
    ]);
    expect(alone.cacheScope).toBe("public");
    expect(alone.ttlMs).toBeLessThanOrEqual(3_600_000);
    expect(alone.ttlMs).toBeGreaterThan(3_500_000);
    expect(mixed.cacheScope).toBe("private");
    expect(mixed.ttlMs).toBeLessThanOrEqual(60_000);
    expect(mixed.ttlMs).toBeGreaterThan(30_000);
    expect([zero.ttlMs, negative.ttlMs]).toEqual([0, 0]);
    expect(huge.ttlMs).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(unsaid.cacheScope).toBe("private");
  });

  it("CAN-03 what is no longer fresh is read again when somebody wants it, and only then; what is fresh is not", async () => {
    const flags = { era: "modern", "quiet-changes": true } as const;
    using stale = watchedServer({ ...flags, "ttl-ms": 0 });
    using fresh = watchedServer({ ...flags, "ttl-ms": 3_600_000 });
    using soon = watchedServer({ ...flags, "ttl-ms": 1_000 });
    const all = { stale, fresh, soon };
    const entries = Object.entries(all).map(([name, { entry }]) => [name, entry]);
    await using gateway = await startGateway({ limits: { listDebounce: "50ms" }, mcpServers: Object.fromEntries(entries) as object });
    await gateway.untilReady();
    for (const server of Object.values(all)) server.set({ "change-tools": "add" });
    const before = Object.values(all).map(lists);
    await pause(2_500);
    expect(Object.values(all).map(lists)).toEqual(before); // nobody asked, so nobody is polled
    await using client = await gateway.client();
    await client.toolNames();
    await until(async () => (await client.toolNames()).includes("stale__added"), 10_000);
    await until(async () => (await client.toolNames()).includes("soon__added"), 10_000);
    expect(await client.toolNames()).not.toContain("fresh__added");
    expect(lists(fresh)).toBe(before[1]);
  });
});

describe.concurrent("CAN-04", () => {
  it("CAN-04 tools that changed while a process was down: one reading, one word to the clients", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await listener(gateway);
    const before = lists(server);
    const { pid = -1 } = await gateway.server("s");
    server.set({ "quiet-changes": true, "change-tools": "add" });
    process.kill(pid, "SIGKILL");
    await client.inbox.waitFor(CHANGED, 10_000);
    expect(await client.toolNames()).toContain("s__added");
    await pause(1_000);
    expect(lists(server) - before).toBe(1);
    expect(client.inbox.of(CHANGED).length).toBe(1);
  });

  it("CAN-04 nothing that changed: no word", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await listener(gateway);
    const { pid = -1 } = await gateway.server("s");
    process.kill(pid, "SIGKILL");
    await gateway.untilServer("s", (status) => status.state === "ready" && status.pid !== pid);
    await until(() => lists(server) === 2, 10_000);
    await pause(500);
    expect(client.inbox.of(CHANGED)).toEqual([]);
  });

  it("CAN-04 the same for a server behind HTTP that comes back as another", async () => {
    const first = await startHttp({ session: true });
    const port = Number(new URL(first.url).port);
    await using gateway = await startGateway({
      limits: { backoff: { first: "100ms", max: "300ms" } },
      mcpServers: { s: { url: first.url } },
    });
    await gateway.untilReady();
    await using client = await listener(gateway);
    await first.stop();
    await using second = await startHttp({ session: true, http: port, tool: ["fresh"] });
    // Nobody has noticed yet, unless by the standing stream; a call does.
    await until(async () => (await client.text("s__echo", { text: "x" })) === "x", 15_000);
    await client.inbox.waitFor(CHANGED, 10_000);
    expect(await client.toolNames()).toContain("s__fresh");
    expect(lists(second)).toBeLessThanOrEqual(2);
  });
});

describe.concurrent("CAN-05", () => {
  it("CAN-05 a child that is started again while three clients listen: their streams stay, the news goes on", async () => {
    using server = watchedServer({ era: "modern" });
    await using gateway = await startGateway({ limits: { backoff: { first: "100ms" } }, mcpServers: { s: server.entry } });
    await gateway.untilReady();
    const filters: JsonObject[] = [{ toolsListChanged: true }, { promptsListChanged: true, resourceSubscriptions: ["test://shared"] }];
    await using legacy = await listener(gateway);
    const clients = filters.map(() => new HttpClient(gateway.url, { era: "modern" }));
    const ends: string[] = [];
    for (const [index, client] of clients.entries()) {
      const ended = (): void => void ends.push(`client ${index}`);
      void client.request("subscriptions/listen", { notifications: filters[index] ?? {} }, { deadlineMs: 120_000 }).then(ended, ended);
      await client.inbox.waitFor(ACKNOWLEDGED, 10_000);
      const [first] = client.inbox.messages;
      expect(first).toMatchObject({ method: ACKNOWLEDGED, params: { notifications: filters[index] } });
    }
    const listens = (): number => server.log.count({ what: "in", method: "subscriptions/listen" });
    await until(() => listens() > 0, 5_000);
    const { pid = -1 } = await gateway.server("s");
    const before = listens();
    process.kill(pid, "SIGKILL");
    await gateway.untilServer("s", (status) => status.state === "ready" && status.pid !== pid);
    await until(() => listens() > before, 10_000, "the new process is listened to");
    expect(ends).toEqual([]);

    server.set({ "change-tools": "add" });
    const [tools, prompts] = clients;
    await legacy.inbox.waitFor(CHANGED, 10_000);
    await tools?.inbox.waitFor(CHANGED, 10_000);
    server.act({ do: "resource-updated", uri: "test://shared" });
    await prompts?.inbox.waitFor("notifications/resources/updated", 10_000);
    expect(prompts?.inbox.of(CHANGED)).toEqual([]);
    expect(tools?.inbox.of("notifications/resources/updated")).toEqual([]);
    expect(ends).toEqual([]);
    for (const client of clients) await client[Symbol.asyncDispose]();
  });
});

describe.concurrent("CAN-06", () => {
  it("CAN-06 what depends on an answer is kept for nobody: each call asks anew, each client gets its own", async () => {
    await using server = await startHttp({ era: "modern", "ttl-ms": 3_600_000, "cache-scope": "public" });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    const capabilities = { elicitation: { form: {} } };
    const ask = async (name: string): Promise<WireMessage> => {
      await using client = new HttpClient(gateway.url, { era: "modern", capabilities });
      const params = { name: "s__elicit", arguments: { message: "Who?" } };
      const { result } = await client.request("tools/call", params);
      expect(result).toMatchObject({ resultType: "input_required", requestState: expect.any(String) as string });
      const [key = ""] = Object.keys(result?.["inputRequests"] as JsonObject);
      const inputResponses = { [key]: { action: "accept", content: { name } } };
      return await client.request("tools/call", { ...params, inputResponses, requestState: String(result?.["requestState"]) });
    };
    const [ann, bob] = [await ask("Ann"), await ask("Bob")];
    expect(textOf(ann)).toContain("Ann");
    expect(textOf(bob)).toContain("Bob");
    expect(textOf(bob)).not.toContain("Ann");
    for (const { result } of [ann, bob]) expect(result?.["ttlMs"]).toBeUndefined();
    expect(server.executions()).toBeGreaterThanOrEqual(2);
  });
});
