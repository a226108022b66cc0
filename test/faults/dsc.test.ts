/** DSC: what servers list, or do not. */

import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { HttpClient, openHttp } from "../support/http-client.ts";
import { textOf } from "../support/inbox.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway, type Gateway } from "./gateway.ts";

const MISSING = "toolyard/missing";

describe.concurrent("DSC-01", () => {
  it("DSC-01 eight servers of ten are listed in time; the two that hang are named, and announced when they arrive", async () => {
    using deaf = watchedServer({ "never-answer": "handshake" });
    using mute = watchedServer({ "never-answer": "tools/list" });
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`s${index}`, stdioServer({ only: ["echo"] })]));
    const slow = { connect: "6s", list: "6s" };
    await using gateway = await startGateway({
      discovery: { wait: "4s" },
      mcpServers: { deaf: { ...deaf.entry, timeouts: slow }, ...eight, mute: { ...mute.entry, timeouts: slow } },
    });
    await using client = await gateway.client();
    await using modern = new HttpClient(gateway.url, { era: "modern" });
    await client.listen();
    const startedAt = performance.now();
    const [{ result }, other] = await Promise.all([client.request("tools/list"), modern.request("tools/list")]);
    expect(performance.now() - startedAt).toBeLessThan(4_000 + 1_500); // the wait, and slack
    const names = (result?.tools ?? []).map(({ name }) => name);
    expect(names).toEqual(Object.keys(eight).map((name) => `${name}__echo`));
    for (const answer of [result, other.result]) {
      expect(answer?.["_meta"]).toMatchObject({ [MISSING]: [{ server: "deaf" }, { server: "mute" }] });
    }
    expect(other.result?.["ttlMs"]).toBe(0);
    expect(await gateway.server("deaf")).toMatchObject({ state: "connecting", lists: "none" });
    expect((await fetch(gateway.at("/readyz"))).status).toBe(200);

    for (const server of [deaf, mute]) server.set({ "never-answer": [] });
    await client.inbox.waitFor("notifications/tools/list_changed", 30_000);
    await until(async () => (await client.toolNames()).includes("deaf__echo"), 30_000);
    await until(async () => (await client.toolNames()).includes("mute__echo"), 30_000);
    expect((await client.request("tools/list")).result?.["_meta"]).toBeUndefined();
  });
});

describe.concurrent("DSC-02", () => {
  const dead = { command: "no-such-command" };

  it("DSC-02 all servers down and never met: an empty list that says why, and a state that says down", async () => {
    await using gateway = await startGateway({
      limits: { backoff: { first: "100ms" } },
      mcpServers: { a: dead, b: { url: "http://127.0.0.1:9/mcp" } },
    });
    await using legacy = await gateway.client();
    await using modern = new HttpClient(gateway.url, { era: "modern" });
    for (const client of [legacy, modern]) {
      const { status, result } = await client.request("tools/list");
      expect([status, result?.tools]).toEqual([200, []]);
      expect(result?.["_meta"]).toMatchObject({ [MISSING]: [{ server: "a", state: "failed" }, { server: "b" }] });
      for (const method of ["prompts/list", "resources/list", "resources/templates/list"]) {
        expect((await client.request(method)).status).toBe(200);
      }
      expect(textOf(await client.call("a__anything"))).toMatch(/Server "a".*no-such-command/s);
    }
    const { servers } = await gateway.state();
    for (const { state, reason } of servers) expect([state === "ready", reason]).toEqual([false, expect.any(String)]);
    expect((await fetch(gateway.at("/healthz"))).status).toBe(200);
    expect((await fetch(gateway.at("/metrics"))).status).toBe(200);
  });

  it("DSC-02 all servers down but known: their tools stay listed, calls answer at once with the reason", async () => {
    using server = watchedServer();
    await using http = await startHttp();
    using home = makeHome({ limits: { backoff: { first: "5s" } }, mcpServers: { a: server.entry, b: { url: http.url } } });
    const names = await (async () => {
      await using before = await home.serve();
      await before.untilReady();
      await using client = await before.client();
      return await client.toolNames();
    })();
    server.set({ exit: "7@start" });
    await http.stop();
    await using gateway = await home.serve();
    await using client = await gateway.client();
    const startedAt = performance.now();
    expect(await client.toolNames()).toEqual(names);
    expect(performance.now() - startedAt).toBeLessThan(1_500); // at once, and slack
    await gateway.untilServer("a", ({ reason }) => reason?.includes("code 7") === true);
    await gateway.untilServer("b", ({ reason }) => reason !== undefined);
    const answers = await Promise.all(["a__echo", "b__echo"].map((name) => client.call(name, { text: "x" })));
    expect(textOf(answers[0] ?? {})).toMatch(/Server "a".*code 7/s);
    expect(textOf(answers[1] ?? {})).toMatch(/Server "b".*127\.0\.0\.1/s);
    for (const name of ["a", "b"]) expect(await gateway.server(name)).toMatchObject({ lists: "cached", tools: names.length / 2 });
  });
});

