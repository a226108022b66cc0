import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttp, watchedServer } from "../../test/support/fixture.ts";
import type { HttpClient } from "../../test/support/http-client.ts";
import { textOf, type WireMessage } from "../../test/support/inbox.ts";
import { pause, until } from "../../test/support/wait.ts";
import type { JsonObject } from "../base/json.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";

describe("a legacy client on HTTP", () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await testGateway();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.each([
    ["2024-11-05", "2024-11-05"],
    ["2025-03-26", "2025-03-26"],
    ["2025-06-18", "2025-06-18"],
    ["2025-11-25", "2025-11-25"],
    ["2026-07-28", "2025-11-25"],
    ["1999-01-01", "2025-11-25"],
  ])("that asks for %s gets %s", async (asked, got) => {
    const client = test.client();
    const { result } = await client.handshake(asked);
    expect(result).toMatchObject({
      protocolVersion: got,
      serverInfo: { name: "toolyard" },
      capabilities: { tools: { listChanged: true } },
    });
    expect(client.session).toMatch(/^[\x21-\x7e]+$/);
    expect(await client.text("demo__echo", { text: "hello" })).toBe("hello");
  });

  it("gets every kind of list, ping, and its ids back with their type", async () => {
    const client = await test.legacy();
    expect(await client.toolNames()).toEqual(["demo__echo", "demo__wait", "demo__count", "demo__big", "demo__region"]);
    expect((await client.request("prompts/list")).result).toEqual({ prompts: [] });
    expect((await client.request("resources/list")).result).toEqual({ resources: [] });
    expect((await client.request("resources/templates/list")).result).toEqual({ resourceTemplates: [] });
    expect((await client.request("ping", {}, { id: "7" })).id).toBe("7");
    expect((await client.request("ping", {}, { id: 7 })).id).toBe(7);
    expect((await client.request("ping", {}, { id: 0 })).id).toBe(0);
  });

  it("is answered in JSON where nothing precedes the answer", async () => {
    const client = await test.legacy();
    const answer = await client.post({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "demo__echo", arguments: { text: "é" } },
    });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(await answer.text())).toMatchObject({ id: 1, result: { content: [{ text: "é" }] } });
  });

  it.each([0, "0", 7, ""])("gets progress under its own token %j, in order, before the answer", async (progressToken) => {
    const client = await test.legacy();
    await client.call("demo__count", { steps: 1000 }, { meta: { progressToken } });
    const progress = client.inbox.of("notifications/progress").map(({ params }) => params);
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.length).toBeLessThan(20);
    expect(progress.every((params) => params?.["progressToken"] === progressToken)).toBe(true);
    const values = progress.map((params) => Number(params?.["progress"]));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBe(1000);
  });

  it("that takes no streams gets the answer alone", async () => {
    const client = await test.legacy({ headers: { accept: "application/json" } });
    expect(textOf(await client.call("demo__count", { steps: 3 }, { meta: { progressToken: 1 } }))).toBe("counted");
    expect(client.inbox.of("notifications/progress")).toEqual([]);
  });

  it("hears nothing of a method of the other era, and nothing of an unknown one", async () => {
    const client = await test.legacy();
    for (const method of ["server/discover", "subscriptions/listen", "tasks/get", "no/such"]) {
      expect((await client.request(method)).error?.code).toBe(-32601);
    }
  });

  it("is told of the nearest tool", async () => {
    const client = await test.legacy();
    const { error } = await client.call("demo__ecko");
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("demo__echo") });
  });

  it("calls a tool with a wish for a task as without, since none are offered", async () => {
    const client = await test.legacy();
    const params = { name: "demo__echo", arguments: { text: "x" }, task: { ttl: 1 } };
    expect(textOf(await client.request("tools/call", params))).toBe("x");
  });

  it("sees what its path shows", async () => {
    const client = await test.legacy({}, "/server/demo");
    expect(await client.toolNames()).toContain("echo");
    expect(await client.text("echo", { text: "bare" })).toBe("bare");
    expect((await client.call("demo__echo")).error?.code).toBe(-32602);
    const nowhere = await test.client({}, "/no-such-toolset").post({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
    expect([nowhere.status, await nowhere.text()]).toEqual([404, expect.stringContaining("no-such-toolset")]);
  });

  it("has batches in 2025-03-26, and only there", async () => {
    const batch = [
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "demo__echo", arguments: { text: "two" } } },
      { jsonrpc: "2.0", id: 3, method: "initialize", params: {} },
      { jsonrpc: "1.0", id: 4, method: "ping" },
    ];
    const post = async (client: HttpClient, message: unknown): Promise<[number, string]> => {
      const answer = await client.post(message as Record<string, never>);
      return [answer.status, await answer.text()];
    };
    const client = await test.legacy({ version: "2025-03-26" });
    const [status, text] = await post(client, batch);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: {} },
      { id: 3, error: { code: -32600 } },
      { id: 4, error: {} },
    ]);
    expect(await post(client, [{ jsonrpc: "2.0", method: "notifications/initialized" }])).toEqual([202, ""]);
    expect((await post(client, []))[0]).toBe(400);
    expect((await post(await test.legacy(), batch))[0]).toBe(400);
    expect((await post(test.client(), batch))[0]).toBe(400);
  });
});

