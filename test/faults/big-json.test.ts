/** JSON that trips programs up: deep, wide, precise, named like prototypes, or no text at all. */

import { describe, expect, it } from "vitest";
import { stdioServer } from "../support/fixture.ts";
import type { HttpClient } from "../support/http-client.ts";
import { modernParams, textOf, type WireMessage } from "../support/inbox.ts";
import { startGateway } from "./gateway.ts";
import { rawServer } from "./raw-server.ts";
import { openServers } from "./servers.ts";

const DEEP = "[".repeat(100_000) + "]".repeat(100_000);
const BIG_INTEGER = "9007199254740993";

/** Values that JavaScript cannot hold as they are. */
const PRECISE = `{"integer":${BIG_INTEGER},"negative":-${BIG_INTEGER},"large":1e400,"small":1e-400,"zero":-0,"long":0.1000000000000000055511151231257827}`;

/** Keys that mean something to JavaScript, and one of them twice. */
const PROTOTYPES = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","hasOwnProperty":1,"__proto__ ":2}`;

describe("JSON", () => {
  it("BIG-03 BIG-04 arguments arrive as they were sent, whatever they hold", async () => {
    const renamed = { tools: { override: { mirror: { arguments: { id: { name: "renamed" } } } } } };
    const fixed = { tools: { override: { mirror: { arguments: { id: { value: 1 } } } } } };
    await using gateway = await startGateway({
      mcpServers: { a: rawServer(), renamed: { ...rawServer(), ...renamed }, fixed: { ...rawServer(), ...fixed } },
    });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await legacy.toolNames();
    const key = "k".repeat(1024 * 1024);
    const cases = [`{"x":${DEEP}}`, `{"${key}":1}`, PRECISE, PROTOTYPES, '{"u":"\\ud800 \\u0000 \\u2028 \u2028 😀"}'];
    for (const [nth, args] of cases.entries()) {
      for (const client of [legacy, modern]) {
        for (const server of ["a", "renamed", "fixed"]) {
          const seen = textOf(await callRaw(client, `${server}__mirror`, args));
          const at = seen.indexOf('"arguments":') + '"arguments":'.length;
          const whole = server === "fixed" ? `${args.slice(0, -1)},"id":1}` : args;
          expect(seen.slice(at, at + whole.length) === whole, `case ${nth} to ${server}: ${seen.slice(at, at + 200)}`).toBe(true);
        }
      }
    }
    const own = `{"traceparent":"00-x","precise":${PRECISE},"deep":${DEEP}}`;
    const seen = textOf(await callRaw(legacy, "a__mirror", "{}", own));
    expect(seen).toContain(`"precise":${PRECISE}`);
    expect(seen.includes(`"deep":${DEEP}`)).toBe(true);
    expect(textOf(await legacy.call("a__mirror"))).not.toContain("polluted");
  });

  it("BIG-03 BIG-04 results arrive as they were sent, in every mix of eras", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await legacy.toolNames();
    const results = [PRECISE, PROTOTYPES].map(
      (value) => `{"content":[],"structuredContent":${value},"own":${value},"_meta":{"own":${value}}}`,
    );
    await servers.each(async ({ name }) => {
      for (const client of [legacy, modern]) {
        for (const result of results) {
          const body = await rawAnswer(client, `${name}__raw`, JSON.stringify({ json: result }));
          const value = result.slice(result.indexOf('"own":') + 6, result.indexOf(',"_meta"'));
          expect(body).toContain(`"structuredContent":${value}`);
          expect(body).toContain(`"own":${value},`);
          expect(body).toContain(`{"own":${value}`);
        }
      }
    });
  });

  it("BIG-03 deep results, errors, news, questions and definitions fail alone at worst, and harm nobody", async () => {
    await using gateway = await startGateway({ mcpServers: { a: rawServer(), b: stdioServer(), c: rawServer("capabilities") } });
    await gateway.untilReady(["a", "b"]);
    await gateway.untilServer("c", ({ reason = "" }) => reason.includes("nested too deeply"));
    const capabilities = { elicitation: {} };
    await using legacy = await gateway.client({ capabilities });
    await using modern = await gateway.client({ era: "modern", capabilities });
    await using pipe = gateway.home.stdio([], { capabilities });
    await pipe.handshake();
    expect((await modern.request("server/discover")).result).toMatchObject({ capabilities: { tools: {} } });
    expect(await legacy.toolNames()).not.toContain("a__deep_definition");
    for (const client of [legacy, modern, pipe]) {
      const other = client.call("b__slow", { ms: 1_000 });
      const result = await client.call("a__deep_result", {}, { meta: { progressToken: "mine" } });
      expect(depthOf((result.result?.structuredContent as { deep: unknown } | undefined)?.deep)).toBe(100_000);
      expect((await client.call("a__deep_error")).error).toMatchObject({ code: -32000, message: "deep" });
      for (const tool of ["deep_progress", "deep_log", "deep_question"]) {
        const answer = await client.call(`a__${tool}`, {}, { meta: { progressToken: tool } });
        expect(textOf(answer), tool).toMatch(/told|^Server "a"/);
      }
      expect(textOf(await other)).toBe("done");
    }
    expect(await gateway.server("a")).toMatchObject({ state: "ready", restarts: 0 });
    expect(gateway.log).not.toContain("fault of our own");
  });

  it("BIG-03 an id that JavaScript would round is refused or echoed, never changed", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() } });
    await using client = await gateway.client();
    await client.toolNames();
    for (const id of [BIG_INTEGER, "1e400", "1.5", `-${BIG_INTEGER}`, "[1]", "{}", "true", "9007199254740991", '"9007199254740993"']) {
      const headers = { "mcp-session-id": client.session ?? "", "mcp-protocol-version": "2025-11-25" };
      const answer = await fetch(gateway.url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", accept: "application/json" },
        body: `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"a__echo","arguments":{"text":"x"}}}`,
      });
      const body = await answer.text();
      if (answer.status === 200) expect(body).toContain(`"id":${id},`);
      else expect(JSON.parse(body)).toMatchObject({ id: null, error: { code: -32600 } });
      expect(answer.status === 200, id).toBe(id === "9007199254740991" || id.startsWith('"'));
    }
  });

  it("BIG-04 a million keys arrive, in arguments and in results", async () => {
    await using gateway = await startGateway({
      mcpServers: { a: rawServer(), b: stdioServer() },
      limits: { message: "32MB", body: "32MB" },
    });
    await using client = await gateway.client();
    await client.toolNames();
    const wide = `{${Array.from({ length: 1_000_000 }, (_, nth) => `"k${nth}":1`).join(",")}}`;
    expect(textOf(await callRaw(client, "a__mirror", wide)).includes(wide)).toBe(true);
    const body = await rawAnswer(client, "b__raw", JSON.stringify({ json: `{"content":[],"structuredContent":${wide}}` }));
    expect(body.includes(wide)).toBe(true);
    expect(await client.text("b__echo", { text: "well" })).toBe("well");
  });

  it("BIG-05 bytes that are no text, and characters that end lines, leave the framing whole", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    await legacy.toolNames();
    const content = (text: Buffer | string): string =>
      Buffer.concat([Buffer.from('{"content":[{"type":"text","text":"'), Buffer.from(text), Buffer.from('"}]}')]).toString("base64");
    const texts: readonly (readonly [string, Buffer | string, string])[] = [
      ["invalid UTF-8", Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x62]), "a\ufffd\ufffd(\ufffd\ufffd\ufffdb"],
      ["cut short", Buffer.from([0x61, 0xf0, 0x9f, 0x98]), "a\ufffd"],
      ["lone surrogates", "\\ud83d|\\ude00", "\ud83d|\ude00"],
      ["NUL", "a\\u0000b", "a\u0000b"],
      ["line separators", "a\u2028b\u2029c\u0085d\\r\\n", "a\u2028b\u2029c\u0085d\r\n"],
    ];
    await servers.each(async ({ name }) => {
      for (const client of [legacy, modern, pipe]) {
        for (const [what, text, seen] of texts) expect(await client.text(`${name}__raw`, { base64: content(text) }), what).toBe(seen);
        expect(await client.text(`${name}__echo`, { text: "well" })).toBe("well");
      }
    });
    expect((await gateway.state()).servers.every(({ state, restarts }) => state === "ready" && restarts === 0)).toBe(true);
  });
});

/** Calls a tool with arguments, and own metadata, given as JSON text. */
async function callRaw(client: HttpClient, name: string, args: string, meta?: string): Promise<WireMessage> {
  return JSON.parse(await rawAnswer(client, name, args, meta)) as WireMessage;
}

let nextId = 1;

/** The answer's text. */
async function rawAnswer(client: HttpClient, name: string, args: string, meta?: string): Promise<string> {
  const modern = client.session === undefined;
  const params = JSON.stringify({ name, arguments: "ARGS", ...(modern ? modernParams({}, {}) : {}), ...(meta && { _meta: "META" }) });
  const filled = params.replace('"ARGS"', () => args).replace('"META"', () => meta ?? "");
  const version = modern ? "2026-07-28" : "2025-11-25";
  const routing = modern ? { "mcp-method": "tools/call", "mcp-name": name } : { "mcp-session-id": client.session ?? "" };
  const answer = await fetch(client.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "mcp-protocol-version": version, ...routing },
    body: `{"jsonrpc":"2.0","id":"raw ${nextId++}","method":"tools/call","params":${filled}}`,
  });
  return await answer.text();
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let inner = value; Array.isArray(inner); inner = (inner as unknown[])[0]) depth++;
  return depth;
}
