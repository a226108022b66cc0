/** Switches of answers, lists, calls and eras do what they say, on stdio. */

import { describe, expect, it } from "vitest";
import { stringOr } from "../../src/base/json.ts";
import { stdioServer, watchedServer, type Flags } from "../support/fixture.ts";
import { textOf, type Answering } from "../support/inbox.ts";
import { openStdio, StdioClient } from "../support/stdio-client.ts";
import { pause, until } from "../support/wait.ts";

const ASKED = { capabilities: { elicitation: {}, sampling: {}, roots: {} } };
const answering: Answering = ({ method }) => {
  if (method === "elicitation/create") return { action: "accept", content: { answer: "yes" } };
  return method === "roots/list" ? { roots: [] } : { role: "assistant", content: { type: "text", text: "hi" }, model: "m" };
};

const open = (flags: Flags, options: Partial<ConstructorParameters<typeof StdioClient>[0]> = {}): Promise<StdioClient> =>
  openStdio({ ...stdioServer(flags), ...options });

describe.concurrent("eras", () => {
  it.each([
    ["legacy", { code: -32601 }],
    ["modern", undefined],
    ["both", undefined],
  ] as const)("era %s answers the probe", async (era, error) => {
    await using client = await open({ era, instructions: "Be kind." }, { era: "modern" });
    const answer = await client.request("server/discover");
    if (error) return expect(answer.error).toMatchObject(error);
    expect(answer.result).toMatchObject({
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      instructions: "Be kind.",
      ttlMs: 0,
      cacheScope: "private",
    });
  });

  it("era modern: initialize is refused with the versions that are known", async () => {
    await using client = new StdioClient(stdioServer({ era: "modern" }));
    expect((await client.handshake()).error).toMatchObject({ code: -32022, data: { supported: ["2026-07-28"] } });
  });

  it("era both: one pipe serves both", async () => {
    await using client = await open({ era: "both" });
    expect((await client.request("tools/list")).result).not.toHaveProperty("resultType");
    const meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} };
    expect((await client.request("tools/list", { _meta: meta })).result).toHaveProperty("resultType", "complete");
  });

  it("era silent: no answer before initialize, all after", async () => {
    using server = watchedServer({ era: "silent" });
    await using client = new StdioClient(server.entry);
    void client.request("server/discover").catch(() => {});
    await server.log.waitFor({ what: "in", method: "server/discover" });
    await client.handshake();
    expect(await client.text("echo", { text: "now" })).toBe("now");
    expect(client.inbox.messages.map(({ id }) => id)).toEqual([2, 3]);
  });

  it("probe-answer and protocol-version", async () => {
    await using modern = await open({ "probe-answer": "-32022" }, { era: "modern" });
    expect((await modern.request("server/discover")).error).toMatchObject({
      code: -32022,
      data: { supported: ["2026-07-28", "2025-11-25"] },
    });
    await using old = new StdioClient(stdioServer({ "protocol-version": "2024-11-05", name: "old" }));
    expect((await old.handshake()).result).toMatchObject({ protocolVersion: "2024-11-05", serverInfo: { name: "old" } });
  });

  it.each(["unknown", "absent"] as const)("result-type %s", async (kind) => {
    await using client = await open({ era: "modern", "result-type": kind, "ttl-ms": 500, "cache-scope": "absent" }, { era: "modern" });
    const { result } = await client.request("tools/list");
    expect(result?.["resultType"]).toBe(kind === "unknown" ? "surprise" : undefined);
    expect(result).not.toHaveProperty("cacheScope");
    if (kind === "absent") expect(result).toHaveProperty("ttlMs", 500);
  });

  it("what a client does wrong is in the log", async () => {
    using server = watchedServer();
    await using client = new StdioClient(server.entry);
    await client.request("tools/list", {}, { id: 5 });
    client.send({ jsonrpc: "2.0", id: "nobody", result: {} });
    client.write("no json\n");
    await client.request("ping", {}, { id: 5 });
    const rules = server.log.violations().map((event) => event["rule"]);
    expect(rules).toEqual([
      "a request before the handshake",
      "an answer to no question",
      "a line that is no message",
      "an id used twice in a session",
    ]);
  });
});

