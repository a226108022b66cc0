/** RTE: a name always means the same tool, and no other. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway, type Gateway } from "./gateway.ts";

const LEGAL = /^[A-Za-z0-9_-]{1,64}$/;

/** Every exposed name with what its tool says of itself: the own name stands in the description of an echoing tool. */
async function named(gateway: Gateway): Promise<Record<string, string>> {
  await using client = await gateway.client();
  const { result } = await client.request("tools/list");
  return Object.fromEntries((result?.tools ?? []).map(({ name, description }) => [name, String(description)]));
}

describe.concurrent("RTE-01", () => {
  it("RTE-01 two servers with one tool name: a thousand interleaved calls each reach their own", async () => {
    await using http = await startHttp({ name: "two" });
    await using gateway = await startGateway({
      limits: { queue: 2_000, queueWait: "60s" },
      mcpServers: { one: stdioServer({ name: "one", jitter: 5 }), two: { url: http.url } },
    });
    await gateway.untilReady();
    await using client = await gateway.client();
    const names = await client.toolNames();
    expect(names).toEqual(expect.arrayContaining(["one__nonce", "two__nonce", "one__query", "two__query"]));
    const wanted = Array.from({ length: 1_000 }, (_, index) => `${index % 2 === 0 ? "one" : "two"} ${index}`);
    for (let from = 0; from < wanted.length; from += 200) {
      const batch = wanted.slice(from, from + 200);
      const answers = batch.map((want) => client.text(`${want.slice(0, 3)}__nonce`, { nonce: want.slice(4) }));
      expect(await Promise.all(answers)).toEqual(batch);
    }
  });
});

describe.concurrent("RTE-02", () => {
  const stem = "a_rather_long_name_for_a_tool_that_somebody_thought_was_a_good_idea_at_the_time";
  const tails = ["first", "secnd", "third", "forth", "fifth"];
  const tools = [...tails.map((tail) => `${stem}_${tail}`), `x${"y".repeat(200)}`, `x${"y".repeat(201)}`, "short"];

  it("RTE-02 long names are shortened, stay the same over restarts and orders, differ, and lead back", async () => {
    using home = makeHome({ mcpServers: { long: stdioServer({ tool: tools }), other: stdioServer({ tool: tools }) } });
    const lists: Record<string, string>[] = [];
    for (const order of [tools, tools.toReversed()]) {
      home.configure({ mcpServers: { other: stdioServer({ tool: order }), long: stdioServer({ tool: order }) } });
      await using gateway = await home.serve();
      await gateway.untilReady();
      lists.push(await named(gateway));
      await using client = await gateway.client();
      for (const [name, description] of Object.entries(lists.at(-1) ?? {})) {
        expect(name).toMatch(LEGAL);
        const own = /^Returns its arguments \((.*)\)\.$/.exec(description)?.[1];
        if (own !== undefined) expect(textOf(await client.call(name, { text: own }))).toContain(own);
      }
      const [some = ""] = Object.keys(lists[0] ?? {}).filter((name) => name.startsWith("long__a_rather"));
      const why = await gateway.home.run(["why", some, "--config", home.configFile]);
      expect(why.stdout + why.stderr).toContain(stem);
    }
    const [first = {}, second = {}] = lists;
    expect(first).toEqual(second);
    const shortened = Object.values(first).filter((description) => description.includes(stem));
    expect(shortened.length).toBe(2 * tails.length);
  });

  it("RTE-02 the limit, and the prefix that a host will add, are configurable", async () => {
    const entry = stdioServer({ tool: tools });
    await using short = await startGateway({ naming: { maxLength: 40 }, mcpServers: { long: entry } });
    await using hosted = await startGateway({ naming: { host: "claude-code" }, mcpServers: { long: entry } });
    await Promise.all([short.untilReady(), hosted.untilReady()]);
    const [byLimit, byHost] = [Object.keys(await named(short)), Object.keys(await named(hosted))];
    for (const name of byLimit) expect(name.length).toBeLessThanOrEqual(40);
    for (const name of byHost) expect(`mcp__toolyard__${name}`.length).toBeLessThanOrEqual(64);
    expect(new Set(byLimit).size).toBe(byHost.length);
  });
});

