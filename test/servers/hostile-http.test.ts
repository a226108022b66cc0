/** Switches of Streamable HTTP and of the old HTTP+SSE do what they say. */

import { describe, expect, it } from "vitest";
import { startHttp, startSse, type Flags } from "../support/fixture.ts";
import { HttpClient, HttpFailure, openHttp } from "../support/http-client.ts";
import { readEvents, send } from "../support/http-raw.ts";
import { textOf } from "../support/inbox.ts";
import { isAlive } from "../support/processes.ts";
import { until } from "../support/wait.ts";

const MODERN = { era: "modern" } as const;
const failure = (status: number): unknown => expect.objectContaining({ status });

describe.concurrent("sessions and streams", () => {
  it("stateless by default: no session id, one JSON object an answer", async () => {
    await using server = await startHttp();
    await using client = await openHttp(server.url);
    expect(client.session).toBeUndefined();
    expect(await client.text("nonce", { nonce: "1" })).toBe("hostile 1");
    expect(JSON.parse(await client.text("headers"))).toMatchObject({ "mcp-protocol-version": "2025-11-25" });
    expect(server.log.violations()).toEqual([]);
  });

  it("session: issued, wanted, forgotten, ended", async () => {
    await using server = await startHttp({ session: true, "require-session": true });
    await using client = await openHttp(server.url);
    expect(client.session).toMatch(/^[0-9a-f-]{36}$/);
    expect(await server.control({})).toMatchObject({ sessions: [client.session] });
    await using stranger = new HttpClient(server.url);
    expect(await stranger.request("tools/list")).toMatchObject({ status: 400, error: { code: -32000 } });
    await server.control({ do: "forget-sessions" });
    expect(await client.request("tools/list")).toMatchObject({ status: 404, error: { code: -32001 } });
    await client.handshake();
    expect((await client.deleteSession()).status).toBe(200);
    expect((await client.deleteSession()).status).toBe(404);
  });

  it("GET stream: list_changed in the session; no-get and a second stream are refused", async () => {
    await using server = await startHttp({ session: true });
    await using client = await openHttp(server.url);
    const stream = await client.listen();
    expect((await client.listen()).status).toBe(409);
    await server.set({ "change-tools": "add" });
    await client.inbox.waitFor("notifications/tools/list_changed");
    await server.control({ do: "drop-streams" });
    await stream.ended;
    await server.set({ "no-get": true });
    expect((await client.listen()).status).toBe(405);
  });

  it("sse-answers: also one message comes as a stream; progress comes before the answer", async () => {
    await using server = await startHttp({ "sse-answers": true });
    await using client = await openHttp(server.url);
    const answer = await client.post({ jsonrpc: "2.0", id: 9, method: "ping" });
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    expect(await answer.text()).toContain("event: message\ndata: {");
    await client.call("progress", { steps: 2 }, { meta: { progressToken: "p" } });
    expect(client.inbox.messages.slice(-3).map(({ method }) => method)).toEqual([
      "notifications/progress",
      "notifications/progress",
      undefined,
    ]);
  });

  it.each([
    ["crlf", "bom"],
    ["cr", "comments"],
    ["bare", "multiline", "retry"],
  ])("sse-style %s %s is still a stream of events", async (...styles) => {
    await using server = await startHttp({ "sse-answers": true, "sse-style": styles.filter(Boolean), "split-at": 5 });
    await using client = await openHttp(server.url);
    expect(await client.text("echo", { text: "a\nb é" })).toBe("a\nb é");
  });

  it("resumable and hang-up: the answer is replayed to whoever resumes", async () => {
    await using server = await startHttp({ session: true, resumable: true, "hang-up": true, slow: "100@call" });
    await using client = new HttpClient(server.url);
    await client.handshake().catch(() => {});
    const [{ session } = { session: "" }] = server.log.all({ what: "session" });
    client.session = String(session);
    const answer = await client.post({
      jsonrpc: "2.0",
      id: 2,
      method: "tools/call",
      params: { name: "echo", arguments: { text: "later" } },
    });
    const ids: (string | undefined)[] = [];
    await readEvents(answer.stream, (_, id) => ids.push(id));
    expect(ids).toEqual([]);
    const stream = await client.listen("s1-0");
    await stream.ended;
    expect(client.inbox.messages.map(textOf)).toEqual(["later"]);
  });

  it("legacy questions come on the stream of the call; ask-on-get puts them on the other", async () => {
    await using server = await startHttp({ session: true });
    const options = { capabilities: { roots: {} }, answer: () => ({ roots: [] }) };
    await using client = await openHttp(server.url, options);
    expect(await client.text("roots")).toBe('[{"roots":[]}]');
    await server.set({ "ask-on-get": true });
    const stream = await client.listen();
    expect(await client.text("roots")).toBe('[{"roots":[]}]');
    stream.close();
    await server.log.waitFor({ what: "closed", method: "GET" });
    await expect(client.call("roots", {}, { deadlineMs: 200 })).rejects.toThrow();
  });

  it("tools-by-credential: the list depends on who asks", async () => {
    await using server = await startHttp({ "tools-by-credential": true, only: ["for_Ann"] });
    await using ann = await openHttp(server.url, { headers: { authorization: "Ann" } });
    await using bob = await openHttp(server.url, { headers: { authorization: "Bob" } });
    expect([await ann.toolNames(), await bob.toolNames()]).toEqual([["for_Ann"], []]);
  });

  it("a legacy disconnect is no cancel, a modern one is", async () => {
    await using server = await startHttp({ era: "both" });
    for (const era of ["legacy", "modern"] as const) {
      await using client = await openHttp(server.url, { era });
      const leave = new AbortController();
      const call = client.call("slow", { ms: 300 }, { id: era, signal: leave.signal });
      await server.log.waitFor({ what: "in", id: era });
      leave.abort();
      await expect(call).rejects.toThrow();
      await server.log.waitFor({ what: "closed", id: era });
    }
    await server.log.waitFor({ what: "aborted", id: "modern", why: "closed" });
    await server.log.waitFor({ what: "executed", id: "legacy" });
  });
});