describe.concurrent("answers", () => {
  it("never-answer: the request stays open, and its cancel is seen as that of a running one", async () => {
    using server = watchedServer({ "never-answer": "resources/read+call:slow" });
    await using client = await openStdio(server.entry);
    void client.request("resources/read", { uri: "test://shared" }, { id: "r" }).catch(() => {});
    expect(await client.text("echo", { text: "the others" })).toBe("the others");
    client.cancel("r");
    await server.log.waitFor({ what: "cancelled", id: "r", running: true });
    await server.log.waitFor({ what: "aborted", id: "r" });
  });

  it("slow and jitter: later, and out of order", async () => {
    await using client = await open({ slow: "200@call:pid", jitter: 30 });
    const order: string[] = [];
    const one = client.text("pid").then(() => order.push("pid"));
    const other = client.text("echo").then(() => order.push("echo"));
    await Promise.all([one, other]);
    expect(order).toEqual(["echo", "pid"]);
  });

  it("error and answer: what is given, for so many times", async () => {
    await using client = await open({ error: "-32050:no more@prompts/list#1-2", answer: '{"big":1e400}@resources/list' });
    const messages = [await client.request("prompts/list"), await client.request("prompts/list"), await client.request("prompts/list")];
    expect(messages.map(textOf).slice(0, 2)).toEqual(["error -32050: no more", "error -32050: no more"]);
    expect(messages[2]?.error).toBeUndefined();
    expect((await client.request("resources/list")).result).toEqual({ big: Infinity });
  });

  it.each(["text", "html", "half", "array", "no-id"])("garbage %s: no answer", async (kind) => {
    await using client = new StdioClient(stdioServer({ garbage: `${kind}@initialize` }));
    void client.request("initialize").catch(() => {});
    await until(() => client.noise.length + client.inbox.messages.length > 0);
    expect(client.inbox.messages.some((message) => message.id === 1)).toBe(false);
  });

  it.each([
    ["no-jsonrpc", {}],
    ["both", { error: { code: -32000 }, result: {} }],
    ["null", { result: null }],
    ["number", { result: 42 }],
  ])("garbage %s: a strange answer", async (kind, expected) => {
    await using client = new StdioClient(stdioServer({ garbage: `${kind}@initialize` }));
    const answer = await client.request("initialize");
    expect(answer).toMatchObject(expected);
    if (kind === "no-jsonrpc") expect(answer).not.toHaveProperty("jsonrpc");
  });

  it("duplicate-response, foreign-id and server-request", async () => {
    await using client = await open({ "duplicate-response": true, "foreign-id": true, "server-request": true });
    await client.text("echo");
    const messages = await until(() => client.inbox.messages.length >= 8 && client.inbox.messages);
    expect(messages.filter(({ id }) => id === 2)).toHaveLength(2);
    expect(messages.filter(({ id }) => id === 987_654_321)).toHaveLength(2);
    expect(client.inbox.of("ping")).toHaveLength(2);
  });

  it("big-result: every tool's text is padded", async () => {
    await using client = await open({ "big-result": 1_000_000 });
    expect((await client.text("echo", { text: "!" })).length).toBe(1_000_001);
  });
});

