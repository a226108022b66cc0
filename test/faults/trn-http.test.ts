/** TRN: what may go wrong on the way to a server behind HTTP. */

import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startHttp, startSse, stdioServer, type Flags, type HttpServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { makeHome, startGateway } from "./gateway.ts";

const MODERN = { era: "modern" } as const;

/** How soon a lost connection must be told: it is known at once; the rest is slack. */
const AT_ONCE_MS = 2_000;

describe.concurrent("TRN-05", () => {
  const lost: [string, Flags][] = [
    ["dropped before its headers", { drop: "-1@call:write" }],
    ["dropped in the middle of a stream", { "sse-answers": true, drop: "10@call:write" }],
    ["ended as if whole", { "sse-answers": true, cut: "0@call:write" }],
    ["cut in the middle of its JSON", { cut: "20@call:write" }],
    ["of a modern server, dropped", { ...MODERN, drop: "0@call:write" }],
    ["of a modern server, ended as if whole", { ...MODERN, "sse-answers": true, cut: "0@call:write" }],
  ];

  it.each(lost)("TRN-05 an answer %s: the outcome is unknown, nothing is sent again, a new call is a new request", async (_, flags) => {
    await using server = await startHttp({ ...flags, session: flags.era !== "modern" });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const startedAt = performance.now();
    const answer = await client.call("s__write", { text: "once" });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(answer.result).toMatchObject({ isError: true, _meta: { "toolyard/error": { code: "OUTCOME_UNKNOWN" } } });
    expect(server.executions()).toBe(1);
    await server.set({ drop: [], cut: [] });
    expect(await client.text("s__write", { text: "twice" })).toBe("written");
    const ids = server.log.all({ what: "in", name: "write" }).map(({ id }) => id);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(2);
  });

  it("TRN-05 a legacy server that hangs up on purpose is asked for the rest, not for the call", async () => {
    await using server = await startHttp({ session: true, "sse-answers": true, resumable: true, "hang-up": true });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    expect(await client.text("s__write", { text: "once" })).toBe("written");
    expect(server.executions()).toBe(1);
  });

  it("TRN-05 the old HTTP+SSE: its stream breaks during a call", async () => {
    await using server = await startSse();
    await using gateway = await startGateway({ mcpServers: { s: { type: "sse", url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const call = client.call("s__slow", { ms: 20_000 });
    await server.log.waitFor({ what: "in", name: "slow" });
    await server.control({ do: "drop-streams" });
    expect((await call).result).toMatchObject({ isError: true, _meta: { "toolyard/error": { code: "OUTCOME_UNKNOWN" } } });
    await gateway.untilReady();
    expect(await client.text("s__echo", { text: "again" })).toBe("again");
    expect(server.log.count({ what: "in", name: "slow" })).toBe(1);
  });
});

describe.concurrent("TRN-06", () => {
  it("TRN-06 twenty calls find their session forgotten: one new handshake, each call runs once", async () => {
    await using server = await startHttp({ session: true, "require-session": true });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = server.log.count({ what: "in", method: "initialize" });
    await server.control({ do: "forget-sessions" });
    const calls = Array.from({ length: 20 }, (_, index) => client.text("s__nonce", { nonce: `${index}` }));
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `hostile ${index}`));
    expect(server.log.count({ what: "in", method: "initialize" }) - before).toBe(1);
    expect(server.executions()).toBe(20);
    expect(await gateway.server("s")).toMatchObject({ state: "ready" });
  });

  it("TRN-06 calls under way when the session goes: what was sent is not sent again", async () => {
    await using server = await startHttp({ session: true });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url, timeouts: { call: "3s" } } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const running = Array.from({ length: 5 }, () => client.call("s__slow", { ms: 1_000 }));
    await server.log.waitFor({ what: "in", name: "slow" }, 5_000, 5);
    await server.control({ do: "forget-sessions" });
    expect(await client.text("s__echo", { text: "new" })).toBe("new");
    for (const answer of await Promise.all(running)) expect(textOf(answer)).toMatch(/^done$|OUTCOME_UNKNOWN|CALL_TIMEOUT/);
    expect(server.log.count({ what: "in", name: "slow" })).toBe(5);
  });

  it("TRN-06 a server that forgets every session is told of, not asked for ever", async () => {
    await using server = await startHttp({ session: true });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await server.set({ status: "404@call" });
    const before = server.log.count({ what: "in", method: "initialize" });
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.call("s__echo", { text: "x" })));
    for (const answer of answers) expect(textOf(answer)).toMatch(/Server "s".*404/s);
    expect(server.log.count({ what: "in", method: "initialize" }) - before).toBeLessThanOrEqual(5);
    expect(server.executions()).toBe(0);
  });
});

