import { describe, expect, it } from "vitest";
import { startHttp, watchedServer, type Flags, type Order } from "../../test/support/fixture.ts";
import type { EventLog, HostileEvent } from "../../test/support/events.ts";
import type { HttpClient } from "../../test/support/http-client.ts";
import type { WireMessage } from "../../test/support/inbox.ts";
import { pause, until } from "../../test/support/wait.ts";
import type { ServerInput } from "../config/input.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";

const UPDATED = "notifications/resources/updated";
const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
const SHARED = "test://shared";
const README = "test://hostile/readme";
/** Long waits would only make the tests long. */
const config = { limits: { listDebounce: "20ms", backoff: { first: "100ms", max: "200ms" } } };

interface Hostile extends AsyncDisposable {
  readonly entry: ServerInput;
  readonly log: EventLog;
  set(flags: Flags): void | Promise<void>;
  act(order: Order): unknown;
}

type Carrier = "stdio" | "http";

async function hostile(carrier: Carrier, flags: Flags): Promise<Hostile> {
  if (carrier === "stdio") {
    const server = watchedServer(flags);
    const { entry, log } = server;
    const dispose = async (): Promise<void> => server[Symbol.dispose]();
    return { entry, log, set: (more) => server.set(more), act: (order) => server.act(order), [Symbol.asyncDispose]: dispose };
  }
  const server = await startHttp({ session: true, ...flags });
  const { url, log } = server;
  return {
    ...{ entry: { url }, log },
    set: (more) => server.set(more),
    act: (order) => server.control(order),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

interface Listener {
  readonly client: HttpClient;
  /** Resources of which the acknowledgement says that they are listened to. */
  readonly honoured: unknown;
  readonly updates: () => unknown[];
  leave(): void;
}

/** A modern client that listens, once that is acknowledged. */
async function listener(test: TestGateway, uris: readonly string[], path?: string): Promise<Listener> {
  const client = test.modern({}, path);
  const leaving = new AbortController();
  const params = { notifications: { resourceSubscriptions: [...uris] } };
  client.request("subscriptions/listen", params, { id: "l", deadlineMs: 60_000, signal: leaving.signal }).catch(() => {});
  const { params: said } = await client.inbox.waitFor(ACKNOWLEDGED);
  const { resourceSubscriptions: honoured } = (said?.["notifications"] ?? {}) as { resourceSubscriptions?: unknown };
  return { client, honoured, updates: () => urisOf(client), leave: () => leaving.abort() };
}

/** A legacy client that has subscribed. */
async function subscriber(test: TestGateway, uri: string, path?: string): Promise<HttpClient> {
  const client = await test.legacy({}, path);
  await client.listen();
  expect((await client.request("resources/subscribe", { uri })).result).toEqual({});
  return client;
}

function urisOf({ inbox }: HttpClient): unknown[] {
  return inbox.of(UPDATED).map(({ params }) => params?.["uri"]);
}

/** What a modern server is listened to for, listen by listen. */
function listens(log: EventLog): unknown[] {
  const urisIn = ({ filter }: HostileEvent): unknown => (filter as { resourceSubscriptions?: unknown }).resourceSubscriptions;
  return log.all({ what: "in", method: "subscriptions/listen" }).map(urisIn);
}

const CELLS = (["legacy", "modern"] as const).flatMap((era) => (["stdio", "http"] as const).map((carrier) => ({ era, carrier })));

describe.each(CELLS)("a changed resource of a $era server on $carrier", ({ era, carrier }) => {
  const flags: Flags = { era };

  it("is told to those who want it, of either era; the server is asked once, and hears of the last who leaves", async () => {
    await using server = await hostile(carrier, flags);
    await using test = await testGateway({ servers: { crm: server.entry }, config });
    await test.yard.ready();
    const old = await subscriber(test, SHARED);
    const other = await subscriber(test, SHARED);
    const { client, honoured, updates, leave } = await listener(test, [SHARED, "nobody:has"]);
    const bystander = await listener(test, [README]);
    expect(honoured).toEqual([SHARED]);
    server.act({ do: "resource-updated", uri: SHARED });
    await Promise.all([old, other, client].map(({ inbox }) => inbox.waitFor(UPDATED)));
    expect(client.inbox.of(UPDATED)[0]?.params).toEqual({ uri: SHARED, _meta: { "io.modelcontextprotocol/subscriptionId": "l" } });
    expect(old.inbox.of(UPDATED)[0]?.params).toEqual({ uri: SHARED });
    leave();
    expect((await old.request("resources/unsubscribe", { uri: SHARED })).result).toEqual({});
    await pause(100);
    server.act({ do: "resource-updated", uri: SHARED });
    await other.inbox.waitFor(UPDATED, 5_000, 2);
    await other.deleteSession();
    if (era === "legacy") await server.log.waitFor(({ what, method }) => what === "in" && method === "resources/unsubscribe");
    else await until(() => listens(server.log).at(-1)?.toString() === [README].toString());
    expect([old, bystander.client].map(urisOf)).toEqual([[SHARED], []]);
    expect(updates()).toEqual([SHARED]);
    expect(server.log.all({ what: "in", method: "resources/subscribe" }).map(({ name }) => name)).toEqual(
      era === "legacy" ? [SHARED, README] : [],
    );
    expect(server.log.violations()).toEqual([]);
  });

  it("is told again once the server is there again", async () => {
    await using server = await hostile(carrier, flags);
    await using test = await testGateway({ servers: { crm: { ...server.entry, connect: "lazy" } }, config });
    const old = await subscriber(test, SHARED);
    const { client } = await listener(test, [SHARED]);
    await test.yard.restart("crm");
    if (era === "legacy") await server.log.waitFor({ what: "in", method: "resources/subscribe" }, 5_000, 2);
    else await until(() => listens(server.log).length >= 3);
    await pause(50);
    server.act({ do: "resource-updated", uri: SHARED });
    await Promise.all([old, client].map(({ inbox }) => inbox.waitFor(UPDATED)));
  });

  it("that the server does not tell of is not promised", async () => {
    await using server = await hostile(carrier, { ...flags, error: `-32602:no@resources/subscribe+subscriptions/listen` });
    await using test = await testGateway({ servers: { crm: server.entry }, config });
    await test.yard.ready();
    const client = await test.legacy();
    expect((await client.request("resources/subscribe", { uri: SHARED })).error?.code).toBe(-32602);
    expect((await client.request("resources/subscribe", { uri: "nobody:has" })).error?.code).toBe(-32602);
    expect((await listener(test, [SHARED])).honoured).toBeUndefined();
  });
});

describe("a part of a resource that changed", () => {
  it("is told to those who watch it or the whole, and to all of its server where nothing fits", async () => {
    await using server = await hostile("stdio", { resource: ["test://folder", "test://folder/part"] });
    await using test = await testGateway({ servers: { crm: server.entry }, config });
    await test.yard.ready();
    const [whole, part, other] = [
      await listener(test, ["test://folder"]),
      await listener(test, ["test://folder/part"]),
      await listener(test, [SHARED]),
    ];
    const both = await subscriber(test, "test://folder");
    await both.request("resources/subscribe", { uri: "test://folder/part" });
    server.act({ do: "resource-updated", uri: "test://folder/part", of: "test://folder" });
    await Promise.all([whole.client, part.client, both].map(({ inbox }) => inbox.waitFor(UPDATED)));
    server.act({ do: "resource-updated", uri: "test://folders", of: "test://folder" });
    await until(() => other.updates().length === 1);
    await until(() => urisOf(both).length === 2);
    expect(whole.updates()).toEqual(["test://folder/part", "test://folders"]);
    expect(part.updates()).toEqual(["test://folder/part", "test://folders"]);
    expect(other.updates()).toEqual(["test://folders"]);
    expect(urisOf(both)).toEqual(["test://folder/part", "test://folders"]);
  });
});

describe("one stream to a modern server", () => {
  it("asks for all that is wanted: the new one is there before the old one is closed", async () => {
    await using server = await hostile("http", { era: "modern" });
    await using test = await testGateway({ servers: { crm: server.entry }, config: { limits: { listDebounce: "200ms" } } });
    await test.yard.ready();
    await Promise.all([subscriber(test, SHARED), listener(test, [README, SHARED])]);
    await until(() => server.log.count({ what: "aborted", method: "subscriptions/listen" }) === 1);
    expect(listens(server.log)).toEqual([undefined, expect.arrayContaining([SHARED, README])]);
    const { at: opened } = server.log.all({ what: "in", method: "subscriptions/listen" })[1] ?? { at: Infinity };
    expect(server.log.all({ what: "aborted" })[0]?.at).toBeGreaterThanOrEqual(opened);
  });

  it("is opened anew when it ends, by its result or by a break, and the lists are read again", async () => {
    await using server = await hostile("http", { era: "modern" });
    await using test = await testGateway({ servers: { crm: server.entry }, config });
    await test.yard.ready();
    const { client } = await listener(test, [SHARED]);
    for (const [nth, order] of (["end-listens", "drop-streams"] as const).entries()) {
      const lists = server.log.count({ what: "in", method: "tools/list" });
      const before = listens(server.log).length;
      server.act({ do: order });
      await until(() => listens(server.log).length > before);
      await until(() => server.log.count({ what: "in", method: "tools/list" }) > lists);
      expect(listens(server.log).at(-1)).toEqual([SHARED]);
      await pause(50);
      server.act({ do: "resource-updated", uri: SHARED });
      await client.inbox.waitFor(UPDATED, 5_000, nth + 1);
    }
  });
});

it("a session that the server forgot is renewed though nobody calls, and what was subscribed to is again", async () => {
  await using server = await hostile("http", {});
  await using test = await testGateway({ servers: { crm: server.entry }, config });
  await test.yard.ready();
  const client = await subscriber(test, SHARED);
  server.act({ do: "drop-streams" });
  server.act({ do: "forget-sessions" });
  await server.log.waitFor({ what: "in", method: "resources/subscribe" }, 8_000, 2);
  await pause(50);
  server.act({ do: "resource-updated", uri: SHARED });
  await client.inbox.waitFor(UPDATED);
});

it("a standing stream that was lost is opened again, what was subscribed to is again, and counts as changed", async () => {
  await using server = await hostile("http", {});
  await using test = await testGateway({ servers: { crm: server.entry }, config });
  await test.yard.ready();
  const client = await subscriber(test, SHARED);
  server.act({ do: "drop-streams" });
  await client.inbox.waitFor(UPDATED, 8_000);
  await server.log.waitFor({ what: "in", method: "resources/subscribe" }, 8_000, 2);
  await pause(50);
  server.act({ do: "resource-updated", uri: SHARED });
  await client.inbox.waitFor(UPDATED, 5_000, 2);
});

it("who waits for news of a server that is not there yet is told once it is", async () => {
  await using server = await hostile("stdio", {});
  await using test = await testGateway({ servers: { crm: { ...server.entry, connect: "lazy" } }, config });
  await test.yard.ready();
  await server.set({ exit: "1@start" });
  await test.yard.restart("crm");
  const { client, honoured } = await listener(test, [SHARED]);
  expect(honoured).toEqual([SHARED]);
  await server.set({ exit: "" });
  await server.log.waitFor({ what: "in", method: "resources/subscribe" });
  await pause(50);
  server.act({ do: "resource-updated", uri: SHARED });
  await client.inbox.waitFor(UPDATED);
});

it("a change waits for a client that does not listen just then", async () => {
  await using server = await hostile("stdio", {});
  await using test = await testGateway({ servers: { crm: server.entry }, config });
  await test.yard.ready();
  const client = await test.legacy();
  await client.request("resources/subscribe", { uri: SHARED });
  for (let nth = 0; nth < 3; nth++) server.act({ do: "resource-updated", uri: SHARED });
  await pause(200);
  await client.listen();
  await client.inbox.waitFor(UPDATED);
  await pause(50);
  expect(urisOf(client)).toEqual([SHARED]);
});

it("a server that is watched does not rest", async () => {
  await using server = await hostile("stdio", {});
  await using test = await testGateway({ servers: { crm: { ...server.entry, timeouts: { idle: "1s" } } }, config });
  await test.yard.ready();
  const client = await subscriber(test, SHARED);
  await pause(1_500);
  expect(test.yard.servers().find(({ name }) => name === "crm")?.state).toBe("ready");
  await client.request("resources/unsubscribe", { uri: SHARED });
  await until(() => test.yard.servers().find(({ name }) => name === "crm")?.state === "idle");
});

it("an instance of one client tells that client alone, and goes on when its server's entry has changed", async () => {
  await using server = await hostile("stdio", {});
  const entry: ServerInput = { ...server.entry, sharing: "per-client" };
  await using test = await testGateway({ servers: { crm: entry }, config });
  await test.yard.ready();
  const clients = [await subscriber(test, SHARED), await subscriber(test, README)];
  const subscribed = (): unknown[] => server.log.all({ what: "in", method: "resources/subscribe" }).map(({ pid }) => pid);
  expect(new Set(subscribed()).size).toBe(2);
  server.act({ do: "resource-updated", uri: SHARED });
  await clients[0]?.inbox.waitFor(UPDATED);
  test.yard.add("crm", { ...entry, env: { CHANGED: "yes", ...(entry as { env?: object }).env } });
  await until(() => new Set(subscribed()).size === 4, 8_000);
  await pause(50);
  server.act({ do: "resource-updated", uri: README });
  await clients[1]?.inbox.waitFor(UPDATED);
  expect(clients.map(urisOf)).toEqual([[SHARED], [README]]);
});

describe("too many", () => {
  it("resources are refused at once", async () => {
    await using test = await testGateway();
    const uris = Array.from({ length: 1_001 }, (_, nth) => `a:${nth}`);
    const answer: WireMessage = await test.modern().request("subscriptions/listen", { notifications: { resourceSubscriptions: uris } });
    expect(answer.error).toMatchObject({ code: -32602, message: expect.stringContaining("1000") });
    const wrong = await test.modern().request("subscriptions/listen", { notifications: { resourceSubscriptions: [1] } });
    expect(wrong.error?.code).toBe(-32602);
  });
});
