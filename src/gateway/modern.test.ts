import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modernParams, textOf, type WireMessage } from "../../test/support/inbox.ts";
import { readEvents, send } from "../../test/support/http-raw.ts";
import { watchedServer } from "../../test/support/fixture.ts";
import { until } from "../../test/support/wait.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";

const CAPITALS = {
  "MCP-PROTOCOL-VERSION": "2026-07-28",
  "MCP-METHOD": "tools/call",
  "MCP-NAME": `=?base64?${Buffer.from("demo__echo").toString("base64")}?=`,
};
const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

describe("a modern client on HTTP", () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await testGateway();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it("discovers, lists and calls without a session", async () => {
    const client = test.modern();
    const { result } = await client.request("server/discover");
    expect(result).toMatchObject({
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: { listChanged: true } },
      ttlMs: 60_000,
      cacheScope: "private",
      _meta: { "io.modelcontextprotocol/serverInfo": { name: "toolyard" } },
    });
    const list = await client.request("tools/list");
    expect(list.result).toMatchObject({ resultType: "complete", ttlMs: 60_000, cacheScope: "private" });
    expect(list.result?.tools?.[0]?.name).toBe("demo__echo");
    const call = await client.call("demo__echo", { text: "é" });
    expect(call.result).toMatchObject({ resultType: "complete", content: [{ text: "é" }] });
    expect(client.session).toBeUndefined();
  });

  it.each(["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "initialize", "tasks/get", "no/such"])(
    "is told that %s is not there",
    async (method) => {
      const params = method.startsWith("tasks") ? { taskId: "x" } : { uri: "a:b", level: "info" };
      const answer = await test.modern().request(method, params, { headers: { "mcp-name": "x" } });
      expect(answer).toMatchObject({ status: 404, error: { code: -32601 } });
    },
  );

  const version = "2026-07-28";
  const post = async (message: object, headers: Record<string, string> = {}): Promise<[number, WireMessage]> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 5, ...message });
    const answer = await send(test.gateway.url, { headers: { "content-type": "application/json", ...headers }, body });
    return [answer.status, JSON.parse(await answer.text()) as WireMessage];
  };
  const echo = { method: "tools/call", params: modernParams({ name: "demo__echo", arguments: { text: "x" } }, {}) };
  const right = { "mcp-protocol-version": version, "mcp-method": "tools/call", "mcp-name": "demo__echo" };

  it.each([
    ["all is right", right, 200, undefined],
    ["names are in capitals, a value is encoded", CAPITALS, 200, undefined],
    ["the method is missing", { ...right, "mcp-method": "" }, 400, -32020],
    ["the method differs", { ...right, "mcp-method": "tools/list" }, 400, -32020],
    ["the name differs", { ...right, "mcp-name": "demo__wait" }, 400, -32020],
    ["the name differs in case", { ...right, "mcp-name": "DEMO__echo" }, 400, -32020],
    ["the version is missing", { "mcp-method": "tools/call", "mcp-name": "demo__echo" }, 400, -32020],
    ["session and event id come from an old client", { ...right, "mcp-session-id": "x", "last-event-id": "1" }, 200, undefined],
  ])("has its headers compared: %s", async (_, headers, status, code) => {
    const [got, answer] = await post(echo, headers);
    expect([got, answer.error?.code, answer.id]).toEqual([status, code, 5]);
  });

  it("has its argument's header compared", async () => {
    const params = modernParams({ name: "demo__region", arguments: { region: "eu" } }, {});
    const headers = { ...right, "mcp-name": "demo__region" };
    expect((await post({ method: "tools/call", params }, { ...headers, "mcp-param-region": "eu" }))[0]).toBe(200);
    expect((await post({ method: "tools/call", params }, { ...headers, "mcp-param-region": "us" }))[1].error?.code).toBe(-32020);
    expect((await post({ method: "tools/call", params }, headers))[1].error?.code).toBe(-32020);
  });

  it("must say its version and capabilities, and a version that is spoken", async () => {
    const meta = (own: object): object => ({ method: "tools/list", params: { _meta: own } });
    const headers = { "mcp-protocol-version": version, "mcp-method": "tools/list" };
    expect(await post({ method: "tools/list" }, headers)).toMatchObject([400, { id: 5, error: { code: -32602 } }]);
    expect(await post(meta({ "io.modelcontextprotocol/protocolVersion": version }), headers)).toMatchObject([
      400,
      { error: { code: -32602 } },
    ]);
    const unknown = meta({ "io.modelcontextprotocol/protocolVersion": "2030-01-01" });
    expect(await post(unknown, headers)).toMatchObject([400, { error: { code: -32020 } }]);
    const [status, { error }] = await post(unknown, { ...headers, "mcp-protocol-version": "2030-01-01" });
    expect([status, error]).toMatchObject([400, { code: -32022, data: { requested: "2030-01-01", supported: [version] } }]);
  });

  it("has nothing to get or delete", async () => {
    const headers = { "mcp-protocol-version": version };
    expect((await send(test.gateway.url, { method: "GET", headers })).status).toBe(400);
    expect((await send(test.gateway.url, { method: "DELETE", headers })).status).toBe(400);
  });

  it("has its notifications taken, whatever their headers", async () => {
    const client = test.modern();
    expect((await client.notify("notifications/cancelled", { requestId: 1 })).status).toBe(202);
  });

  it("gets progress under its token, and no log without a level", async () => {
    const client = test.modern();
    expect(textOf(await client.call("demo__count", { steps: 200 }, { meta: { progressToken: "p" } }))).toBe("counted");
    expect(client.inbox.of("notifications/progress").at(-1)?.params).toEqual({
      progressToken: "p",
      progress: 200,
      total: 200,
      message: "",
    });
  });
});

