/** Protocol: both eras on both sides, and what does not belong to either. */

import { describe, expect, it } from "vitest";
import { watchedServer, startHttp } from "../support/fixture.ts";
import type { HttpClient } from "../support/http-client.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import type { LineClient } from "../support/line-client.ts";
import { within } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { openServers, type AnyServer, type Carrier, type Era } from "./servers.ts";
import { scriptServer } from "./tiny.ts";

/** What a legacy client must never see; the rest of the modern era's marks begin with its prefix of `_meta`. */
const MODERN_MARKS = /"(resultType|ttlMs|cacheScope|io\.modelcontextprotocol\/[a-zA-Z]+)"/;

interface AnyClient {
  readonly client: HttpClient | LineClient;
  readonly era: Era;
  readonly carrier: Carrier;
}

async function openClient(gateway: Gateway, carrier: Carrier, era: Era, scope: AsyncDisposableStack): Promise<AnyClient> {
  if (carrier === "http") return { client: scope.use(await gateway.client({ era })), era, carrier };
  const client = scope.use(gateway.home.stdio([], { era }));
  if (era === "legacy") await client.handshake();
  return { client, era, carrier };
}

const KINDS = (["http", "stdio"] as const).flatMap((carrier) => (["legacy", "modern"] as const).map((era) => [carrier, era] as const));

describe("both eras on both sides", () => {
  it.each(KINDS)("PRO-01 call, list, progress, cancel and error (%s client, %s)", async (carrier, era) => {
    await using servers = await openServers((_, of) =>
      of === "modern" ? { "ttl-ms": 5_000, "cache-scope": "public" } : { session: true },
    );
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using scope = new AsyncDisposableStack();
    const any = await openClient(gateway, carrier, era, scope);
    const { client } = any;
    const lists = await Promise.all(
      ["tools/list", "prompts/list", "resources/list", "resources/templates/list"].map((method) => client.request(method)),
    );
    expect(lists[0]?.result?.tools?.filter(({ name }) => name.endsWith("__echo"))).toHaveLength(4);
    await servers.each((server) => walk(any, server));
    for (const message of client.inbox.messages) belongsTo(era, message);
    const broken = servers.all.flatMap(({ log }) => log.violations());
    expect(broken).toEqual([]);
  });
});

/** One of each with one server. */
async function walk({ client, era, carrier }: AnyClient, { name, log, toldToStop }: AnyServer): Promise<void> {
  expect(textOf(await client.call(`${name}__nonce`, { nonce: name }))).toContain(name);
  expect((await client.call(`${name}__fail`, { message: "on purpose" })).result).toMatchObject({ isError: true });
  expect((await client.call(`${name}__rpc_error`, { code: 4711, message: "by the rules" })).error).toMatchObject({ code: 4711 });
  const { result } = await client.request("resources/read", { uri: "test://hostile/readme" });
  expect(result?.["contents"]).toHaveLength(1);

  const progressToken = `progress of ${name}`;
  expect(textOf(await client.call(`${name}__progress`, { steps: 4, ms: 70 }, { meta: { progressToken } }))).toBe("4 steps");
  const told = client.inbox.of("notifications/progress").filter(({ params }) => params?.["progressToken"] === progressToken);
  expect(told.at(-1)?.params).toMatchObject({ progress: 4, total: 4 });

  const leaving = new AbortController();
  const id = `to be cancelled at ${name}`;
  const ended = client.call(`${name}__slow`, { ms: 60_000 }, { id, signal: leaving.signal }).catch(String);
  const seen = await log.waitFor({ what: "in", name: "slow" });
  if (era === "modern" && carrier === "http") leaving.abort();
  else await client.cancel(id);
  await log.waitFor(toldToStop(seen.id));
  if (carrier === "http") await within(ended, 3_000, "the cancelled request ends");
  expect(client.inbox.messages.filter((message) => message.id === id)).toEqual([]);
}

/** No mark of the other era may be on a message. */
function belongsTo(era: Era, message: WireMessage): void {
  if (era === "legacy") expect(JSON.stringify(message)).not.toMatch(MODERN_MARKS);
  else if (message.result !== undefined) expect(message.result).toMatchObject({ resultType: "complete" });
}