describe("the end of a legacy call", () => {
  it("cancels by the client's own id, of the client's own kind, and nobody else's", async () => {
    await using test = await testGateway();
    const [a, b] = [await test.legacy(), await test.legacy()];
    const gone = [a.call("demo__wait", { who: "a7" }, { id: 7 }), a.call("demo__wait", { who: "a'7'" }, { id: "7" })].map((call) =>
      call.then(textOf, String),
    );
    const other = b.call("demo__wait", { who: "b7" }, { id: 7 });
    await until(() => test.witness.begun.length === 3);
    await a.cancel("7");
    await until(() => test.witness.cancelled.length === 1, 1_000);
    expect(test.witness.cancelled).toEqual([{ who: "a'7'" }]);
    await a.cancel(8);
    await a.cancel(7);
    await until(() => test.witness.cancelled.length === 2, 1_000);
    expect(await Promise.all(gone)).toEqual([expect.stringContaining("202"), expect.stringContaining("202")]);
    test.witness.release();
    expect(textOf(await other)).toContain("b7");
    expect(await a.text("demo__echo", { text: "still here" })).toBe("still here");
  });

  it("comes not with a disconnect", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const leaving = new AbortController();
    const call = client.call("demo__wait", {}, { signal: leaving.signal });
    await until(() => test.witness.begun.length === 1);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await pause(100);
    expect(test.witness.cancelled).toEqual([]);
    expect(test.yard.servers()[0]?.inFlight).toBe(1);
  });

  it("comes with the end of its session", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    void client.call("demo__wait").catch(() => {});
    await until(() => test.witness.begun.length === 1);
    expect((await client.deleteSession()).status).toBe(204);
    await until(() => test.witness.cancelled.length === 1, 1_000);
  });

  it("does not come by a second request with its id, which is refused", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const first = client.call("demo__wait", {}, { id: 1 });
    await until(() => test.witness.begun.length === 1);
    const answer = await client.post({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect([answer.status, JSON.parse(await answer.text())]).toMatchObject([400, { id: 1, error: { code: -32600 } }]);
    test.witness.release();
    expect(textOf(await first)).toContain("waited");
    expect((await client.request("ping", {}, { id: 1 })).result).toEqual({});
  });

  it("takes a while: after a second the answer has become a stream, with a sign of life in it", async () => {
    await using test = await testGateway({ config: { limits: { keepAlive: "1s" } } });
    const client = await test.legacy();
    const answer = await client.post({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "demo__wait" } });
    expect(answer.headers).toMatchObject({ "content-type": "text/event-stream", "x-accel-buffering": "no" });
    const text = answer.text();
    await pause(1_200);
    test.witness.release();
    expect(await text).toMatch(/^id: .*\ndata: \n\n:\n\nid: .*\ndata: \{.*waited.*\}\n\n$/);
  });
});