describe("a modern client that leaves", () => {
  it("has cancelled", async () => {
    await using test = await testGateway();
    const leaving = new AbortController();
    const call = test.modern().call("demo__wait", {}, { signal: leaving.signal });
    await until(() => test.witness.begun.length === 1);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await until(() => test.witness.cancelled.length === 1, 1_000);
  });
});

describe("subscriptions/listen", () => {
  const listen = (test: TestGateway, id: string | number, filter: object): { messages: WireMessage[]; done: Promise<WireMessage> } => {
    const client = test.modern();
    const done = client.request("subscriptions/listen", { notifications: filter } as never, { id, deadlineMs: 30_000 });
    done.catch(() => {});
    return { messages: client.inbox.messages, done };
  };

  it("acknowledges first, tells what was asked for and no more, and ends with a result", async () => {
    await using test = await testGateway();
    await test.modern().toolNames();
    const tools = listen(test, "t", { toolsListChanged: true, resourceSubscriptions: ["a:b"], made: "up" });
    const prompts = listen(test, 0, { promptsListChanged: true });
    await until(() => tools.messages.length === 1 && prompts.messages.length === 1);
    test.yard.add("extra", { tools: [{ name: "more", call: () => "more" }] });
    await until(() => tools.messages.length === 2);
    await test.gateway.close();
    expect((await tools.done).result).toMatchObject({ resultType: "complete", _meta: { [SUBSCRIPTION]: "t" } });
    expect((await prompts.done).result).toMatchObject({ _meta: { [SUBSCRIPTION]: 0 } });
    expect(tools.messages.slice(0, 2)).toMatchObject([
      {
        method: "notifications/subscriptions/acknowledged",
        params: { notifications: { toolsListChanged: true }, _meta: { [SUBSCRIPTION]: "t" } },
      },
      { method: "notifications/tools/list_changed", params: { _meta: { [SUBSCRIPTION]: "t" } } },
    ]);
    expect(tools.messages[0]?.params?.["notifications"]).toEqual({ toolsListChanged: true });
    expect(prompts.messages.map(({ method }) => method)).toEqual(["notifications/subscriptions/acknowledged", undefined]);
  });

  it("needs a filter, and is kept alive", async () => {
    await using test = await testGateway({ config: { limits: { keepAlive: "1s" } } });
    const client = test.modern();
    expect(await client.request("subscriptions/listen")).toMatchObject({ error: { code: -32602 } });
    const params = modernParams({ notifications: {} }, {});
    const headers = { "content-type": "application/json", "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params });
    const answer = await send(test.gateway.url, { headers, body });
    expect(answer.headers["x-accel-buffering"]).toBe("no");
    let raw = "";
    answer.stream.on("data", (chunk: Buffer) => (raw += chunk.toString()));
    await until(() => raw.includes("\n:\n\n"), 3_000);
    answer.stream.destroy();
  });

  it("goes on while a server is started anew", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    const client = test.modern();
    await client.toolNames();
    const open = listen(test, 1, { toolsListChanged: true });
    await until(() => open.messages.length === 1);
    server.set({ "change-tools": "add" });
    await test.yard.restart("crm");
    await until(() => open.messages.some(({ method }) => method === "notifications/tools/list_changed"), 8_000);
    expect(open.messages[0]?.method).toBe("notifications/subscriptions/acknowledged");
  });
});

it("the events of a stream are those of the standard", async () => {
  await using test = await testGateway();
  const params = modernParams({ name: "demo__count", arguments: { steps: 1, text: "line\nbreak" }, _meta: { progressToken: 1 } }, {});
  const headers = {
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "demo__count",
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const answer = await send(test.gateway.url, { headers, body });
  const events: unknown[] = [];
  await readEvents(answer.stream, (data) => events.push(JSON.parse(data)));
  expect(events).toMatchObject([{ params: { message: "line\nbreak" } }, { id: 1 }]);
});