describe.concurrent("the modern era's rules", () => {
  it("a proper client breaks none", async () => {
    await using server = await startHttp({ era: "modern" });
    await using client = await openHttp(server.url, MODERN);
    expect(await client.text("echo", { text: "é" })).toBe("é");
    const region = { headers: { "mcp-param-region": "=?base64?w6k=?=" } };
    expect(textOf(await client.call("region", { region: "é" }, region))).toBe("é");
    expect((await client.listen()).status).toBe(405);
    expect((await client.request("resources/read", { uri: "test://shared" })).result).toMatchObject({ ttlMs: 0 });
    expect(server.log.violations()).toEqual([]);
  });

  it("headers that are missing or differ are refused, unless lax-headers", async () => {
    await using server = await startHttp({ era: "modern" });
    await using client = await openHttp(server.url, MODERN);
    const mismatch = { status: 400, error: { code: -32020 } };
    expect(await client.call("echo", {}, { headers: { "mcp-name": "other" } })).toMatchObject(mismatch);
    expect(await client.call("region", { region: "eu" })).toMatchObject(mismatch);
    expect(await client.request("prompts/list", {}, { headers: { "mcp-protocol-version": "2025-11-25" } })).toMatchObject(mismatch);
    expect(await client.request("prompts/list", {}, { headers: { accept: "application/json" } })).toMatchObject({ status: 406 });
    expect(server.log.violations()).toHaveLength(4);
    await server.set({ "lax-headers": true });
    expect(textOf(await client.call("region", { region: "eu" }))).toBe("eu");
  });

  it("statuses of errors", async () => {
    await using server = await startHttp({ era: "modern" });
    await using client = await openHttp(server.url, MODERN);
    expect(await client.request("ping")).toMatchObject({ status: 404, error: { code: -32601 } });
    expect(await client.call("elicit")).toMatchObject({ status: 400, error: { code: -32021 } });
    expect(await client.call("rpc_error")).toMatchObject({ status: 200, error: { code: -32050 } });
  });
});