describe.concurrent("lists", () => {
  it("tools, tool, only, resource and control", async () => {
    const definition = '{"name":"kill_all","description":"a, b","annotations":{"readOnlyHint":true}}';
    await using client = await open({
      tools: 2,
      tool: ["a.b", definition],
      only: ["tool_1", "a.b", "kill_all"],
      control: true,
      resource: "file:///x",
    });
    expect(await client.toolNames()).toEqual(["hostile_control", "a.b", "kill_all", "tool_1"]);
    expect(await client.text("kill_all", { x: 1 })).toBe('hostile kill_all {"x":1}');
    expect(JSON.parse(await client.text("hostile_control", { set: { tools: 3, only: [] } }))).toMatchObject({ inFlight: 1 });
    expect(await client.toolNames()).toContain("tool_2");
    expect((await client.request("resources/list")).result).toMatchObject({
      resources: [{ uri: "test://shared" }, {}, { uri: "file:///x" }],
    });
    expect((await client.request("tools/call", { name: "nothing" })).error?.code).toBe(-32602);
  });

  it("prompts, resources, templates and completion answer", async () => {
    await using client = await open({ name: "n" });
    expect((await client.request("prompts/get", { name: "greet", arguments: { name: "Ann" } })).result).toMatchObject({
      messages: [{ content: { text: "Hello Ann from n" } }],
    });
    expect((await client.request("resources/read", { uri: "test://n/items/4" })).result).toMatchObject({
      contents: [{ text: "test://n/items/4 of n" }],
    });
    expect((await client.request("resources/read", { uri: "test://none" })).error?.code).toBe(-32002);
    expect((await client.request("resources/templates/list")).result).toMatchObject({
      resourceTemplates: [{ uriTemplate: "test://n/items/{id}" }],
    });
    const completion = { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "name", value: "an" } };
    expect((await client.request("completion/complete", completion)).result).toMatchObject({ completion: { values: ["anna", "anton"] } });
  });

  it.each(["three", "empty-cursor", "repeat", "endless"] as const)("pages %s", async (pages) => {
    await using client = await open({ pages });
    const [seen, cursors] = [new Set<string>(), [] as unknown[]];
    let cursor: string | undefined;
    do {
      const { result } = await client.request("tools/list", cursor === undefined ? {} : { cursor });
      for (const tool of result?.tools ?? []) seen.add(tool.name);
      cursor = stringOr(result?.["nextCursor"]);
      cursors.push(cursor);
    } while (cursor !== undefined && cursors.length < 6);
    const expected = {
      three: ["1", "2", undefined],
      "empty-cursor": ["", "2", undefined],
      repeat: ["1", "2", "1", "2", "1", "2"],
      endless: ["1", "2", "3", "4", "5", "6"],
    };
    expect(cursors).toEqual(expected[pages]);
    expect([...seen]).toEqual(expect.arrayContaining(["echo", "roots"]));
  });

  it("bad-schema and canary: broken tools among the good ones", async () => {
    const kinds = [
      "null",
      "missing",
      "string",
      "network-ref",
      "dangling-ref",
      "empty-name",
      "no-name",
      "number-name",
      "null-tool",
      "depth",
      "wide",
      "regex",
    ];
    const headers = ["bad-regex", "huge", "header-empty", "header-crlf", "header-twice", "header-object", "header-number", "local-defs"];
    await using client = await open({ "bad-schema": [...kinds, ...headers], canary: "http://canary.test/x", only: [] });
    const { result } = await client.request("tools/list");
    const tools = (result?.tools ?? []) as readonly (Record<string, unknown> | null)[];
    const broken = tools.slice(tools.findIndex((tool) => tool?.["name"] === "broken_null"));
    expect(broken).toHaveLength(kinds.length + headers.length);
    expect(broken.slice(0, 9).map((tool) => tool && ("name" in tool ? tool["name"] : "none"))).toEqual([
      "broken_null",
      "broken_missing",
      "broken_string",
      "broken_network_ref",
      "broken_dangling_ref",
      "",
      "none",
      42,
      null,
    ]);
    expect(JSON.stringify(broken[3])).toContain('"$ref":"http://canary.test/x"');
  });

  it.each(["add", "remove", "rename", "description", "schema", "reorder", "empty"] as const)(
    "change-tools %s is announced, and seen in the list",
    async (change) => {
      using server = watchedServer();
      await using client = await openStdio(server.entry);
      const earlier = (await client.request("tools/list")).result;
      server.set({ "change-tools": change });
      await client.inbox.waitFor("notifications/tools/list_changed");
      expect((await client.request("tools/list")).result).not.toEqual(earlier);
    },
  );

  it("quiet-changes: nothing is announced; list-changed and resource-updated on order", async () => {
    using server = watchedServer({ "quiet-changes": true });
    await using client = await openStdio(server.entry);
    await client.request("resources/subscribe", { uri: "test://shared" });
    server.set({ "change-tools": "empty" });
    await server.log.waitFor({ what: "control" });
    expect(await client.toolNames()).toEqual([]);
    expect(client.inbox.of("notifications/tools/list_changed")).toEqual([]);
    server.act({ do: "list-changed", kind: "prompts", count: 1000 });
    await client.inbox.waitFor("notifications/prompts/list_changed", 5_000, 1000);
    server.act({ do: "resource-updated", uri: "test://shared" });
    expect((await client.inbox.waitFor("notifications/resources/updated")).params).toEqual({ uri: "test://shared" });
  });

  it("features are all there is; lies are announced and refused", async () => {
    await using client = new StdioClient(stdioServer({ features: ["tools"], lies: ["resources"] }));
    const { result } = await client.handshake();
    expect(Object.keys(result?.["capabilities"] as object)).toEqual(["tools", "resources"]);
    expect((await client.request("resources/list")).error?.code).toBe(-32601);
    expect((await client.request("prompts/list")).error?.code).toBe(-32601);
  });

  it("modern listen: the ack, what was asked for, and its end; early-notification breaks the order", async () => {
    using server = watchedServer({ era: "modern", "early-notification": true });
    await using client = await openStdio({ ...server.entry, era: "modern" });
    const ended = client.request("subscriptions/listen", { notifications: { toolsListChanged: true } }, { id: "L" });
    await client.inbox.waitFor("notifications/subscriptions/acknowledged");
    expect(client.inbox.messages[0]?.method).toBe("notifications/tools/list_changed");
    server.act({ do: "list-changed", kind: "prompts" });
    server.act({ do: "list-changed" });
    const changed = await client.inbox.waitFor("notifications/tools/list_changed", 5_000, 2);
    expect(changed.params).toEqual({ _meta: { "io.modelcontextprotocol/subscriptionId": "L" } });
    expect(client.inbox.of("notifications/prompts/list_changed")).toEqual([]);
    server.act({ do: "end-listens" });
    expect((await ended).result).toMatchObject({ resultType: "complete", _meta: { "io.modelcontextprotocol/subscriptionId": "L" } });
  });
});

