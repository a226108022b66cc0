/** AUT: who reaches the gateway at all, from where. */

import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { send } from "../support/http-raw.ts";
import { LEGACY_VERSION, MODERN_VERSION, modernParams } from "../support/inbox.ts";
import { listeningOn } from "../support/listening.ts";
import { canFindProcesses } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway, type Gateway } from "./gateway.ts";

const AUTH = { auth: { keys: true } };
const ROUTES = ["/mcp", "/mcp/some", "/mcp/server/a", "/mcp/none", "/api/state", "/api/servers", "/metrics", "/healthz", "/readyz", "/"];

/** A call of `write`, as a client of this era sends it. */
function callOf(era: "legacy" | "modern"): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const params: JsonObject = { name: "a__write", arguments: { text: "from elsewhere" } };
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: era === "modern" ? modernParams(params, {}) : params };
  const routing = era === "modern" ? { "mcp-method": "tools/call", "mcp-name": "a__write" } : {};
  const version = era === "modern" ? MODERN_VERSION : LEGACY_VERSION;
  return {
    body: JSON.stringify(message),
    headers: { "mcp-protocol-version": version, accept: "application/json, text/event-stream", ...routing },
  };
}

/** A gateway with the server `a`, which counts what has run, and a session of it. */
async function withSession(scope: AsyncDisposableStack, config: JsonObject = {}) {
  const server = scope.use(watchedServer());
  const gateway = scope.use(await startGateway({ mcpServers: { a: server.entry }, toolsets: { some: { servers: ["a"] } }, ...config }));
  await gateway.untilReady();
  const client = scope.use(await gateway.client());
  expect(await client.text("a__echo", { text: "there" })).toBe("there");
  return { server, gateway, session: client.session ?? "" };
}

describe("AUT-01", () => {
  it("AUT-01 foreign hosts and origins are refused on every route, each by itself, and nothing runs", async () => {
    await using scope = new AsyncDisposableStack();
    const { server, gateway, session } = await withSession(scope);
    const { host } = new URL(gateway.url);
    const foreign: [string, string[]][] = [
      ["a foreign Host", ["Host", "evil.test"]],
      ["a foreign Host and a good Origin", ["Host", "evil.test", "Origin", `http://${host}`]],
      ["a Host that begins well", ["Host", "127.0.0.1.evil.test"]],
      ["no Host", []],
      ["an empty Host", ["Host", ""]],
      ["two Hosts", ["Host", host, "Host", "evil.test"]],
      ["a foreign Origin and a good Host", ["Host", host, "Origin", "http://evil.test"]],
      ["the Origin of a page without one", ["Host", host, "Origin", "null"]],
      ["two Origins", ["Host", host, "Origin", `http://${host}`, "Origin", "http://evil.test"]],
      ["an Origin that begins well", ["Host", host, "Origin", "http://localhost.evil.test"]],
    ];
    for (const path of ROUTES) {
      for (const [what, bad] of foreign) {
        for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
          const legacy = callOf("legacy");
          const more = ["Content-Type", "application/json", "Mcp-Session-Id", session, ...Object.entries(legacy.headers).flat()];
          const answer = await send(gateway.at(path), {
            method,
            headers: [...bad, ...more],
            ...(method === "POST" ? { body: legacy.body } : {}),
          });
          const text = await answer.text();
          expect([path, what, method, answer.status]).toEqual([path, what, method, 403]);
          expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
          expect(text).not.toContain("a__");
        }
      }
    }
    const modern = callOf("modern");
    for (const [what, bad] of foreign) {
      const headers = [...bad, "Content-Type", "application/json", ...Object.entries(modern.headers).flat()];
      expect([what, (await send(gateway.url, { headers, body: modern.body })).status]).toEqual([what, 403]);
    }
    expect(server.log.count({ what: "executed", name: "write" })).toBe(0);
    expect(await statusFor(gateway, { host, origin: `http://${host}` })).toBe(200);
  });

  it("AUT-01 what is allowed can be configured, and a key opens none of the rest", async () => {
    using home = makeHome({ mcpServers: {}, gateway: { publicUrl: "https://tools.example", ...AUTH } });
    const { headers } = await home.key("alice");
    await using gateway = await home.serve();
    const status = (more: Readonly<Record<string, string>>): Promise<number> => statusFor(gateway, { ...headers, ...more });
    expect(await status({ host: "tools.example" })).toBe(200);
    expect(await status({ host: "tools.example:443", origin: "https://tools.example" })).toBe(200);
    expect(await status({ origin: "http://tools.example" })).toBe(403);
    expect(await status({ origin: "https://tools.example.evil.test" })).toBe(403);
    expect(await status({ host: "evil.test" })).toBe(403);
    expect(await statusFor(gateway, { host: "evil.test" })).toBe(403); // and not 401: nothing is said to strangers
  });
});

/** Of `/api/state`. */
async function statusFor(gateway: Gateway, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await send(gateway.at("/api/state"), { method: "GET", headers })).status;
}

