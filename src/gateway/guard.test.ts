import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../../test/support/http-raw.ts";
import type { IncomingMessage } from "../wire/node-http.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";
import { guardFor } from "./guard.ts";

describe("what comes in by HTTP", () => {
  let test: TestGateway;
  let origin: string;

  beforeAll(async () => {
    test = await testGateway({ config: { gateway: { publicUrl: "https://tools.example" } } });
    origin = new URL(test.gateway.url).origin;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const routes = ["/mcp", "/mcp/server/demo", "/mcp/nothing", "/healthz", "/readyz", "/api/state", "/metrics", "/nothing"];
  const status = async (path: string, headers: readonly string[], method = "GET"): Promise<number> =>
    (await send(origin + path, { method, headers })).status;

  describe.each(routes)("%s", (path) => {
    it.each([
      ["a foreign Host", ["Host", "evil.test"]],
      ["a Host that begins well", ["Host", "localhost.evil.test"]],
      ["a Host with a user before it", ["Host", "localhost@evil.test"]],
      ["no Host", []],
      ["two Hosts", ["Host", "localhost", "Host", "evil.test"]],
      ["a foreign Origin", ["Host", "localhost", "Origin", "http://evil.test"]],
      ["an opaque Origin", ["Host", "localhost", "Origin", "null"]],
      ["two Origins", ["Host", "localhost", "Origin", "http://localhost", "Origin", "http://localhost"]],
      ["an Origin that begins well", ["Host", "localhost", "Origin", "http://localhost:1.evil.test"]],
      ["an Origin of another kind", ["Host", "localhost", "Origin", "file://localhost"]],
    ])("refuses %s", async (_, headers) => {
      expect(await status(path, headers)).toBe(403);
      expect(await status(path, headers, "POST")).toBe(403);
    });
  });

  it.each([["localhost"], ["LOCALHOST:1"], ["127.0.0.1:8808"], ["[::1]:9"], ["tools.example"], ["tools.example:443"]])(
    "takes the Host %s",
    async (host) => {
      expect(await status("/healthz", ["Host", host])).toBe(200);
    },
  );

  it.each([["http://localhost:5173"], ["https://127.0.0.1"], ["http://[::1]:1"], ["https://tools.example"]])(
    "takes the Origin %s, and allows no page to read the answer",
    async (from) => {
      const answer = await send(`${origin}/healthz`, { method: "GET", headers: ["Host", "localhost", "Origin", from] });
      expect(answer.status).toBe(200);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  it("says which header it was, without a stack", async () => {
    const answer = await send(`${origin}/mcp`, { method: "POST", headers: ["Host", "evil.test"] });
    const body = JSON.parse(await answer.text()) as { error: { message: string } };
    expect(body.error.message).toContain('The header Host "evil.test" is not allowed here');
    expect(JSON.stringify(body)).not.toMatch(/\.ts|node:/);
  });

  it.each([["text/plain"], ["application/x-www-form-urlencoded"], ["multipart/form-data; boundary=x"], ["application/json5"], [""]])(
    "takes no %s, which a page could send without being asked",
    async (type) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
      const headers = { host: "localhost", ...(type === "" ? {} : { "content-type": type }) };
      expect((await send(test.gateway.url, { headers, body })).status).toBe(415);
    },
  );

  it("answers no preflight", async () => {
    const headers = { host: "localhost", origin: "http://localhost", "access-control-request-method": "POST" };
    const answer = await send(test.gateway.url, { method: "OPTIONS", headers });
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, POST, DELETE"]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("a gateway on an address that others reach", () => {
  const accepts = (own: string, host: string): boolean => {
    try {
      guardFor({ publicUrl: undefined, host: own })({ headers: { host }, rawHeaders: ["Host", host] } as unknown as IncomingMessage);
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    ["192.0.2.7", "192.0.2.7:8808", true],
    ["192.0.2.7", "192.0.2.8:8808", false],
    ["192.0.2.7", "me@192.0.2.7", false],
    ["tools.example", "tools.example", true],
    ["2001:db8::1", "[2001:db8::1]:8808", true],
    ["0.0.0.0", "0.0.0.0:8808", false],
    ["0.0.0.0", "192.0.2.7", false],
    ["::", "[::]:8808", false],
    ["192.0.2.7", "localhost:8808", true],
  ])("on %s is asked for by the name %s: %s", (own, host, good) => {
    expect(accepts(own, host)).toBe(good);
  });
});