describe.concurrent("calls", () => {
  it("the tools that always are there", async () => {
    await using client = await open({ name: "n" });
    expect(await client.text("nonce", { nonce: "7" })).toBe("n 7");
    expect((await client.call("add", { a: 1, b: 2 })).result).toMatchObject({ structuredContent: { sum: 3 } });
    expect((await client.call("fail")).result).toMatchObject({ isError: true });
    expect((await client.call("rpc_error", { code: -32099 })).error).toMatchObject({ code: -32099, data: { detail: "of the server" } });
    expect(await client.text("query", { sql: "select 1" })).toBe("n rows for select 1");
    expect(JSON.parse(await client.text("process"))).toMatchObject({ cwd: process.cwd(), pid: client.pid });
    expect(JSON.parse(await client.text("env"))).toHaveProperty("PATH");
    expect(await client.text("big", { bytes: 10 })).toBe("bbbbbbbbbb");
    expect((await client.call("blocks", { kind: "unknown", count: 3 })).result?.content).toHaveLength(3);
    expect((await client.call("structured", { valid: false })).result).toMatchObject({ structuredContent: { more: true } });
    expect((await client.call("raw", { json: '{"__proto__":{"x":1},"n":9007199254740993}' })).result).toHaveProperty("n");
    expect(await client.text("raw_request")).toMatch(/^\{"jsonrpc":"2\.0","id":\d+,"method":"tools\/call"/);
    expect(await client.text("region", { region: "eu" })).toBe("eu");
    expect(await client.text("write_idempotent")).toBe("written");
    expect(await client.text("headers")).toBe("{}");
  });

  it("slow honours its cancel; late-cancelled answers all the same", async () => {
    using server = watchedServer();
    await using client = await openStdio(server.entry);
    void client.call("slow", { ms: 60_000 }, { id: "a" }).catch(() => {});
    client.cancel("a");
    await server.log.waitFor({ what: "aborted", id: "a", why: "cancelled" });
    server.set({ "late-cancelled": true });
    await server.log.waitFor({ what: "control" });
    const late = client.call("slow", { ms: 60_000 }, { id: "b" });
    client.cancel("b");
    expect(textOf(await late)).toBe("done");
  });

  it.each([
    ["good", [1, 2, 3], "t"],
    ["not-increasing", [3, 2, 1], "t"],
    ["foreign", [1, 2, 3], "made-up-token"],
  ] as const)("progress %s", async (kind, values, token) => {
    await using client = await open({ progress: kind });
    await client.call("progress", { steps: 3 }, { meta: { progressToken: "t" } });
    const reports = client.inbox.of("notifications/progress").map(({ params }) => params);
    expect(reports.map((report) => report?.["progress"])).toEqual(values);
    expect(reports.every((report) => report?.["progressToken"] === token)).toBe(true);
  });

  it("progress finished and without-token: for a call that is over, and for none", async () => {
    await using client = await open({ progress: "finished" });
    await client.call("progress", { steps: 1 }, { meta: { progressToken: "first" } });
    await client.call("progress", { steps: 1 }, { meta: { progressToken: "second" } });
    const tokens = client.inbox.of("notifications/progress").map(({ params }) => params?.["progressToken"]);
    expect(tokens).toEqual(["first", "first"]);
    await using other = await open({ progress: "without-token" });
    await other.call("progress", { steps: 1 });
    expect(other.inbox.of("notifications/progress")).toHaveLength(1);
  });

  it("progress floods", async () => {
    await using client = await open({});
    await client.call("progress", { steps: 10_000, bytes: 100 }, { meta: { progressToken: 1 } });
    expect(client.inbox.of("notifications/progress")).toHaveLength(10_000);
  });

  it("log: from the level that was set", async () => {
    await using client = await open({});
    await client.request("logging/setLevel", { level: "warning" });
    expect(await client.text("log", { level: "info" })).toBe("not wanted");
    expect(await client.text("log", { level: "error", count: 2 })).toBe("sent");
    expect(client.inbox.of("notifications/message")).toHaveLength(2);
  });

  it("legacy questions: rounds, ask-anyway, and one that belongs to no call", async () => {
    using server = watchedServer({ rounds: 2 });
    await using client = await openStdio({ ...server.entry, ...ASKED, answer: answering });
    expect(await client.text("elicit")).toBe(
      '[{"action":"accept","content":{"answer":"yes"}},{"action":"accept","content":{"answer":"yes"}}]',
    );
    expect(await client.text("roots")).toBe('[{"roots":[]},{"roots":[]}]');
    server.act({ do: "ask-unasked" });
    await client.inbox.waitFor("elicitation/create", 5_000, 3);
    await using other = await open({});
    expect((await other.call("sample")).result).toMatchObject({ isError: true });
    await using bold = await open({ "ask-anyway": true }, { answer: answering });
    expect(await bold.text("sample")).toContain('"text":"hi"');
  });

  it("modern questions: input_required, the state echoed or refused", async () => {
    using server = watchedServer({ era: "modern", rounds: 2 });
    await using client = await openStdio({ ...server.entry, ...ASKED, era: "modern" });
    const answer = { action: "accept", content: { answer: "yes" } };
    const first = (await client.call("elicit", { message: "Who?" })).result;
    expect(first).toMatchObject({
      resultType: "input_required",
      inputRequests: { k1: { method: "elicitation/create", params: { message: "Who?" } } },
    });
    const retry = { name: "elicit", arguments: { message: "Who?" } };
    const second = (
      await client.request("tools/call", { ...retry, inputResponses: { k1: answer }, requestState: String(first?.["requestState"]) })
    ).result;
    expect(second).toMatchObject({ inputRequests: { k2: {} } });
    const done = await client.request("tools/call", {
      ...retry,
      inputResponses: { k2: answer },
      requestState: String(second?.["requestState"]),
    });
    expect(JSON.parse(textOf(done))).toEqual([answer, answer]);
    expect((await client.request("tools/call", { ...retry, requestState: "forged" })).error?.code).toBe(-32602);
    expect(server.executions()).toBe(1);
    await using mute = await open({ era: "modern" }, { era: "modern" });
    expect((await mute.call("elicit")).error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
  });

  it("strike: timed switches act on order", async () => {
    using server = watchedServer({ exit: "8@now" });
    await using client = await openStdio(server.entry);
    await pause(50);
    server.act({ do: "strike" });
    expect(await client.exited).toMatchObject({ code: 8 });
  });
});