describe.concurrent("RTE-03", () => {
  const rivals = ["a.b", "a_b", "a b", "a/b", "A_b", "a__b", "a-b"];

  it("RTE-03 names that become equal when cleaned are all reached, whatever order they come in", async () => {
    const lists = await Promise.all(
      [rivals, rivals.toReversed()].map(async (order) => {
        await using gateway = await startGateway({ mcpServers: { s: stdioServer({ tool: order, only: [...order] }) } });
        await gateway.untilReady();
        await using client = await gateway.client();
        const all = await named(gateway);
        for (const [name, description] of Object.entries(all)) {
          expect(name).toMatch(LEGAL);
          expect(textOf(await client.call(name, { text: description }))).toContain(description);
        }
        return all;
      }),
    );
    expect(Object.keys(lists[0] ?? {}).length).toBe(rivals.length);
    expect(lists[0]?.["s__a_b"]).toContain("(a_b)"); // the one that needed no change keeps the plain name
    expect(Object.fromEntries(Object.entries(lists[1] ?? {}))).toEqual(lists[0]);
  });
});

describe.concurrent("RTE-04", () => {
  it("RTE-04 a server that comes later never takes a name that is there", async () => {
    const owner = stdioServer({ name: "owner" });
    const thief = stdioServer({ name: "thief", tool: ["db__nonce", "nonce", "db_nonce"] });
    await using gateway = await startGateway({ mcpServers: { db: owner } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = await named(gateway);
    const attempts: [string, JsonObject][] = [
      ["db2", { ...thief, namespace: "db" }],
      ["db__", { ...thief }],
      ["DB-", { ...thief, namespace: "DB" }],
      ["bare", { ...thief, namespace: "" }],
      ["chosen", { ...thief, tools: { override: { nonce: { name: "db__nonce" } } } }],
    ];
    for (const [name, entry] of attempts) {
      gateway.home.configure({ mcpServers: { db: owner, [name]: entry } });
      await gateway.untilServer(name, ({ state, lists }) => state === "disabled" || (state === "ready" && lists === "live"));
      const after = await named(gateway);
      expect(Object.fromEntries(Object.keys(before).map((own) => [own, after[own]]))).toEqual(before);
      expect(await client.text("db__nonce", { nonce: name })).toBe(`owner ${name}`);
    }
    expect(await gateway.server("chosen")).toMatchObject({ state: "ready" });
    const why = await gateway.home.run(["why", "chosen/nonce", "--config", gateway.home.configFile]);
    expect([why.code, why.stdout]).toEqual([1, expect.stringMatching(/db/) as string]);
  });

  it("RTE-04 of two that claim one prefix the later entry is refused, and both are named", async () => {
    const pairs: [string, string, string][] = [
      ["db", "db2", "db"],
      ["my-db", "other", "my_db"],
      ["a", "b", "a__b"],
      ["a__b", "b", "a"],
    ];
    const configs = pairs.map(([first, second, namespace]) => ({
      mcpServers: { [first]: stdioServer(), [second]: { ...stdioServer(), namespace } },
    }));
    const seen = await Promise.all(
      configs.map(async (config) => {
        await using gateway = await startGateway(config);
        const { servers } = await gateway.state();
        return servers.map(({ name, reason }) => ({ name, reason }));
      }),
    );
    for (const [index, [first, second]] of pairs.entries()) {
      expect(seen[index]?.map(({ name }) => name)).toEqual([first, second]);
      const refused = seen[index]?.find(({ name }) => name === second)?.reason ?? "";
      expect(refused).toContain(second);
      expect(refused).toContain(`"${first}"`);
    }
  });
});

describe.concurrent("RTE-05", () => {
  const hidden = [
    "echo\u200b",
    "\u202eohce",
    "e\u00adcho",
    "echo\ufeff",
    "ec\u2060ho",
    "echo\u0000",
    "\u{e0065}cho",
    "ec\u034fho",
    "echo\ufe0f",
  ];
  const definition = (name: string): string => JSON.stringify({ name, inputSchema: { type: "object" } }).replaceAll(/[^ -~]/g, escaped);
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const lookalike = ["\u0435cho", "ech\u043e", "\uff45cho", "e\u0301cho", "\u00e9cho", "\u{1d5d8}cho"];

  it("RTE-05 names with what cannot be seen are refused and shown written out; look-alikes never take a name", async () => {
    await using gateway = await startGateway({
      mcpServers: { s: stdioServer({ name: "real", tool: [...hidden, ...lookalike].map(definition) }) },
    });
    await gateway.untilReady();
    await using client = await gateway.client();
    const names = Object.keys(await named(gateway));
    expect(names.filter((name) => name === "s__echo").length).toBe(1);
    for (const name of names) expect(name).toMatch(LEGAL);
    expect(await client.text("s__echo", { text: "mine" })).toBe("mine"); // an echoing look-alike would answer with its arguments
    const check = await gateway.home.run(["check", "--json", "--config", gateway.home.configFile]);
    const { findings } = JSON.parse(check.stdout) as { findings: { about: string; says: string }[] };
    const refused = findings.filter(({ says }) => says.startsWith("not offered"));
    expect(refused.length).toBe(hidden.length);
    for (const { says } of refused) expect(says).toMatch(/\\u\{[0-9a-f]+\}/);
    for (const name of [...hidden, ...lookalike]) {
      const answer = await client.call(`s__${name}`, { text: "x" });
      expect(answer.error?.code, name).toBe(-32602);
    }
    const written = await gateway.home.run(["check", "--config", gateway.home.configFile]);
    expect(written.stdout + written.stderr).not.toMatch(/[\u200b\u202e\u00ad\u2060\ufeff]/);
  });
});

describe.concurrent("RTE-06", () => {
  it("RTE-06 unknown, stopped, denied, disabled and removed: what is wrong is said, and nobody else is asked", async () => {
    using stopped = watchedServer({ name: "stopped" });
    using off = watchedServer({ name: "off" });
    using denying = watchedServer({ name: "denying" });
    const limits = { backoff: { first: "60s" }, starts: "1/60s" };
    const denied = { ...denying.entry, tools: { deny: ["add"] } };
    await using gateway = await startGateway({ limits, mcpServers: { stopped: stopped.entry, off: off.entry, denying: denied } });
    await gateway.untilReady();
    await using client = await gateway.client();
    stopped.set({ exit: "1@start" });
    const { pid = -1 } = await gateway.server("stopped");
    process.kill(pid, "SIGKILL");
    await gateway.untilServer("stopped", ({ state }) => state === "failed" || state === "backoff");
    gateway.home.configure({ limits, mcpServers: { stopped: stopped.entry, off: { ...off.entry, disabled: true }, denying: denied } });
    await gateway.untilServer("off", "disabled");

    const say = async (name: string): Promise<string> => textOf(await client.call(name, { text: "x", a: 1, b: 2 }));
    const [unknown, dead, denial, disabled] = [
      await say("denying__ecko"),
      await say("stopped__echo"),
      await say("denying__add"),
      await say("off__echo"),
    ];
    expect(unknown).toMatch(/Unknown tool: denying__ecko.*denying__echo/s);
    expect(dead).toMatch(/Server "stopped".*\[SERVER_(FAILED|EXITED)\]/s);
    expect(denial).toMatch(/Unknown tool: denying__add/);
    expect(disabled).toMatch(/Unknown tool: off__echo/);
    for (const guess of ["denying_echo", "denying__", "echo", "denyingecho", "denying__echo ", "DENYING__ECHO", "stopped__denying__echo"]) {
      expect(await say(guess)).toMatch(/Unknown tool/);
    }
    const why = async (name: string): Promise<string> =>
      (await gateway.home.run(["why", name, "--config", gateway.home.configFile])).stdout;
    expect(await why("off/echo")).toMatch(/disabled/);
    expect(await why("denying/add")).toMatch(/deny/);
    expect(denying.executions() + off.executions() + stopped.executions()).toBe(0);
  });
});

describe.concurrent("RTE-07", () => {
  it("RTE-07 one URI on two servers is read from the listed owner; the other is hidden with a reason", async () => {
    using one = watchedServer({ name: "one" });
    await using two = await startHttp({ name: "two" });
    await using gateway = await startGateway({ mcpServers: { one: one.entry, two: { url: two.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const { result } = await client.request("resources/list");
    expect(JSON.stringify(result).split('"test://shared"').length - 1).toBe(1);
    const read = await client.request("resources/read", { uri: "test://shared" });
    expect(JSON.stringify(read.result)).toContain("one");
    expect(two.log.count({ what: "in", method: "resources/read" })).toBe(0);
    const own = await client.request("resources/read", { uri: "test://two/readme" });
    expect(JSON.stringify(own.result)).toContain("two");
    expect(one.log.count({ what: "in", method: "resources/read" })).toBe(1);
  });

  it("RTE-07 paths in URIs are data: they go to the owner as they are, and open no file here", async () => {
    using server = watchedServer({ name: "s" });
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const odd = ["test://s/items/..%2f..%2fetc%2fpasswd", "test://s/items/%2e%2e%2f", "test://s/items/a%00b", "test://s/items/%252e"];
    for (const uri of odd) await client.request("resources/read", { uri });
    const asked = server.log.all({ what: "in", method: "resources/read" }).map(({ name }) => name);
    expect(asked).toEqual(odd);
    for (const uri of ["file:///etc/passwd", "/etc/passwd", "../../etc/passwd", "http://127.0.0.1:9/x", ""]) {
      const { error } = await client.request("resources/read", { uri });
      expect([uri, error?.code]).toEqual([uri, -32602]);
      expect(JSON.stringify(error)).not.toContain("root:");
    }
    expect(server.log.count({ what: "in", method: "resources/read" })).toBe(odd.length);
    await until(() => server.log.violations().length === 0);
  });
});