describe.concurrent("faults of HTTP", () => {
  it("status with its body and headers, for as often as said", async () => {
    const flags: Flags = { status: "502@call#1-2", "status-body": "2000000*", "www-authenticate": "Bearer realm=x", "retry-after": "7" };
    await using server = await startHttp(flags);
    await using client = await openHttp(server.url);
    const answer = await client.post({ jsonrpc: "2.0", id: 5, method: "tools/call", params: { name: "echo" } });
    expect(answer).toMatchObject({
      status: 502,
      headers: { "content-type": "text/html", "www-authenticate": "Bearer realm=x", "retry-after": "7" },
    });
    expect((await answer.text()).length).toBe(2_000_000);
    await server.set({ "status-body": "headers" });
    await expect(client.call("echo", {}, { headers: { authorization: "s3cret" } })).rejects.toThrow("s3cret");
    expect(await client.text("echo", { text: "well again" })).toBe("well again");
    expect(server.log.count({ what: "status", status: 502 })).toBe(2);
  });

  it("redirect", async () => {
    await using server = await startHttp({ redirect: "http://127.0.0.1:9/@initialize" });
    await using client = new HttpClient(server.url);
    await expect(client.handshake()).rejects.toEqual(failure(307));
  });

  it("drop: the socket is gone before, within and between", async () => {
    await using server = await startHttp({ drop: ["-1@call:pid", "0@call:nonce", "20@call:echo"] });
    await using client = await openHttp(server.url);
    for (const name of ["pid", "nonce", "echo"]) {
      await expect(client.call(name)).rejects.toThrow(/hang up|aborted/);
    }
    expect(server.executions()).toBe(3);
    await server.set({ "sse-answers": true });
    await expect(client.call("echo")).rejects.toThrow();
  });

  it("cut: a body that ends too early, as if it were whole", async () => {
    await using server = await startHttp({ cut: ["0@call:pid", "25@call:echo"] });
    await using client = await openHttp(server.url);
    const failed = await client.call("pid").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(HttpFailure);
    expect(failed).toMatchObject({ status: 200, body: "" });
    await expect(client.call("echo")).rejects.toMatchObject({ body: expect.stringMatching(/^.{25}$/) });
  });

  it("content-type, headers-delay and garbage", async () => {
    await using server = await startHttp({ "content-type": "text/plain", "headers-delay": "200@ping", garbage: "html@list" });
    await using client = new HttpClient(server.url);
    const began = Date.now();
    const answer = await client.post({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect(Date.now() - began).toBeGreaterThanOrEqual(195);
    expect(answer.headers["content-type"]).toBe("text/plain");
    await expect(client.request("tools/list")).rejects.toThrow("Bad gateway");
  });

  it("require-header: 401 without it", async () => {
    await using server = await startHttp({ "require-header": "Authorization: Bearer good" });
    await using good = await openHttp(server.url, { headers: { authorization: "Bearer good" } });
    expect(await good.text("echo", { text: "in" })).toBe("in");
    await using bad = new HttpClient(server.url, { headers: { authorization: "Bearer bad" } });
    await expect(bad.handshake()).rejects.toEqual(failure(401));
  });

  it("exit after the answer: it arrives, then nobody listens", async () => {
    await using server = await startHttp({ exit: "0@after-call" });
    await using client = await openHttp(server.url);
    expect(await client.text("echo", { text: "last words" })).toBe("last words");
    await until(() => !isAlive(server.pid));
    await expect(client.call("echo")).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  });

  it("what is no message gets 400, and /control refuses what it does not know", async () => {
    await using server = await startHttp();
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    for (const body of ["{", "[]", "1", '{"id":1}']) expect((await send(server.url, { body, headers })).status).toBe(400);
    await expect(server.control({ set: { "no-such": 1 } as Flags })).rejects.toThrow('no switch "no-such"');
    expect((await send(server.url.replace("/mcp", "/elsewhere"), { body: "{}", headers })).status).toBe(404);
  });

  it("stop: the port is free for the next one", async () => {
    const first = await startHttp();
    await first.stop();
    await using second = await startHttp({ http: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
  });

  it.each(["good", "expired", "wrong-name"] as const)("tls %s", async (tls) => {
    await using server = await startHttp({ tls });
    expect(server.url).toMatch(/^https:/);
    await using client = new HttpClient(server.url, server.ca === undefined ? {} : { ca: server.ca });
    if (tls === "good") return expect((await client.handshake()).status).toBe(200);
    await expect(client.handshake()).rejects.toMatchObject({
      code: tls === "expired" ? "CERT_HAS_EXPIRED" : "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });
});

describe.concurrent("the old HTTP+SSE", () => {
  it.each([
    ["relative", /^\/messages\?session=/],
    ["absolute", /^http:\/\/127\.0\.0\.1:\d+\/messages/],
    ["foreign", /^http:\/\/127\.0\.0\.1:9\/messages/],
  ] as const)("endpoint %s, then answers on the stream", async (endpoint, pattern) => {
    await using server = await startSse({ endpoint });
    const leave = new AbortController();
    const stream = await send(server.url, { method: "GET", headers: { accept: "text/event-stream" }, signal: leave.signal });
    const data: string[] = [];
    const ended = readEvents(stream.stream, (text) => data.push(text)).catch(() => {});
    await until(() => data.length === 1);
    expect(data[0]).toMatch(pattern);
    if (endpoint !== "foreign") {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
      const posted = await send(new URL(data[0] ?? "", server.url).href, { body, headers: { "content-type": "application/json" } });
      expect(posted.status).toBe(202);
      await until(() => data.length === 2);
      expect(JSON.parse(data[1] ?? "")).toMatchObject({ id: 1, result: { protocolVersion: "2025-11-25" } });
    }
    leave.abort();
    await ended;
    await server.log.waitFor({ what: "closed" });
    expect(await server.control({})).toMatchObject({ sessions: [] });
  });

  it("POST to the stream's address is refused, as clients of the newer transport find out", async () => {
    await using server = await startSse({ endpoint: "none" });
    await using client = new HttpClient(server.url);
    await expect(client.handshake()).rejects.toEqual(failure(405));
  });
});