/** Answers the first probe with an error that names its versions, the next one as `next` says; speaks both eras. */
function afterError(error: object, next: object | undefined): ReturnType<typeof scriptServer> {
  return scriptServer(`(${probed.toString()})(${JSON.stringify(error)}, ${JSON.stringify(next ?? null)})`);
}

function probed(error: object, next: object | null): void {
  let probes = 0;
  const tools = ["how"].map((name) => ({ name, inputSchema: { type: "object" } }));
  const asked: string[] = [];
  const answer = (message: { method: string; params?: object }): object => {
    asked.push(message.method);
    if (message.method === "server/discover") return ++probes > 1 && next !== null ? { result: next } : { error };
    if (message.method === "initialize")
      return { result: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "probed", version: "1" } } };
    const modern = JSON.stringify(message.params ?? {}).includes("io.modelcontextprotocol/protocolVersion");
    const extra = modern ? { resultType: "complete", ttlMs: 0, cacheScope: "private" } : {};
    if (message.method === "tools/list") return { result: { ...extra, tools } };
    return { result: { ...extra, content: [{ type: "text", text: asked.join(" ") }] } };
  };
  process.stdin.setEncoding("utf8");
  let rest = "";
  process.stdin.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as { id?: number; method: string };
      if (message.id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: message.id, ...answer(message) })}\n`);
    }
  });
}

describe("the probe", () => {
  const MODERN = { resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: { tools: {} } };
  const wrongVersion = (...supported: string[]): object => ({ code: -32022, message: "Unsupported protocol version", data: { supported } });

  it("PRO-02 each answer to it is read as the specification has it, silence within its bound", async () => {
    const mcpServers = {
      discovers: watchedServer({ era: "modern" }),
      sleepy: watchedServer({ era: "modern", "start-delay": 2_500 }), // silent like a legacy one, as it is still starting
      no_method: watchedServer({ era: "legacy", "probe-answer": "-32601" }),
      no_params: watchedServer({ era: "legacy", "probe-answer": "-32602" }),
      of_its_own: watchedServer({ era: "legacy", "probe-answer": "-1" }),
      silent: watchedServer({ era: "silent" }),
      dies: watchedServer({ era: "legacy", exit: "1@server/discover" }),
    };
    try {
      const entries = Object.entries(mcpServers).map(([name, { entry }]) => [name, entry] as const);
      await using gateway = await startGateway({ limits: { probe: "1s" }, mcpServers: Object.fromEntries(entries) });
      await gateway.untilReady();
      const { servers } = await gateway.state();
      const eras = Object.fromEntries(servers.map(({ name, era }) => [name, era]));
      const legacy = { no_method: "legacy", no_params: "legacy", of_its_own: "legacy", silent: "legacy", dies: "legacy" };
      expect(eras).toEqual({ discovers: "modern", sleepy: "modern", ...legacy });
      expect(mcpServers.discovers.log.count({ what: "in", method: "initialize" })).toBe(0);
      const at = (method: string): number => mcpServers.silent.log.all({ what: "in", method })[0]?.at ?? 0;
      expect(at("initialize") - at("server/discover")).toBeLessThan(1_000 + 2_000);
      expect(mcpServers.dies.log.count({ what: "start" })).toBe(2); // one for the probe, one for the handshake
      await using client = await gateway.client();
      for (const name of Object.keys(mcpServers)) expect(await client.text(`${name}__echo`, { text: name })).toBe(name);
    } finally {
      for (const server of Object.values(mcpServers)) server[Symbol.dispose]();
    }
  });

  it("PRO-02 a list of versions in its error is heeded: a modern one without initialize, else the older handshake, else the reason", async () => {
    const mcpServers = {
      modern: afterError(wrongVersion("2026-07-28"), MODERN),
      both: afterError(wrongVersion("2099-01-01", "2026-07-28", "2025-11-25"), MODERN),
      legacy: afterError(wrongVersion("2025-06-18"), undefined),
      listless: afterError({ code: -32022, message: "Unsupported protocol version" }, undefined),
      newer: afterError(wrongVersion("2099-01-01"), undefined),
      stubborn: afterError(wrongVersion("2026-07-28"), undefined),
    };
    await using gateway = await startGateway({ mcpServers });
    const good = ["modern", "both", "legacy", "listless"];
    await gateway.untilReady(good);
    await using client = await gateway.client();
    const heard = await Promise.all(good.map((name) => client.text(`${name}__how`)));
    for (const methods of heard.slice(0, 2)) expect(methods).toMatch(/^server\/discover server\/discover tools\/list/);
    for (const methods of heard.slice(2)) expect(methods).toMatch(/^server\/discover initialize/);
    expect(heard[0]).not.toContain("initialize");
    for (const [name, reason] of [
      ["newer", /2099-01-01/],
      ["stubborn", /2026-07-28/],
    ] as const) {
      const status = await gateway.untilServer(name, ({ reason: why }) => why !== undefined);
      expect(status.state).not.toBe("ready");
      expect(status.reason).toMatch(reason);
    }
  });

  it.each([
    ["is not found", { status: "404@server/discover" }, "legacy"],
    ["is a bad request", { status: "400@server/discover", "status-body": "no such thing" }, "legacy"],
    ["is no method", { status: "405@server/discover" }, "legacy"],
  ] as const)("PRO-02 over HTTP: where the probe %s", async (_, flags, era) => {
    await using server = await startHttp({ era: "legacy", ...flags });
    await using gateway = await startGateway({ mcpServers: { a: { url: server.url } } });
    expect(await gateway.untilServer("a", "ready")).toMatchObject({ era });
  });
});

describe("results that are not as they should be", () => {
  it.each(["legacy", "modern"] as const)("PRO-07 an unknown resultType is an error, a missing one is complete (%s client)", async (era) => {
    await using servers = await openServers((_, of) => (of === "modern" ? { "result-type": "absent" } : {}));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era });
    await client.toolNames();
    await servers.each(async ({ name, era: of, set }) => {
      expect(await client.text(`${name}__echo`, { text: "absent" })).toBe("absent");
      if (of === "legacy") return;
      await set({ "result-type": "unknown" });
      const answer = await client.call(`${name}__echo`, { text: "unknown" });
      expect(answer.error !== undefined || answer.result?.isError === true).toBe(true);
      expect(JSON.stringify(answer)).toMatch(/resultType/);
      expect(await client.text("stdio_legacy__echo", { text: "still" })).toBe("still");
    });
    for (const message of client.inbox.messages) belongsTo(era, message);
  });
});

describe("messages that do not belong", () => {
  it.each(["legacy", "modern"] as const)("PRO-08 are dropped and counted, whoever asks (%s client)", async (era) => {
    await using servers = await openServers((_, of) => ({
      "foreign-id": true,
      "duplicate-response": true,
      ...(of === "modern" ? { "server-request": true, "early-notification": true } : {}),
    }));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era });
    await client.toolNames();
    if (era === "modern") {
      const notifications = { toolsListChanged: true, resourceSubscriptions: ["test://shared"] };
      void client.request("subscriptions/listen", { notifications }, { deadlineMs: 60_000 }).catch(() => {});
      const first = (await client.inbox.waitFor("notifications/subscriptions/acknowledged")).method;
      expect(client.inbox.messages.filter(({ method }) => method !== undefined)[0]?.method).toBe(first);
    }
    await servers.each(async ({ name, log }) => {
      for (let round = 0; round < 5; round++) expect(await client.text(`${name}__nonce`, { nonce: `${round}` })).toContain(`${round}`);
      expect(log.all({ what: "start" }).length).toBeLessThanOrEqual(1);
    });
    expect(client.inbox.messages.filter(({ method, id }) => method !== undefined && id !== undefined)).toEqual([]);
    expect(JSON.stringify(client.inbox.messages)).not.toContain("for nobody");
    for (const { name, state, restarts, noise } of (await gateway.state()).servers) {
      expect({ name, state, restarts }).toEqual({ name, state: "ready", restarts: 0 });
      expect(noise?.count).toBeGreaterThanOrEqual(5);
    }
  });
});
