/** Protocol: requests that contradict themselves, or are none. */

import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { stdioServer } from "../support/fixture.ts";
import { send } from "../support/http-raw.ts";
import { LEGACY_VERSION, MODERN_VERSION, modernParams } from "../support/inbox.ts";
import { isAlive } from "../support/processes.ts";
import { until, within } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";

const TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const META = "io.modelcontextprotocol/";
const ECHO = "a__echo";

const withEcho = (): Promise<Gateway> => startGateway({ mcpServers: { a: stdioServer() } });

interface Said {
  readonly status: number;
  readonly code: number | undefined;
  readonly data: unknown;
  readonly message: string;
  readonly id: unknown;
}

/** The headers that belong to a modern call of `echo`. */
const rightHeaders = { ...TYPES, "mcp-protocol-version": MODERN_VERSION, "mcp-method": "tools/call", "mcp-name": ECHO };

function echo(text = "hello", name = ECHO): JsonObject {
  const params = modernParams({ name, arguments: { text } }, {});
  return { jsonrpc: "2.0", id: 1, method: "tools/call", params };
}

async function post(url: string, body: JsonObject | string, headers: Readonly<Record<string, string>>): Promise<Said> {
  const answer = await send(url, { headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return read(answer.status, await answer.text());
}

function read(status: number, text: string): Said {
  const message = (text.startsWith("{") ? JSON.parse(text) : {}) as {
    id?: unknown;
    error?: { code: number; data?: unknown; message: string };
  };
  return { status, code: message.error?.code, data: message.error?.data, message: message.error?.message ?? text, id: message.id };
}

describe("headers against the body", () => {
  const without = (header: string): Record<string, string> =>
    Object.fromEntries(Object.entries(rightHeaders).filter(([name]) => name !== header));
  const [withoutVersion, withoutMethod, withoutName] = [without("mcp-protocol-version"), without("mcp-method"), without("mcp-name")];
  const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString("base64")}?=`;

  it("PRO-03 those that say what the body says pass, however they are written", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    const good: Readonly<Record<string, string>>[] = [
      rightHeaders,
      { ...withoutName, "mcp-name": base64(ECHO) },
      { ...withoutName, "MCP-NAME": ECHO },
      { ...withoutName, "Mcp-Name": `  ${ECHO}  ` },
      { ...withoutVersion, "Mcp-Protocol-Version": MODERN_VERSION },
      { ...rightHeaders, "mcp-session-id": "of another time", "last-event-id": "7" },
    ];
    for (const headers of good) {
      const answer = await send(gateway.url, { headers, body: JSON.stringify(echo()) });
      expect({ headers, status: answer.status, body: await answer.text() }).toMatchObject({
        status: 200,
        body: expect.stringContaining("hello"),
      });
    }
  });

  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ["no version", withoutVersion],
    ["no method", withoutMethod],
    ["no name", withoutName],
    ["another version", { ...rightHeaders, "mcp-protocol-version": LEGACY_VERSION }],
    ["another method", { ...rightHeaders, "mcp-method": "tools/list" }],
    ["another case of the method", { ...rightHeaders, "mcp-method": "Tools/Call" }],
    ["another name", { ...rightHeaders, "mcp-name": "a__fail" }],
    ["another name in base64", { ...rightHeaders, "mcp-name": base64("a__fail") }],
    ["broken base64", { ...rightHeaders, "mcp-name": "=?base64?!!!?=" }],
    ["base64 of what is no text", { ...rightHeaders, "mcp-name": "=?base64?/w==?=" }],
    ["the mark of base64 in capitals", { ...rightHeaders, "mcp-name": base64(ECHO).replace("base64", "BASE64") }],
    ["a character that no header may have", { ...rightHeaders, "mcp-name": "a__echo\u00e9" }],
    ["nothing", { ...rightHeaders, "mcp-name": "" }],
  ])("PRO-03 %s: 400 and -32020", async (_, headers) => {
    await using gateway = await withEcho();
    expect(await post(gateway.url, echo(), headers)).toMatchObject({ status: 400, code: -32020, id: 1 });
  });

  it("PRO-03 twice, folded, or with control characters: refused, and nothing is called", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    const body = JSON.stringify(echo());
    const lines = Object.entries({ ...rightHeaders, host: "localhost", "content-length": String(body.length) });
    const text = (name: string): string =>
      lines.map(([key, value]) => (key === "mcp-name" ? name : `${key}: ${value}\r\n`)).join("") + "connection: close\r\n";
    const bad = {
      "a name twice": `mcp-name: ${ECHO}\r\nmcp-name: a__fail\r\n`,
      "a line break within": `mcp-name: ${ECHO}\r\n a__fail\r\n`,
      "a bare CR": `mcp-name: ${ECHO}\rx: y\r\n`,
      "a bare LF": `mcp-name: a__ec\nho\r\n`,
      "a zero": `mcp-name: ${ECHO}\0\r\n`,
      "an escape": `mcp-name: ${ECHO}\u001b[31m\r\n`,
    };
    for (const [what, name] of Object.entries(bad)) {
      const answer = await raw(gateway, `POST /mcp HTTP/1.1\r\n${text(name)}\r\n${body}`);
      expect(`${what}: ${answer}`).toMatch(/: HTTP\/1\.1 400 /);
      expect(answer).not.toContain("hello");
    }
    const smuggled = await raw(gateway, `POST /mcp HTTP/1.1\r\n${text(`mcp-name: ${ECHO}\r\n`)}transfer-encoding: chunked\r\n\r\n${body}`);
    expect(smuggled).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("PRO-03 headers of a tool's own arguments are compared too", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    const body = { ...echo("", "a__region"), params: modernParams({ name: "a__region", arguments: { region: "eu" } }, {}) };
    const headers = { ...rightHeaders, "mcp-name": "a__region" };
    await using client = await gateway.client({ era: "modern" });
    const { result } = await client.request("tools/list");
    const schema = result?.tools?.find(({ name }) => name === "a__region")?.["inputSchema"];
    const [header = ""] = /"x-mcp-header":"[^"]+"/.exec(JSON.stringify(schema)) ?? [];
    const name = `mcp-param-${header.split('"')[3]?.toLowerCase()}`;
    expect(await post(gateway.url, body, { ...headers, [name]: "eu" })).toMatchObject({ status: 200 });
    expect(await post(gateway.url, body, { ...headers, [name]: "us" })).toMatchObject({ status: 400, code: -32020 });
    expect(await post(gateway.url, body, headers)).toMatchObject({ status: 400, code: -32020 });
  });
});

describe("what nobody knows", () => {
  const list = (meta: JsonObject): JsonObject => ({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: meta } });
  const headers = { ...TYPES, "mcp-protocol-version": MODERN_VERSION, "mcp-method": "tools/list" };
  const whole = { [`${META}protocolVersion`]: MODERN_VERSION, [`${META}clientCapabilities`]: {} };

  it("PRO-04 an unknown version: 400 and -32022 with those that are known; an unknown method: 404 and -32601; missing metadata: 400", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    const { url } = gateway;
    const strange = { ...whole, [`${META}protocolVersion`]: "2099-01-01" };
    const unknownVersion = await post(url, list(strange), { ...headers, "mcp-protocol-version": "2099-01-01" });
    expect(unknownVersion).toMatchObject({ status: 400, code: -32022, data: { requested: "2099-01-01", supported: [MODERN_VERSION] } });
    const method = "no/such/method";
    const unknown = await post(url, { ...list(whole), method }, { ...headers, "mcp-method": method });
    expect(unknown).toMatchObject({ status: 404, code: -32601 });
    for (const legacy of ["initialize", "ping", "logging/setLevel", "resources/subscribe"]) {
      const answer = await post(url, { ...list(whole), method: legacy }, { ...headers, "mcp-method": legacy });
      expect({ legacy, ...answer }).toMatchObject({ status: 404, code: -32601 });
    }
    const lacking: JsonObject[] = [
      { [`${META}clientCapabilities`]: {} },
      { [`${META}protocolVersion`]: MODERN_VERSION },
      { ...whole, [`${META}clientCapabilities`]: [] },
      { ...whole, [`${META}protocolVersion`]: 20_260_728 },
      { ...whole, [`${META}logLevel`]: "loud" },
      { ...whole, progressToken: { no: "token" } },
    ];
    for (const meta of lacking) expect({ meta, ...(await post(url, list(meta), headers)) }).toMatchObject({ status: 400, code: -32602 });
    expect(await post(url, { jsonrpc: "2.0", id: 1, method: "tools/list" }, headers)).toMatchObject({ status: 400, code: -32602 });
    expect(gateway.log).not.toMatch(/fault of our own/);
  });

  it("PRO-04 in a session: unknown methods are -32601, an unknown version in the handshake gets ours, one in the header 400", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    await using client = await gateway.client();
    expect((await client.request("no/such/method")).error).toMatchObject({ code: -32601 });
    expect((await client.request("server/discover")).error).toMatchObject({ code: -32601 });
    const session = { ...TYPES, "mcp-session-id": client.session ?? "" };
    const body = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    expect(await post(gateway.url, body, { ...session, "mcp-protocol-version": "1999-01-01" })).toMatchObject({ status: 400 });
    for (const version of ["1999-01-01", "2099-01-01", ""]) {
      await using other = await gateway.client();
      expect((await other.handshake(version)).result?.["protocolVersion"]).toBe(LEGACY_VERSION);
    }
    await using pipe = gateway.home.stdio([], { era: "modern" });
    expect((await pipe.request("no/such/method")).error).toMatchObject({ code: -32601 });
    pipe.send({ jsonrpc: "2.0", id: "strange", method: "tools/list", params: { _meta: { [`${META}protocolVersion`]: "2099-01-01" } } });
    const answer = await until(() => pipe.inbox.messages.find(({ id }) => id === "strange"));
    expect(answer.error).toMatchObject({ code: -32022, data: { supported: [MODERN_VERSION] } });
  });
});

describe("what is no JSON-RPC", () => {
  const BODIES: Readonly<Record<string, readonly [body: string | Buffer, code: number]>> = {
    "half of it": ['{"jsonrpc":"2.0","id":1,"method":"tools/list"', -32700],
    "one byte": ["{", -32700],
    nothing: ["", -32700],
    blanks: ["  \r\n", -32700],
    words: ["tools/list please", -32700],
    "bytes that are no text": [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), -32700],
    "two messages": ['{"jsonrpc":"2.0","method":"ping","id":1}{"jsonrpc":"2.0","method":"ping","id":2}', -32700],
    "a list": ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600],
    "an empty list": ["[]", -32600],
    "a number": ["7", -32600],
    null: ["null", -32600],
    "an empty object": ["{}", -32600],
    "an id that is null": ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
    "an id that is an object": ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
    "an id with a fraction": ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
    "no jsonrpc": ['{"id":1,"method":"ping"}', -32600],
    "another jsonrpc": ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
    "a method that is no text": ['{"jsonrpc":"2.0","id":1,"method":7}', -32600],
    "params that are a list": ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600],
    "a method and a result": ['{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', -32600],
    "a result and an error": ['{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}', -32600],
  };

  it("PRO-05 each is answered 400 with its code, and the same socket goes on", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const sockets = new Set<number | undefined>();
      const once = (body: string | Buffer, headers: Readonly<Record<string, string>>): Promise<Said> =>
        new Promise((resolve, reject) => {
          const outgoing = httpRequest(gateway.url, { method: "POST", agent, headers }, (answer) => {
            sockets.add(answer.socket.localPort);
            let text = "";
            answer.setEncoding("utf8").on("data", (part: string) => (text += part));
            answer.on("end", () => resolve(read(answer.statusCode ?? 0, text)));
          });
          outgoing.on("error", reject).end(body);
        });
      for (const [what, [body, code]] of Object.entries(BODIES)) {
        const answer = await once(body, TYPES);
        expect({ what, ...answer }).toMatchObject({ status: 400, code });
        expect((await once(JSON.stringify(echo("good"), undefined, 1), rightHeaders)).status).toBe(200);
      }
      expect(sockets.size).toBe(1);
    } finally {
      agent.destroy();
    }
    expect(isAlive(gateway.pid)).toBe(true);
    expect(gateway.log).not.toMatch(/fault of our own/);
  });

  it("PRO-05 a client's answer that nobody waits for: 202 in a session, 400 outside of one", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    await using client = await gateway.client();
    const answer = { jsonrpc: "2.0", id: 99, result: {} };
    const inSession = await client.post(answer);
    expect(inSession.status).toBe(202);
    expect(await inSession.text()).toBe("");
    expect((await client.post({ jsonrpc: "2.0", id: 98, error: { code: -1, message: "no" } })).status).toBe(202);
    expect((await post(gateway.url, answer, TYPES)).status).toBe(400);
    expect((await client.request("ping")).result).toEqual({});
  });

  it("PRO-05 the same lines on a pipe are answered each, and the next line goes on", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    let nth = 0;
    for (const [what, [body, code]] of Object.entries(BODIES)) {
      if (["nothing", "blanks"].includes(what)) continue; // an empty line is no message
      const before = pipe.inbox.messages.length;
      pipe.write(Buffer.concat([Buffer.from(body), Buffer.from("\n")]));
      const answer = await until(() => pipe.inbox.messages.slice(before).find(({ error }) => error !== undefined), 5_000, what);
      expect({ what, code: answer.error?.code }).toEqual({ what, code });
      expect(await pipe.text("a__nonce", { nonce: `${nth}` })).toContain(`${nth++}`);
    }
    expect(pipe.noise).toEqual([]);
  });
});

describe("of the other era", () => {
  it("PRO-06 GET and DELETE are those of sessions; on a modern request their headers do nothing and do not come back", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    const stray = { "mcp-session-id": "11111111-2222-3333-4444-555555555555", "last-event-id": "42" };
    for (const method of ["GET", "DELETE"]) {
      for (const headers of [{}, { "mcp-protocol-version": MODERN_VERSION }, stray]) {
        const answer = await send(gateway.url, { method, headers: { accept: "text/event-stream", ...headers } });
        expect({ method, headers, status: answer.status }).toMatchObject({ status: "mcp-session-id" in headers ? 404 : 400 });
        expect(await answer.text()).toMatch(/"jsonrpc":"2\.0"/);
      }
    }
    for (const method of ["PUT", "PATCH", "OPTIONS", "HEAD"]) {
      const answer = await send(gateway.url, { method });
      expect({ method, status: answer.status, allow: answer.headers.allow }).toEqual({ method, status: 405, allow: "GET, POST, DELETE" });
      await answer.text();
    }
    const answer = await send(gateway.url, { headers: { ...rightHeaders, ...stray }, body: JSON.stringify(echo()) });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.headers).filter((name) => /session|event-id/.test(name))).toEqual([]);
    expect(await answer.text()).not.toMatch(/^id:/m);
  });

  it("PRO-06 a session takes no modern header, and none of its own goes to a modern client", async () => {
    await using gateway = await withEcho();
    await gateway.untilReady();
    await using legacy = await gateway.client();
    const modernHeader = { "mcp-protocol-version": MODERN_VERSION };
    const refused = await legacy.post({ jsonrpc: "2.0", id: 5, method: "tools/list" }, modernHeader);
    expect(refused.status).toBe(400);
    await refused.text();
    const stream = await send(gateway.url, { method: "GET", headers: { ...modernHeader, "mcp-session-id": legacy.session ?? "" } });
    expect(stream.status).toBe(400);
    await stream.text();
    expect(await legacy.text(ECHO, { text: "as before" })).toBe("as before");
  });
});

/** Writes bytes to the gateway's port and gives all that comes back. */
async function raw({ url }: Gateway, bytes: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  socket.on("error", () => {}); // its close tells
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.end(bytes, "latin1");
  await within(closed, 10_000, "the gateway answers and closes", () => text);
  return text;
}
