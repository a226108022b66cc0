/** Isolation: what a client may not see it cannot reach, and a session is its holder's. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { HttpClient } from "../support/http-client.ts";
import { LEGACY_VERSION } from "../support/inbox.ts";
import { makeHome, startGateway } from "./gateway.ts";
import { openServer } from "./servers.ts";

const AUTH = { gateway: { auth: { keys: true } } };

describe("views", () => {
  it("ISO-04 what a server calls private stays private on its way down, beside what is public", async () => {
    await using open = await openServer("http", "modern", { "cache-scope": "public", "ttl-ms": 60_000 });
    await using closed = await openServer("http", "modern", { "cache-scope": "private", "ttl-ms": 60_000, only: ["echo"] });
    await using gateway = await startGateway({
      mcpServers: { open: open.entry, closed: closed.entry },
      toolsets: { open: { servers: ["open"] } },
    });
    await using all = await gateway.client({ era: "modern" });
    await using one = await gateway.client({ era: "modern" }, "/mcp/open");
    expect(await all.toolNames()).toContain("closed__echo");
    for (const method of ["tools/list", "prompts/list", "resources/list"]) {
      expect((await all.request(method)).result, method).toMatchObject({ cacheScope: "private" });
    }
    for (let round = 0; round < 5; round++) {
      const [whole, part] = await Promise.all([all.toolNames(), one.toolNames()]);
      expect(whole.filter((name) => name.startsWith("closed__"))).toEqual(["closed__echo"]);
      expect(part.filter((name) => !name.startsWith("open__"))).toEqual([]);
    }
  });

  it("ISO-04 two principals at one address: each gets its own list, first and again, side by side, in either era", async () => {
    await using open = await openServer("http", "modern", { "cache-scope": "public", "ttl-ms": 60_000 });
    await using closed = await openServer("http", "modern", { "cache-scope": "private", "ttl-ms": 60_000, resource: ["closed://x"] });
    using home = makeHome({ mcpServers: { open: open.entry, closed: closed.entry }, ...AUTH });
    const [all, some] = [await home.key("alice"), await home.key("bob", ["--server", "open"])];
    await using gateway = await home.serve();
    gateway.headers = all.headers;
    await gateway.untilReady();
    for (const era of ["legacy", "modern"] as const) {
      await using alice = await gateway.client({ era, headers: all.headers });
      await using bob = await gateway.client({ era, headers: some.headers });
      for (let round = 0; round < 5; round++) {
        const [hers, his] = await Promise.all([everythingOf(alice), everythingOf(bob)]);
        expect(hers).toContain("closed");
        expect(his).toContain("open");
        expect(his).not.toContain("closed");
      }
      const read = { uri: "closed://x" };
      expect((await alice.request("resources/read", read)).result).toBeDefined();
      expect((await bob.request("resources/read", read)).error?.message).not.toContain("hostile");
      if (era !== "modern") continue;
      for (const client of [alice, bob]) {
        const kept = [await client.request("tools/list"), await client.request("resources/read", { uri: "test://hostile/readme" })];
        for (const { result } of kept) expect(result).toMatchObject({ cacheScope: "private" }); // though its server says public
      }
    }
    expect(closed.log.all({ what: "in", method: "resources/read" })).toHaveLength(2);
  });

  it("ISO-05 a session of one principal is nothing to another, nor to another key of the same, and goes on", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, ...AUTH });
    const keys = await Promise.all([home.key("alice"), home.key("alice"), home.key("bob")]);
    const [hers, others] = [keys[0].headers, [keys[1].headers, keys[2].headers, {}]];
    await using gateway = await home.serve();
    await using owner = await gateway.client({ headers: hers });
    const stream = await owner.listen();
    await owner.request("logging/setLevel", { level: "error" });
    for (const headers of others) {
      const thief = new HttpClient(gateway.url, { headers });
      [thief.session, thief.version] = [owner.session, LEGACY_VERSION];
      const refused = Object.keys(headers).length === 0 ? 401 : 404;
      const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "a__echo", arguments: { text: "stolen" } } };
      const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } };
      const statuses = [(await thief.post(request)).status, (await thief.post(cancel)).status, (await thief.listen()).status];
      expect([...statuses, (await thief.deleteSession()).status]).toEqual([refused, refused, refused, refused]);
    }
    expect(await owner.text("a__log", { level: "error", message: "mine", count: 1 })).toBeDefined();
    expect(await owner.text("a__echo", { text: "still here" })).toBe("still here");
    expect(stream.status).toBe(200);
    expect((await owner.deleteSession()).status).toBe(204);
  });

  it("ISO-05 the state of a question that waits is its asker's: another principal can neither answer nor end it", async () => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { a: { ...server.entry, sharing: "shared", ask: "exclusive" } }, ...AUTH });
    const [alice, bob] = [await home.key("alice"), await home.key("bob")];
    await using gateway = await home.serve();
    gateway.headers = alice.headers;
    await gateway.untilReady();
    const options = { era: "modern", capabilities: { elicitation: { form: {} } } } as const;
    await using hers = await gateway.client({ ...options, headers: alice.headers });
    await using his = await gateway.client({ ...options, headers: bob.headers });
    const params = { name: "a__elicit", arguments: { message: "yours?" } };
    const { result } = await hers.request("tools/call", params);
    expect(result).toMatchObject({ resultType: "input_required" });
    const inputResponses = answersTo(result?.["inputRequests"]);
    const again = { ...params, requestState: result?.["requestState"], inputResponses } as JsonObject;
    expect((await his.request("tools/call", again)).error).toMatchObject({ code: -32602 });
    const answer = await hers.request("tools/call", again);
    expect(answer.result?.content?.[0]?.text).toMatch(/accept/);
    expect(server.log.count({ what: "executed", name: "elicit" })).toBe(1);
  });

  it("ISO-05 a session is good for whom it was made, where it was made, and until it was ended", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() }, toolsets: { some: { servers: ["a"] } } });
    await using owner = await gateway.client();
    await using other = await gateway.client();
    await owner.toolNames();
    const session = owner.session ?? "";
    const ask = async (token: string, path = "/mcp"): Promise<number> => {
      const stranger = new HttpClient(gateway.at(path));
      stranger.session = token;
      stranger.version = LEGACY_VERSION;
      const answer = await stranger.post({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
      await answer.text();
      return answer.status;
    };
    expect(await ask(session)).toBe(200); // without auth the id is all there is; with it, whose it is stands in it
    expect(await ask(session, "/mcp/some")).toBe(404);
    for (const forged of forgeries(session)) expect(await ask(forged), forged).toBe(404);
    expect((await other.deleteSession()).status).toBe(204);
    expect(await owner.text("a__echo", { text: "still here" })).toBe("still here");
    expect((await owner.deleteSession()).status).toBe(204);
    expect(await ask(session)).toBe(404);
  });

  it.each(["legacy", "modern"] as const)(
    "ISO-09 what a toolset does not show is neither listed, called, read nor completed (%s)",
    async (era) => {
      await using shown = await openServer("stdio", "legacy");
      await using hidden = await openServer("http", "legacy", { resource: ["test://secret"] });
      await using gateway = await startGateway({
        mcpServers: { shown: shown.entry, hidden: { ...hidden.entry, tools: { deny: ["write"] } } },
        toolsets: { support: { servers: ["shown"], tools: ["hidden/add"] } },
      });
      await using all = await gateway.client({ era });
      await using some = await gateway.client({ era }, "/mcp/support");
      expect(await all.toolNames()).toContain("hidden__echo");
      const names = await some.toolNames();
      expect(names.filter((name) => !name.startsWith("shown__"))).toEqual(["hidden__add"]);
      expect((await some.call("hidden__add", { a: 1, b: 2 })).result?.structuredContent).toEqual({ sum: 3 });
      const invented = (await some.call("hidden__nothing")).error;
      const denied = [
        await some.call("hidden__echo", { text: "x" }),
        await some.call("hidden__write"),
        await all.call("hidden__write"),
        await some.request("prompts/get", { name: "hidden__greet", arguments: { name: "x" } }),
        await some.request("completion/complete", {
          ref: { type: "ref/prompt", name: "hidden__greet" },
          argument: { name: "name", value: "x" },
        }),
      ];
      for (const { error } of denied) expect(error?.code).toBe(invented?.code);
      await using searching = await gateway.client({ era }, "/mcp/support?surface=search");
      const through = async (tool: string, args: JsonObject): Promise<string> => JSON.stringify(await searching.call(tool, args));
      expect(await searching.toolNames()).toContain("call_tool");
      expect(await through("call_tool", { name: "hidden__add", arguments: { a: 1, b: 2 } })).toContain("3");
      for (const tool of ["call_tool", "describe_tool"]) {
        const [there, nowhere] = [await through(tool, { name: "hidden__echo" }), await through(tool, { name: "hidden__nothing" })];
        expect(there).toMatch(/no tool|not known|unknown/i);
        expect(there.length - nowhere.length).toBeLessThan(10); // in the same words
      }
      expect(await through("find_tools", { queries: ["echo the text", "write a file"] })).not.toMatch(/hidden__(echo|write)/);
      // Another server of the View has URIs of that scheme: it is asked, and knows nothing of it.
      expect((await some.request("resources/read", { uri: "test://secret" })).error?.message).not.toContain("hidden");
      const reached = hidden.log.all({ what: "in" }).map(({ method, name }) => `${method} ${name ?? ""}`.trim());
      expect(reached.filter((what) => /call|read|get|complete|subscribe$/.test(what))).toEqual(["tools/call add", "tools/call add"]);
    },
  );
});

/** The names and URIs of all lists, as one text. */
async function everythingOf(client: HttpClient): Promise<string> {
  const lists = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
  return JSON.stringify((await Promise.all(lists.map((method) => client.request(method)))).map(({ result }) => result));
}

/** Each question accepted. */
function answersTo(requests: unknown): JsonObject {
  return Object.fromEntries(Object.keys(requests as JsonObject).map((key) => [key, { action: "accept", content: { answer: "yes" } }]));
}

/** Tokens that are nearly the given one. */
function forgeries(token: string): string[] {
  const [prefix = "", payload = "", mac = ""] = token.split(".");
  const grant = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  const other = Buffer.from(JSON.stringify({ ...grant, i: "somebody else" })).toString("base64url");
  const flipped = mac.startsWith("A") ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;
  return [
    `${prefix}.${other}.${mac}`,
    `${prefix}.${payload}.${flipped}`,
    `${prefix}.${payload}`,
    `${prefix}.${payload}.`,
    token.slice(1),
    "x",
    `${token}.x`,
  ];
}
