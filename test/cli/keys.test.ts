/** `toolyard keys`, and what a gateway that asks for keys makes of them. */

import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openToolyard } from "../../src/open.ts";
import { makeHome, type Gateway, type Home, type MadeKey } from "../faults/gateway.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { send } from "../support/http-raw.ts";
import { until, within } from "../support/wait.ts";

const AUTH = { gateway: { auth: { keys: true } } };
const keyFile = (home: Home): string => home.directory.file("state/toolyard/keys.json");

/** The status of a request with a key, or without one. */
async function status(gateway: Gateway, path: string, key?: Pick<MadeKey, "headers">): Promise<number> {
  return (await send(gateway.at(path), { method: "GET", headers: { ...key?.headers } })).status;
}

describe("toolyard keys", () => {
  it("makes a key that is shown once, lists it without its secret, and revokes it", async () => {
    using home = makeHome();
    const made = await home.run(["keys", "create", "--identity", "alice", "--expires", "90d"]);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ty_[0-9a-f]{12}_[0-9a-f]{64}\n$/) as string });
    const secret = made.stdout.trim();
    expect(made.stderr).toMatch(/of alice, for everything until \d{4}-\d\d-\d\d\. It is shown this once/);
    const second = await home.key("bob", ["--toolset", "a", "b", "--server", "c"]).catch((error: unknown) => error);
    expect(String(second)).toContain('There is no toolset \\"a\\"'); // the configuration has none
    const listed = await home.run(["keys", "list"]);
    expect(listed.stdout).toMatch(/ID +IDENTITY +FOR +MADE +EXPIRES\n[0-9a-f]{12} +alice +everything /);
    const [first] = JSON.parse((await home.run(["keys", "list", "--json"])).stdout) as { id: string }[];
    expect(first).toMatchObject({ identity: "alice", expired: false });
    expect(made.stderr + listed.stdout + readFileSync(keyFile(home), "utf8")).not.toContain(secret.slice(-64));
    expect(statSync(keyFile(home)).mode & 0o777).toBe(0o600);
    expect(await home.run(["keys", "revoke", secret])).toMatchObject({ code: 1, stderr: expect.not.stringContaining(secret) as string });
    expect(await home.run(["keys", "revoke", first?.id ?? "", "0123456789ab"])).toMatchObject({ code: 1 });
    expect((await home.run(["keys", "list", "--json"])).stdout).toContain(first?.id);
    expect(await home.run(["keys", "revoke", first?.id ?? ""])).toMatchObject({ code: 0, stdout: "" });
    expect((await home.run(["keys", "list", "--json"])).stdout).toBe("[]\n");
  });

  it("names what is wrong and how to mend it", async () => {
    using home = makeHome({ mcpServers: { crm: { command: "node" } }, toolsets: { support: { servers: ["crm"] } } });
    const create = (...args: string[]) => home.run(["keys", "create", "--config", home.configFile, ...args]);
    expect(await create()).toMatchObject({ code: 2, stderr: expect.stringContaining("--identity") as string });
    expect(await create("--identity", "local")).toMatchObject({ code: 2, stderr: expect.stringContaining("without a key") as string });
    const misspelt = await create("--identity", "a", "--toolset", "suport");
    expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "support"?') as string });
    expect(await create("--identity", "a", "--server", "none")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("crm") as string,
    });
    expect(await create("--identity", "a", "--expires", "soon")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("90d") as string,
    });
    expect(existsSync(keyFile(home))).toBe(false);
    const note = await create("--identity", "a", "--toolset", "support");
    expect(note).toMatchObject({ code: 0, stderr: expect.stringContaining("gateway.auth.keys") as string });
    chmodSync(keyFile(home), 0o644);
    expect(await home.run(["keys", "list"])).toMatchObject({ code: 1, stderr: expect.stringContaining("chmod 600") as string });
    writeFileSync(keyFile(home), "{}", { mode: 0o600 });
    chmodSync(keyFile(home), 0o600);
    expect(await create("--identity", "b")).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be read") as string });
    expect(readFileSync(keyFile(home), "utf8")).toBe("{}");
  });

  it("loses no key when several are made at once", async () => {
    using home = makeHome();
    const made = await Promise.all(["a", "b", "c", "d"].map((identity) => home.key(identity)));
    const listed = JSON.parse((await home.run(["keys", "list", "--json"])).stdout) as { id: string }[];
    expect(listed.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });
});

