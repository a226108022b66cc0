import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../../test/support/http-raw.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";

describe("input that is no good", () => {
  let test: TestGateway;
  let session: Record<string, string>;
  beforeAll(async () => {
    test = await testGateway({ config: { limits: { body: "64KB" } } });
    session = { "content-type": "application/json", "mcp-session-id": (await test.legacy()).session ?? "" };
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const post = async (body: string | Buffer, headers = session): Promise<[number, Record<string, never>]> => {
    const answer = await send(test.gateway.url, { headers, body });
    return [answer.status, JSON.parse((await answer.text()) || "{}") as Record<string, never>];
  };

  it.each([
    ["nothing", "", -32700],
    ["one byte", "1", -32600],
    ["half", '{"jsonrpc":"2.0","id":1,', -32700],
    ["not UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), -32700],
    ["null", "null", -32600],
    ["a string", '"x"', -32600],
    ["an empty array", "[]", -32600],
    ["a batch of none", "[1]", -32600],
    ["no version", '{"id":1,"method":"ping"}', -32600],
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
    ["an id that is null", '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
    ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
    ["an id that is a fraction", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
    ["no method", '{"jsonrpc":"2.0","id":1}', -32600],
    ["a method that is none", '{"jsonrpc":"2.0","id":1,"method":7}', -32600],
    ["params that are none", '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600],
  ])("%s gets the specification's error", async (_, body, code) => {
    const [status, answer] = await post(body);
    expect([status, answer["error"]]).toMatchObject([400, { code }]);
  });

  it.each([
    ["tools/call", {}],
    ["tools/call", { name: 7 }],
    ["prompts/get", { name: "none" }],
    ["resources/read", { uri: "no:where" }],
    ["resources/read", {}],
    ["resources/subscribe", {}],
    ["completion/complete", { ref: "x" }],
    ["tools/list", { cursor: "made up" }],
    ["tools/list", { cursor: 7 }],
    ["tools/list", { cursor: "" }],
  ])("%s with %j is answered with -32602", async (method, params) => {
    const [status, answer] = await post(JSON.stringify({ jsonrpc: "2.0", id: "i", method, params }));
    expect([status, answer]).toMatchObject([200, { id: "i", error: { code: -32602 } }]);
  });

  it.each([
    ["an answer to nothing", '{"jsonrpc":"2.0","id":"ty1","result":{}}'],
    ["an unknown notification", '{"jsonrpc":"2.0","method":"notifications/made_up"}'],
    ["a cancel of nothing", '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}'],
    ["a cancel without params", '{"jsonrpc":"2.0","method":"notifications/cancelled"}'],
  ])("%s is taken", async (_, body) => {
    expect(await post(body)).toEqual([202, {}]);
  });

  it("keys that JavaScript would trip over are keys like others", async () => {
    const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"__proto__","__proto__":{"name":"demo__echo"}}}';
    expect((await post(call))[1]).toMatchObject({ error: { code: -32602 } });
    expect((await post(call.replace('"__proto__",', '"constructor",')))[1]).toMatchObject({ error: { code: -32602 } });
    const answer = await send(test.gateway.url.replace("/mcp", "/mcp/server/__proto__"), { headers: session, body: "{}" });
    expect(answer.status).toBe(404);
    expect((await send(test.gateway.url.replace("/mcp", "/mcp/%E0%A4%A"), { headers: session, body: "{}" })).status).toBe(404);
  });

  it("a body over the limit is refused before it is read, with a length or without", async () => {
    const large = "x".repeat(65 * 1024);
    expect((await post(large))[0]).toBe(413);
    expect(await endless(test.gateway.url)).toBe(413);
    const [status, answer] = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }).padEnd(64 * 1024));
    expect([status, answer["result"]]).toEqual([200, {}]);
  });

  it("headers over the limit are refused", async () => {
    expect((await send(test.gateway.url, { headers: { ...session, "x-large": "x".repeat(20 * 1024) }, body: "{}" })).status).toBe(431);
  });

  it("leaves the connection usable", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statuses: number[] = [];
    for (const body of ["{", '{"jsonrpc":"2.0","id":1,"method":"ping"}', "[]", '{"jsonrpc":"2.0","id":1,"method":"ping"}']) {
      statuses.push(await over(agent, test.gateway.url, session, body));
    }
    agent.destroy();
    expect(statuses).toEqual([400, 200, 400, 200]);
  });

  it("of a client that breaks off is forgotten", async () => {
    const { port } = new URL(test.gateway.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    expect((await post('{"jsonrpc":"2.0","id":1,"method":"ping"}'))[0]).toBe(200);
  });
});

/** Sends without an end; the status of the answer that comes all the same. */
function endless(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: "POST", headers: { "content-type": "application/json" } }, (answer) => {
      resolve(answer.statusCode ?? 0);
      sent.destroy();
    });
    sent.on("error", reject);
    const more = (): void => {
      while (!sent.destroyed && sent.write(Buffer.alloc(16 * 1024))) continue;
    };
    sent.on("drain", more);
    more();
  });
}

function over(agent: Agent, url: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