describe("a legacy session", () => {
  const status = async (client: HttpClient, message: JsonObject = { id: 1, method: "ping" }): Promise<number> => {
    const answer = await client.post({ jsonrpc: "2.0", ...message });
    await answer.text();
    return answer.status;
  };

  it("outlives the process that began it", async () => {
    const key = randomBytes(32);
    await using first = await testGateway({ gateway: { key } });
    await using second = await testGateway({ gateway: { key } });
    await using third = await testGateway();
    const { session } = await first.legacy({ version: "2025-06-18" });
    const headers = { "mcp-session-id": session ?? "" };
    expect(await second.client({ headers }).text("demo__echo", { text: "again" })).toBe("again");
    expect(await status(third.client({ headers }))).toBe(404);
  });

  it("is asked for, must be right, and belongs to one path", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const token = client.session ?? "";
    const swapped = token.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect(await status(test.client())).toBe(400);
    for (const wrong of ["x", "", `${token}x`, swapped, token.slice(0, -1), token.toUpperCase(), "ty1.e30.x", `${token}.x`]) {
      expect(await status(test.client({ headers: { "mcp-session-id": wrong } }))).toBe(404);
    }
    expect(await status(test.client({ headers: { "mcp-session-id": token } }, "/server/demo"))).toBe(404);
    expect(await status(test.client({ headers: { "mcp-session-id": "old" } }), { id: 1, method: "initialize", params: {} })).toBe(200);
    expect(await status(client)).toBe(200);
  });

  it("names a revision that there is, or none", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const with_ = (version: string): HttpClient =>
      test.client({ headers: { "mcp-session-id": client.session ?? "", "mcp-protocol-version": version } });
    expect(await status(with_("2025-06-18"))).toBe(200);
    expect(await status(with_("1.0"))).toBe(400);
    expect(await status(with_("2026-07-28"))).toBe(400);
    expect(await status(test.client({ headers: { "mcp-session-id": client.session ?? "" } }))).toBe(200);
  });

  it("ends by DELETE, for good, and no other with it", async () => {
    await using test = await testGateway();
    const [client, other] = [await test.legacy(), await test.legacy()];
    expect((await client.deleteSession()).status).toBe(204);
    expect(await status(client)).toBe(404);
    expect((await client.deleteSession()).status).toBe(404);
    expect((await test.client().deleteSession()).status).toBe(400);
    expect(await status(other)).toBe(200);
  });

  it("has its state forgotten when it is not used, and goes on all the same", async () => {
    const clock = new FakeClock();
    await using test = await testGateway({ gateway: { clock } });
    const client = await test.legacy();
    await client.request("logging/setLevel", { level: "error" });
    expect(clock.pending).toBe(1);
    await clock.pass(31 * 60_000);
    expect(clock.pending).toBe(0);
    expect(await client.text("demo__echo", { text: "back" })).toBe("back");
  });
});

describe("news for a legacy client", () => {
  it("come on the newest of its streams, once, and only if what it sees has changed", async () => {
    await using test = await testGateway({ config: { toolsets: { other: { servers: ["demo"] } } } });
    const [client, other, silent] = [await test.legacy(), await test.legacy({}, "/other"), await test.legacy()];
    for (const each of [client, other, silent]) await each.toolNames();
    await client.listen();
    expect(await client.listen()).toMatchObject({ status: 200 });
    await other.listen();
    test.yard.add("extra", { tools: [{ name: "more", call: () => "more" }] });
    await client.inbox.waitFor("notifications/tools/list_changed");
    expect(await client.toolNames()).toContain("extra__more");
    await pause(50);
    expect(client.inbox.messages.filter(({ method }) => method?.startsWith("notifications/")).map(({ method }) => method)).toEqual([
      "notifications/tools/list_changed",
    ]);
    expect(other.inbox.of("notifications/tools/list_changed")).toEqual([]);
    await silent.listen();
    await silent.inbox.waitFor("notifications/tools/list_changed");
  });

  it("end with the client's stream and the session's", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const { ended } = await client.listen();
    await client.deleteSession();
    await ended;
    expect((await client.listen()).status).toBe(404);
    expect((await test.client().listen()).status).toBe(400);
  });
});