describe("a gateway that asks for keys", () => {
  it("lets in who has one, and says to the others what is missing", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, ...AUTH });
    const alice = await home.key("alice");
    await using gateway = await home.serve();
    for (const path of ["/mcp", "/mcp/nothing", "/mcp/server/a", "/api/state", "/api/nothing", "/metrics"]) {
      const answer = await send(gateway.at(path), { method: "GET" });
      expect([path, answer.status, answer.headers["www-authenticate"]]).toEqual([path, 401, 'Bearer realm="toolyard"']);
      expect(await answer.text()).toMatch(/asks its callers for a key.*Authorization: Bearer/);
    }
    for (const path of ["/healthz", "/readyz", "/.well-known/oauth-protected-resource"]) {
      expect([200, 404, 503], path).toContain(await status(gateway, path));
    }
    for (const path of ["/api/state", "/metrics"]) expect([path, await status(gateway, path, alice)]).toEqual([path, 200]);
    expect(await status(gateway, "/mcp/nothing", alice)).toBe(404);
    await using legacy = await gateway.client({ headers: alice.headers });
    await using modern = await gateway.client({ era: "modern", headers: alice.headers });
    expect([await legacy.text("a__echo", { text: "1" }), await modern.text("a__echo", { text: "2" })]).toEqual(["1", "2"]);
  });

  it("goes on serving this user's own bridge and commands, and a library with a key", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, ...AUTH });
    const alice = await home.key("alice");
    await using gateway = await home.serve();
    gateway.headers = alice.headers;
    await gateway.untilReady();
    await using bridge = home.stdio();
    await bridge.handshake();
    expect(await bridge.text("a__echo", { text: "by the socket" })).toBe("by the socket");
    const run = (...args: string[]) => home.run([args[0] ?? "", "--config", home.configFile, ...args.slice(1)]);
    expect(await run("call", "a__echo", '{"text":"by a command"}')).toMatchObject({ code: 0, stdout: "by a command\n" });
    expect(await run("servers", "--json")).toMatchObject({ code: 0, stdout: expect.stringContaining(`"ready"`) as string });
    expect(await run("tools")).toMatchObject({ code: 0, stdout: expect.stringContaining("a__echo") as string });
    expect(await run("why", "a__echo")).toMatchObject({ code: 0 });
    const paths = { config: "x", cache: home.directory.file("c"), state: home.directory.file("s"), runtime: "r" };
    await using yard = await openToolyard({ gateway: gateway.url, key: alice.key }, { paths });
    await yard.ready({ timeoutMs: 10_000 });
    expect((await yard.callTool("a__echo", { text: "by the library" })).content[0]?.["text"]).toBe("by the library");
    await using stranger = await openToolyard({ gateway: gateway.url, key: `${alice.key.slice(0, -4)}0000` }, { paths });
    const { gateway: refused } = await stranger.ready({ timeoutMs: 10_000 });
    expect(refused).toMatchObject({ state: "auth-required", reason: expect.stringContaining("401") as string });
    expect(JSON.stringify(refused)).not.toContain(alice.key.slice(16, -4));
  });

  it("shows to a key what its toolsets and servers give, wherever it comes in", async () => {
    using home = makeHome({
      mcpServers: { a: stdioServer(), b: stdioServer(), c: stdioServer() },
      toolsets: { one: { servers: ["a"], tools: ["b/add"] }, two: { servers: ["b"] } },
      ...AUTH,
    });
    const some = await home.key("alice", ["--toolset", "one", "--server", "c"]);
    const all = await home.key("bob");
    await using gateway = await home.serve();
    gateway.headers = all.headers;
    await gateway.untilReady();
    const names = async (path: string, { headers }: MadeKey): Promise<string[]> => {
      await using client = await gateway.client({ headers }, path);
      const tools = await client.toolNames();
      return [...new Set(tools.map((name) => (name.includes("__") ? name.slice(0, 1) : "bare")))];
    };
    expect(await names("/mcp", all)).toEqual(["a", "b", "c"]);
    expect(await names("/mcp", some)).toEqual(["a", "b", "c"]);
    expect(await names("/mcp/one", some)).toEqual(["a", "b"]);
    expect(await names("/mcp/server/b", some)).toEqual(["bare"]);
    for (const path of ["/mcp/two", "/mcp/none"]) expect([path, await status(gateway, path, some)]).toEqual([path, 404]);
    expect([await status(gateway, "/api/state", some), await status(gateway, "/metrics", some)]).toEqual([403, 403]);
    const searching = await home.key("carol", ["--toolset", "one", "--surface", "search"]);
    await until(async () => (await status(gateway, "/metrics", searching)) === 403);
    await using searcher = await gateway.client({ headers: searching.headers });
    expect(await searcher.toolNames()).toEqual(expect.arrayContaining(["find_tools", "call_tool"]));
    const through = (name: string) => searcher.call("call_tool", { name, arguments: { a: 1, b: 2, text: "x" } });
    expect((await through("b__add")).result?.structuredContent).toEqual({ sum: 3 });
    const refused = [await through("b__echo"), await through("b__nothing")].map((answer) => JSON.stringify(answer.error ?? answer.result));
    expect(refused[0]).toMatch(/b__echo/);
    expect(refused[0]?.replaceAll("b__echo", "…").slice(0, 40)).toBe(refused[1]?.replaceAll("b__nothing", "…").slice(0, 40));
    await using plain = await gateway.client({ headers: searching.headers }, "/mcp?surface=all");
    expect(await plain.toolNames()).not.toContain("find_tools");
    for (const era of ["legacy", "modern"] as const) {
      await using client = await gateway.client({ era, headers: some.headers });
      expect((await client.toolNames()).filter((name) => name.startsWith("b__"))).toEqual(["b__add"]);
      expect((await client.call("b__add", { a: 1, b: 2 })).result?.structuredContent).toEqual({ sum: 3 });
      const [denied, unknown] = [await client.call("b__echo", { text: "x" }), await client.call("b__nothing")];
      expect(denied.error?.code).toBe(unknown.error?.code);
      await using own = await gateway.client({ era, headers: some.headers }, "/mcp/server/b");
      expect(await own.toolNames()).toEqual(["add"]);
      expect((await own.call("echo", { text: "x" })).error?.code).toBe(unknown.error?.code);
    }
  });

  it("ends what a key has open when it is revoked or over, without a restart, and leaves the others alone", async () => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { a: server.entry }, ...AUTH });
    const [gone, other] = [await home.key("alice"), await home.key("bob")];
    await using gateway = await home.serve();
    const brief = await home.key("carol", ["--expires", "4s"]); // and a gateway that runs knows of it
    await using legacy = await gateway.client({ headers: gone.headers });
    await using modern = await gateway.client({ era: "modern", headers: gone.headers });
    await using bob = await gateway.client({ headers: other.headers });
    await until(async () => (await status(gateway, "/api/state", brief)) === 200);
    const stream = await legacy.listen();
    const [theirs, running] = [await bob.listen(), bob.call("a__slow", { ms: 4_000 })];
    const calls = [legacy, modern].map((client) => client.call("a__slow", { ms: 60_000 }, { deadlineMs: 30_000 }).catch(String));
    await server.log.waitFor({ what: "in", name: "slow" }, 10_000, 3);
    expect((await home.run(["keys", "revoke", gone.id])).code).toBe(0);
    await within(Promise.all([stream.ended, ...calls]), 3_000, "what the key has open is over");
    await until(() => server.log.count({ what: "aborted", name: "slow" }) === 2);
    expect(await status(gateway, "/mcp", gone)).toBe(401);
    await expect(legacy.request("tools/list")).rejects.toThrow(/HTTP 401/);
    expect((await running).result?.content?.[0]?.text).toBe("done");
    expect(theirs.status).toBe(200);
    expect(await bob.text("a__echo", { text: "still here" })).toBe("still here");
    await until(async () => (await status(gateway, "/api/state", brief)) === 401);
    expect(gateway.log).not.toMatch(/ty_|Bearer/);
  });

  it("lets nobody in while its keys cannot be read, and says so", async () => {
    using home = makeHome({ mcpServers: {}, ...AUTH });
    const alice = await home.key("alice");
    const text = readFileSync(keyFile(home), "utf8");
    await using gateway = await home.serve();
    expect(await status(gateway, "/api/state", alice)).toBe(200);
    writeFileSync(keyFile(home), text.slice(0, 50));
    await until(async () => (await status(gateway, "/api/state", alice)) === 500);
    expect(gateway.log).toMatch(/keys\.json cannot be read.*Until then nobody/);
    writeFileSync(keyFile(home), text);
    await until(async () => (await status(gateway, "/api/state", alice)) === 200);
    await gateway.stop();
    writeFileSync(keyFile(home), "{");
    const refused = await home.run(["serve", "--config", home.configFile, "--port", "0"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("keys.json cannot be read") as string });
  });
});