describe.concurrent("DSC-03", () => {
  async function listed(flags: object, limits: object = {}): Promise<{ names: string[]; log: string; lists: number }> {
    using server = watchedServer(flags);
    await using gateway = await startGateway({ limits, mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    return { names: await client.toolNames(), log: gateway.log, lists: server.log.count({ what: "in", method: "tools/list" }) };
  }

  it("DSC-03 three pages, one of them under an empty cursor: all tools, once", async () => {
    const [whole, three, empty] = await Promise.all([listed({}), listed({ pages: "three" }), listed({ pages: "empty-cursor" })]);
    expect(three.names).toEqual(whole.names);
    expect(empty.names).toEqual(whole.names);
    expect([whole.lists, three.lists, empty.lists]).toEqual([1, 3, 3]);
  });

  it("DSC-03 a repeated cursor ends the reading, without doubles and with a word", async () => {
    const [whole, repeat] = await Promise.all([listed({}), listed({ pages: "repeat" })]);
    expect(repeat.names).toEqual(whole.names);
    expect(repeat.lists).toBeLessThanOrEqual(4);
    expect(repeat.log).toMatch(/"s".*repeats the cursor "1"/);
  });

  it("DSC-03 pages without an end are read up to the limit", async () => {
    const [whole, endless, few] = await Promise.all([listed({}), listed({ pages: "endless" }), listed({ pages: "endless" }, { pages: 3 })]);
    expect(endless.names.length).toBe(whole.names.length + 63);
    expect(endless.lists).toBe(64);
    expect(endless.log).toMatch(/"s".*more than 64 pages/);
    expect(few.lists).toBe(3);
  });

  it("DSC-03 one name listed twice is one tool", async () => {
    const { names } = await listed({ tool: ["twin", "twin"], only: ["echo", "twin"] });
    expect(names).toEqual(["s__echo", "s__twin"]);
  });
});

describe.concurrent("DSC-04", () => {
  const kinds = "null missing string dangling-ref bad-regex huge depth null-tool empty-name no-name number-name".split(" ");

  it("DSC-04 each kind of broken definition costs itself alone, and has its reason", async () => {
    const tools = Array.from({ length: 29 }, (_, index) => `good_${index}`);
    await using gateway = await startGateway({ mcpServers: { s: stdioServer({ "bad-schema": kinds, tool: tools, only: [] }) } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const names = await client.toolNames();
    for (const tool of tools) expect(names).toContain(`s__${tool}`);
    expect(names.filter((name) => name.includes("broken"))).toEqual([]);
    expect(textOf(await client.call("s__good_7", { text: "x" }))).toContain("x");
    const named = kinds.filter((kind) => !/-name|null-tool/.test(kind)).map((kind) => `s/broken_${kind.replaceAll("-", "_")}`);
    const config = ["--config", gateway.home.configFile];
    const check = await gateway.home.run(["check", "--json", ...config]);
    const { findings } = JSON.parse(check.stdout) as { findings: { about: string; says: string }[] };
    for (const id of named) expect(findings.find(({ about }) => about === id)?.says, id).toMatch(/not offered: .{10}/);
    expect(findings.filter(({ says }) => says.startsWith("not offered")).length).toBe(kinds.length);
    const why = await gateway.home.run(["why", "s/broken_bad_regex", ...config]);
    expect([why.code, why.stdout]).toEqual([1, expect.stringContaining("regular expression") as string]);
    expect(gateway.log).toMatch(/"s".*broken_null/);
  });

  it("DSC-04 of prompts, resources and templates too", async () => {
    const bad = [null, 7, {}, { name: "" }, { name: 3, uri: 4, uriTemplate: 5 }];
    const listing = { prompts: [...bad, { name: "kept" }], resources: [...bad, { name: "r", uri: "test://kept" }] };
    const flags = {
      answer: [
        `${JSON.stringify({ prompts: listing.prompts })}@prompts/list`,
        `${JSON.stringify({ resources: listing.resources })}@resources/list`,
      ],
    };
    await using http = await startHttp();
    await http.set({ answer: flags.answer });
    await using gateway = await startGateway({ mcpServers: { s: { url: http.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const { result: prompts } = await client.request("prompts/list");
    const { result: resources } = await client.request("resources/list");
    expect(prompts?.["prompts"]).toMatchObject([{ name: "s__kept" }]);
    expect(resources?.["resources"]).toMatchObject([{ uri: "test://kept" }]);
    expect((await client.toolNames()).length).toBeGreaterThan(10);
  });
});

describe.concurrent("DSC-05", () => {
  const kinds = "header-empty header-crlf header-twice header-object header-number".split(" ");

  it.each(["legacy", "modern"] as const)("DSC-05 header annotations that cannot be cost their tool alone (%s server)", async (era) => {
    await using http = await startHttp({ era, "bad-schema": kinds });
    await using gateway = await startGateway({ mcpServers: { s: { url: http.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const names = await client.toolNames();
    expect(names.filter((name) => name.includes("header"))).toEqual(["s__headers"]);
    expect(await client.text("s__region", { region: "eu-west" })).toBe("eu-west");
    expect(http.log.violations()).toEqual([]);
    const sent = http.log.all({ what: "headers", rpc: "tools/call" }).at(-1)?.["headers"] as Record<string, string>;
    if (era === "modern") expect(sent["mcp-param-region"]).toBe("eu-west");
  });
});

describe.concurrent("DSC-06", () => {
  it("DSC-06 a reference to a network fetches nothing and costs its tool; one within the schema passes byte for byte", async () => {
    await using canary = await listener();
    const flags = { "bad-schema": ["network-ref", "local-defs"], canary: `http://127.0.0.1:${canary.port}/schema.json` };
    await using server = await startHttp(flags);
    await using gateway = await startGateway({ mcpServers: { stdio: stdioServer(flags), http: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await using direct = await openHttp(server.url);
    const names = await client.toolNames();
    expect(names.filter((name) => name.endsWith("network_ref"))).toEqual([]);
    expect(textOf(await client.call("http__broken_network_ref", { text: "x" }))).toMatch(/Unknown tool/);
    const schemaOf = async (from: HttpClient, name: string): Promise<string> => {
      const { result } = await from.request("tools/list");
      return JSON.stringify(result?.tools?.find((tool) => tool.name === name)?.["inputSchema"]);
    };
    const own = await schemaOf(direct, "broken_local_defs");
    expect(own).toContain("#/$defs/line");
    expect(await schemaOf(client, "http__broken_local_defs")).toBe(own);
    expect(await schemaOf(client, "stdio__broken_local_defs")).toBe(own);
    await client.call("http__broken_local_defs", { text: "x" });
    await gateway.home.run(["check", "--config", gateway.home.configFile]);
    expect(canary.connections()).toBe(0);
  });
});

describe("DSC-07", () => {
  const starts = 20;

  it("DSC-07 twenty starts with servers that arrive in any order: one list, one order", async () => {
    const odd = ["a.b", "a_b", "tool with blanks", `long_${"x".repeat(90)}`, "Ünïcode"];
    const orders = Array.from({ length: starts }, (_, index) => [0, 1, 2].map((server) => ((server * 5 + index * 7) % 3) * 150));
    const lists: string[][] = [];
    const one = async (delays: number[]): Promise<void> => {
      const servers = delays.map((delay, index) => [
        `s${index}`,
        stdioServer({ "start-delay": delay, tool: odd, "change-tools": index === 1 ? "reorder" : "none" }),
      ]);
      await using gateway = await startGateway({ mcpServers: Object.fromEntries(servers) as object });
      await gateway.untilReady();
      await using client = await gateway.client();
      lists.push(await client.toolNames());
    };
    for (let from = 0; from < starts; from += 4) await Promise.all(orders.slice(from, from + 4).map(one));
    expect(lists.length).toBe(starts);
    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(new Set(lists[0]).size).toBe(lists[0]?.length);
    for (const name of lists[0] ?? []) expect(name).toMatch(/^s\d__[A-Za-z0-9_-]{1,60}$/);
  });

  it("DSC-07 nor does a server that comes back late change it", async () => {
    using late = watchedServer();
    await using gateway = await startGateway({
      limits: { backoff: { first: "50ms" } },
      mcpServers: { late: late.entry, other: stdioServer() },
    });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = await client.toolNames();
    for (let round = 0; round < 3; round++) {
      await restart(gateway, "late");
      expect(await client.toolNames()).toEqual(before);
    }
  });
});

async function restart(gateway: Gateway, name: string): Promise<void> {
  const { pid = -1 } = await gateway.server(name);
  process.kill(pid, "SIGKILL");
  await gateway.untilServer(name, (status) => status.state === "ready" && status.lists === "live" && status.pid !== pid);
}

/** Counts whoever connects. */
async function listener(): Promise<{ readonly port: number; connections(): number } & AsyncDisposable> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