describe.skipIf(!canFindProcesses)("AUT-02", () => {
  it("AUT-02 it listens on this machine alone, by default and where it is told so", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() } });
    const { port } = new URL(gateway.url);
    expect(listeningOn(gateway.pid)).toEqual([`127.0.0.1:${port}`]);
    await using other = await startGateway({ mcpServers: {} }, ["--host", "::1"]);
    expect(listeningOn(other.pid)).toEqual([`[::1]:${new URL(other.url).port}`]);
    await using led = await startGateway({ mcpServers: {}, gateway: { publicUrl: "https://tools.example" } });
    expect(led.log).toMatch(/publicUrl says that others come in, and nobody is asked/);
    expect(listeningOn(led.pid)).toEqual([`127.0.0.1:${new URL(led.url).port}`]);
    const outside = outsideAddress();
    if (outside !== undefined) await expect(fetch(`http://${outside}:${port}/healthz`)).rejects.toThrow(/fetch failed/);
  });

  it("AUT-02 beyond this machine it refuses to start while it asks nobody who they are, and says what to do", async () => {
    const hosts = ["0.0.0.0", "::", "127.0.0.1.evil.test"];
    const refused = { code: 2, stdout: "", stderr: expect.stringMatching(/gateway\.auth\.keys to true.*toolyard keys create/s) as string };
    using home = makeHome({ mcpServers: { a: stdioServer() }, gateway: { publicUrl: "https://tools.example", auth: {} } });
    for (const host of hosts) {
      const outcome = await home.run(["serve", "--config", home.configFile, "--port", "0", "--host", host]);
      expect({ host, ...outcome }).toMatchObject({ host, ...refused });
      home.configure({ mcpServers: {}, gateway: { host } });
      const configured = await home.run(["serve", "--config", home.configFile, "--port", "0"]);
      expect({ host, ...configured }).toMatchObject({ host, ...refused });
      expect(configured.stderr).toMatch(/toolyard\.json:\d+:\d+: gateway\.host/);
      home.configure({ mcpServers: { a: stdioServer() } });
    }
  });

  it("AUT-02 with keys it listens there, asks for them, and warns of what is not safe about it", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, gateway: { host: "0.0.0.0", publicUrl: "http://tools.example", ...AUTH } });
    await using gateway = await home.serve();
    const { port } = new URL(gateway.url);
    expect(listeningOn(gateway.pid)).toEqual([`0.0.0.0:${port}`]);
    expect(gateway.log).toMatch(/there is none yet: toolyard keys create/);
    expect(gateway.log).toMatch(/unencrypted.*TLS/);
    const { key, headers } = await home.key("alice");
    const there = `http://${outsideAddress() ?? "127.0.0.1"}:${port}/api/state`;
    const status = async (more: Readonly<Record<string, string>>): Promise<number> =>
      (await send(there, { method: "GET", headers: { host: "tools.example", ...more } })).status;
    await until(async () => (await status(headers)) === 200);
    expect([await status({}), await status({ authorization: `Bearer ${key}0` }), await status({ ...headers, host: "x.test" })]).toEqual([
      401, 401, 403,
    ]);
  });

  it("AUT-02 a gateway that a bridge starts in the background listens on this machine alone, whatever is configured", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, gateway: { host: "0.0.0.0", ...AUTH } });
    await using bridge = home.stdio(["--idle-exit", "500"]);
    await bridge.handshake();
    const folder = home.directory.file("run/toolyard");
    const record = readdirSync(folder).find((name) => name.endsWith(".json")) ?? "";
    const { pid } = JSON.parse(readFileSync(`${folder}/${record}`, "utf8")) as { pid: number };
    expect(listeningOn(pid)).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });
});

/** An address of this machine that others can reach. */
function outsideAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

describe("AUT-13", () => {
  it("AUT-13 what a page of another site can send without asking is refused, and so is what it asks", async () => {
    await using scope = new AsyncDisposableStack();
    const { server, gateway, session } = await withSession(scope);
    const local = new URL(gateway.url).origin;
    const types = [
      "text/plain",
      "text/plain; charset=application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonp",
      "",
    ];
    const origins = [undefined, "http://evil.test", "null", local];
    const paths = ["/mcp", "/mcp/some", "/mcp/server/a", "/api/servers"];
    for (const [type, origin, path] of each(types, origins, paths)) {
      for (const era of ["legacy", "modern"] as const) {
        const { body, headers } = callOf(era);
        const more = { ...(type === "" ? {} : { "content-type": type }), ...(origin === undefined ? {} : { origin }) };
        const own = era === "legacy" ? { "mcp-session-id": session } : {};
        const answer = await send(gateway.at(path), { headers: { ...headers, ...own, ...more }, body });
        expect({ path, type, origin, status: answer.status }).toEqual({ path, type, origin, status: oneOf([403, 404, 405, 415]) });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
      }
    }
    for (const path of ROUTES) {
      for (const origin of ["http://evil.test", "null", local]) {
        const asks = { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type, authorization" };
        const answer = await send(gateway.at(path), { method: "OPTIONS", headers: asks });
        expect(answer.status, path).toBeGreaterThanOrEqual(origin === local ? 404 : 403);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
      }
    }
    expect(server.log.count({ what: "executed", name: "write" })).toBe(0);
  });
});

/** Every choice of one of each. */
function each<A, B, C>(ones: readonly A[], twos: readonly B[], threes: readonly C[]): [A, B, C][] {
  return ones.flatMap((one) => twos.flatMap((two) => threes.map((three): [A, B, C] => [one, two, three])));
}

function oneOf(statuses: readonly number[]): unknown {
  return expect.toSatisfy((status: number) => statuses.includes(status));
}