describe("with a server that talks back", () => {
  const answerElicit = (value: string) => (question: WireMessage) =>
    question.method === "elicitation/create" ? { action: "accept", content: { answer: value } } : undefined;

  it("its question goes to the caller, on the call's own stream, and names it", async () => {
    await using server = await startHttp({ session: true });
    await using test = await testGateway({ servers: { crm: { url: server.url, sharing: "per-identity" } } });
    const capabilities = { elicitation: {} };
    const asked = await test.legacy({ capabilities, answer: answerElicit("yes") });
    const bystander = await test.legacy({ capabilities, answer: answerElicit("no") });
    await bystander.listen();
    const answer = await asked.call("crm__elicit", { message: "Which repository?" });
    expect(textOf(answer)).toContain("yes");
    const [question] = asked.inbox.of("elicitation/create");
    expect(question).toMatchObject({ id: expect.stringMatching(/^ty\d+$/), params: { message: "crm: Which repository?" } });
    expect(bystander.inbox.messages.filter(({ method }) => method === "elicitation/create")).toEqual([]);
  });

  it("its question comes on the client's own stream where the call takes none", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    const headers = { accept: "application/json" };
    const asked = await test.legacy({ capabilities: { elicitation: {} }, answer: answerElicit("yes"), headers });
    await asked.listen();
    expect(textOf(await asked.call("crm__elicit", { message: "?" }))).toContain("yes");
    const deaf = await test.legacy({ capabilities: { elicitation: {} }, answer: answerElicit("yes"), headers });
    expect(textOf(await deaf.call("crm__elicit", { message: "?" }))).not.toContain("yes");
    await deaf.listen();
    await pause(50);
    expect(deaf.inbox.of("elicitation/create")).toEqual([]);
  });

  it("an answer of another client to it counts for nothing", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    const capabilities = { elicitation: {} };
    const [asked, other] = [await test.legacy({ capabilities }), await test.legacy({ capabilities })];
    await other.toolNames();
    const call = asked.call("crm__elicit", { message: "?" });
    const { id } = await asked.inbox.waitFor("elicitation/create");
    const reply = (content: string): Record<string, never> =>
      ({ jsonrpc: "2.0", id, result: { action: "accept", content: { answer: content } } }) as never;
    expect((await other.post(reply("stolen"))).status).toBe(202);
    expect((await asked.post(reply("own"))).status).toBe(202);
    expect(textOf(await call)).toContain("own");
  });

  it("who cannot answer is not asked; the call is cancelled with its question", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    const mute = await test.legacy();
    expect(textOf(await mute.call("crm__elicit", { message: "?" }))).toMatch(/cancel|capab|cannot/i);
    expect(mute.inbox.of("elicitation/create")).toEqual([]);
    const asked = await test.legacy({ capabilities: { elicitation: {} } });
    void asked.call("crm__elicit", { message: "?" }, { id: "q" }).catch(() => {});
    const { id } = await asked.inbox.waitFor("elicitation/create");
    await asked.cancel("q");
    expect((await asked.inbox.waitFor("notifications/cancelled")).params).toMatchObject({ requestId: id });
  });

  it("log messages come with the call, from the level on that the session wants", async () => {
    await using server = await startHttp({ session: true });
    await using test = await testGateway({ servers: { crm: { url: server.url } } });
    const client = await test.legacy();
    const levels = (): unknown[] => client.inbox.of("notifications/message").map(({ params }) => params?.["level"]);
    await client.call("crm__log", { level: "debug", message: "1" });
    expect(levels()).toEqual(["debug"]);
    expect((await client.request("logging/setLevel", { level: "warning" })).result).toEqual({});
    await client.call("crm__log", { level: "info", message: "2" });
    await client.call("crm__log", { level: "error", message: "3" });
    expect(levels()).toEqual(["debug", "error"]);
    expect((await client.request("logging/setLevel", { level: "loud" })).error?.code).toBe(-32602);
  });

  it("a changed resource is told to its subscribers alone; the server hears of the first and of the last", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    await test.yard.ready();
    const uri = "test://shared";
    const clients = [await test.legacy(), await test.legacy(), await test.legacy()];
    const [first, second, third] = clients as [HttpClient, HttpClient, HttpClient];
    for (const client of clients) await client.listen();
    for (const client of [first, second]) expect((await client.request("resources/subscribe", { uri })).result).toEqual({});
    server.act({ do: "resource-updated", uri });
    await Promise.all([first, second].map((client) => client.inbox.waitFor("notifications/resources/updated")));
    await first.request("resources/unsubscribe", { uri });
    server.act({ do: "resource-updated", uri });
    await second.inbox.waitFor("notifications/resources/updated", 5_000, 2);
    expect([first, third].map((client) => client.inbox.of("notifications/resources/updated").length)).toEqual([1, 0]);
    await second.deleteSession();
    await server.log.waitFor({ what: "in", method: "resources/unsubscribe" });
    expect(server.log.count({ what: "in", method: "resources/subscribe" })).toBe(1);
  });
});