describe.concurrent("TRN-07", () => {
  const answers: [string, Flags, RegExp][] = [
    ["502 with two megabytes of HTML", { status: "502@call:add", "status-body": "2000000*" }, /502/],
    ["500 without a body", { status: "500@call:add", "status-body": "" }, /500/],
    ["503 with Retry-After", { status: "503@call:add", "retry-after": "120" }, /503/],
    ["a redirect", { redirect: "http://127.0.0.1:9/mcp@call:add" }, /307/],
    ["HTML in place of JSON", { garbage: "html@call:add" }, /no MCP message|200/],
    ["plain text", { garbage: "text@call:add" }, /no MCP message|200/],
    ["half of its JSON", { garbage: "half@call:add" }, /no MCP message|200/],
    ["nothing at all", { cut: "0@call:add" }, /no MCP message|200|broke off|ended/],
    ["a list", { garbage: "array@call:add" }, /no MCP message|200|neither/],
    ["null", { garbage: "null@call:add" }, /no object/],
    ["a message that is none", { garbage: "no-jsonrpc@call:add" }, /./],
  ];

  it.each(answers)("TRN-07 %s: an error with the status and a short excerpt; it counts as a failure", async (_, flags, says) => {
    await using server = await startHttp(flags);
    await using gateway = await startGateway({
      limits: { breaker: { failures: 3, open: "30s" }, backoff: { first: "10ms", max: "10ms" } },
      mcpServers: { s: { url: server.url, timeouts: { call: "2s" } } },
    });
    await gateway.untilReady();
    await using client = await gateway.client();
    const texts: string[] = [];
    for (let call = 0; call < 4; call++) {
      await gateway.untilReady();
      texts.push(textOf(await client.call("s__add", { a: 1, b: 2 })));
    }
    expect(texts[0]).toMatch(says);
    expect(texts[0]).toMatch(/^Server "s", tool "s__add": .*\[[A-Z_]+\]/s);
    expect(texts[0]?.length).toBeLessThan(1_024 + 400);
    expect(texts.join("\n")).not.toMatch(/\n\s+at |node:|\.ts:/);
    expect(texts[3]).toMatch(/SERVER_BREAKER_OPEN/);
  });

  it("TRN-07 the same at the handshake: the reason is in the state, and a mended server is found", async () => {
    await using server = await startHttp({ status: "502@any", "status-body": "2000000*" });
    await using gateway = await startGateway({
      limits: { backoff: { first: "50ms", max: "200ms" } },
      mcpServers: { s: { url: server.url }, good: stdioServer() },
    });
    const { reason = "" } = await gateway.untilServer("s", (status) => status.reason?.includes("502") === true);
    expect(reason.length).toBeLessThan(1_024 + 400);
    await gateway.untilServer("good", "ready");
    await server.set({ status: [] });
    await gateway.untilServer("s", "ready");
  });

  it("TRN-07 an endless body is given up at the limit", async () => {
    await using server = await startHttp();
    await using gateway = await startGateway({ limits: { message: "100KB" }, mcpServers: { s: { url: server.url } } });
    await gateway.untilReady();
    await using client = await gateway.client();
    for (const sse of [false, true]) {
      await server.set({ "sse-answers": sse });
      expect(textOf(await client.call("s__big", { bytes: 1_000_000 }))).toMatch(/MESSAGE_TOO_LARGE/);
    }
    expect(await client.text("s__echo", { text: "fine" })).toBe("fine");
  });
});

describe.concurrent("TRN-09", () => {
  const bad: [NonNullable<Flags["tls"]>, RegExp][] = [
    ["expired", /expired/i],
    ["wrong-name", /name|altname|elsewhere/i],
  ];

  it.each(bad)("TRN-09 a certificate that is %s: refused by name, nothing is sent, no way around is shown", async (tls, says) => {
    await using server = await startHttp({ tls });
    const { status, calls } = await meet(server, server.ca);
    expect(status.state).not.toBe("ready");
    expect(status.reason).toMatch(says);
    expect(`${status.reason} ${status.mend} ${calls}`).not.toMatch(/insecure|REJECT_UNAUTHORIZED|rejectUnauthorized|plain|http:\/\//i);
    expect(server.log.all({ what: "headers" })).toEqual([]);
    expect(server.log.all({ what: "in" })).toEqual([]);
  });

  it("TRN-09 an authority that nobody knows: refused; one that was made known: used", async () => {
    await using server = await startHttp({ tls: "good" });
    const stranger = await meet(server, undefined);
    expect(stranger.status.reason).toMatch(/certificate|self.signed|issuer/i);
    expect(server.log.all({ what: "in" })).toEqual([]);
    const known = await meet(server, server.ca);
    expect(known.status.state).toBe("ready");
  });
});

/** How a server stands in a gateway that trusts this authority, and what a call of it says. */
async function meet(
  server: HttpServer,
  ca: string | undefined,
): Promise<{ status: { state: string; reason?: string; mend?: string }; calls: string }> {
  using home = makeHome({ mcpServers: { s: { url: server.url } } });
  const file = home.directory.file("ca.pem");
  writeFileSync(file, ca ?? "");
  await using gateway = await home.serve([], { env: ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: file } });
  const status = await gateway.untilServer("s", ({ state, reason }) => state === "ready" || reason !== undefined);
  await using client = await gateway.client();
  return { status, calls: textOf(await client.call("s__echo", { text: "x" })) };
}
