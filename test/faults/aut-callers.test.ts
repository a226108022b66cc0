/** AUT: what of a request counts, and what of it goes no further. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp, startSse, stdioServer, watchedServer } from "../support/fixture.ts";
import { HttpClient } from "../support/http-client.ts";
import { send } from "../support/http-raw.ts";
import { LEGACY_VERSION } from "../support/inbox.ts";
import { makeHome } from "./gateway.ts";

const AUTH = { auth: { keys: true } };

describe("AUT-04", () => {
  /** What a browser, a proxy or a client may put beside a message. */
  const CARRIED = {
    authorization: "Bearer canary-of-the-client",
    "proxy-authorization": "Basic canary-of-the-client",
    cookie: "session=canary-of-the-client",
    "x-api-key": "canary-of-the-client",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-host": "canary.test",
    "x-forwarded-proto": "https",
    "x-real-ip": "203.0.113.7",
    forwarded: "for=203.0.113.7",
    via: "1.1 canary.test",
    referer: "http://canary.test/",
    "user-agent": "canary-of-the-client",
    "x-canary": "canary-of-the-client",
    "mcp-canary": "canary-of-the-client",
    "last-event-id": "canary-of-the-client",
  };
  const OURS = ["accept", "authorization", "connection", "content-length", "content-type", "host", "x-configured"];
  const MCPS = /^mcp-(protocol-version|session-id|method|name|param-[a-z]+)$/;

  it.each([false, true])("AUT-04 of a client's headers none arrives at a server; keys: %s", async (keys) => {
    await using scope = new AsyncDisposableStack();
    const servers = {
      legacy: scope.use(await startHttp({ session: true })),
      modern: scope.use(await startHttp({ era: "modern" })),
      sse: scope.use(await startSse()),
    };
    const headers = { Authorization: "Bearer of-the-gateway", "X-Configured": "yes" };
    const entries = Object.entries(servers).map(([name, { url }]) => [name, { url, headers, ...(name === "sse" ? { type: "sse" } : {}) }]);
    using home = makeHome({ mcpServers: Object.fromEntries(entries) as JsonObject, ...(keys ? { gateway: AUTH } : {}) });
    const made = keys ? await home.key("alice") : undefined;
    await using gateway = await home.serve();
    gateway.headers = { ...made?.headers };
    await gateway.untilReady();
    for (const era of ["legacy", "modern"] as const) {
      const client = scope.use(await gateway.client({ era, headers: { ...CARRIED, ...made?.headers } }));
      if (era === "legacy") await client.listen();
      for (const name of Object.keys(servers)) {
        expect(await client.text(`${name}__echo`, { text: name })).toBe(name);
        await client.request("resources/read", { uri: `test://${name}/readme` });
      }
      if (era === "legacy") await client.deleteSession();
    }
    for (const [name, { log }] of Object.entries(servers)) {
      const seen = log.all({ what: "headers" }).map(({ headers: each }) => each as Record<string, string>);
      expect(seen.length).toBeGreaterThan(4);
      const names = new Set(seen.flatMap((each) => Object.keys(each)));
      expect([name, [...names].filter((header) => !OURS.includes(header) && !MCPS.test(header))]).toEqual([name, []]);
      for (const each of seen) expect([each["authorization"], each["x-configured"]]).toEqual(["Bearer of-the-gateway", "yes"]);
      expect(readFileSync(log.file, "utf8")).not.toMatch(/canary|203\.0\.113\.7|ty_[0-9a-f]{12}_/);
    }
  });
});

describe("AUT-05", () => {
  it("AUT-05 a key that is wrong anywhere is answered as one that never was; a key in an address is none, and goes into no log", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer() }, gateway: AUTH });
    const { id, key } = await home.key("alice");
    await using gateway = await home.serve();
    const [first, last] = [key[16] === "0" ? "1" : "0", key.endsWith("0") ? "1" : "0"];
    const wrong = [
      `x${key.slice(1)}`,
      `ty_${id}_${first}${key.slice(17)}`,
      key.slice(0, -1) + last,
      key.slice(0, -1),
      `${key}0`,
      `ty_000000000000_${key.slice(16)}`,
      id,
      "x",
    ];
    const answers = await Promise.all(wrong.map((each) => send(gateway.url, { headers: { authorization: `Bearer ${each}` } })));
    const seen = await Promise.all(
      answers.map(async (each) => JSON.stringify([each.status, each.headers["www-authenticate"], await each.text()])),
    );
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    for (const query of [`?key=${key}`, `?access_token=${key}`, `?api_key=${key}`]) {
      expect((await send(gateway.url + query, { method: "GET" })).status).toBe(401);
      expect((await send(gateway.at(`/api/state${query}`), { method: "GET" })).status).toBe(401);
    }
    expect((await send(gateway.url, { headers: { authorization: `Basic ${Buffer.from(`x:${key}`).toString("base64")}` } })).status).toBe(
      401,
    );
    expect((await send(gateway.url, { headers: { "x-api-key": key, cookie: `key=${key}` } })).status).toBe(401);
    expect((await send(gateway.at(`/${key}`), { method: "GET" })).status).toBe(404);
    expect(gateway.log).not.toContain(key.slice(-60));
  });
});

describe("AUT-11", () => {
  /** What other gateways believe of whoever sends it. */
  const CLAIMS = {
    "x-user": "bob",
    "x-user-id": "bob",
    "x-remote-user": "bob",
    "remote-user": "bob",
    "x-forwarded-user": "bob",
    "x-forwarded-email": "bob@example.com",
    "x-auth-request-user": "bob",
    "x-identity": "bob",
    "x-toolyard-identity": "bob",
    "x-toolyard-toolsets": "all",
    "x-internal": "1",
    "x-internal-token": "secret",
    "x-gateway-key": "secret",
    "x-forwarded-for": "127.0.0.1",
    "impersonate-user": "bob",
  };

  it("AUT-11 what a request says of its sender beside the key counts for nothing", async () => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { a: server.entry }, gateway: AUTH });
    const [alice, bob] = [await home.key("alice"), await home.key("bob")];
    await using gateway = await home.serve();
    for (const path of ["/mcp", "/api/state", "/metrics"]) {
      expect((await send(gateway.at(path), { method: "GET", headers: CLAIMS })).status).toBe(401);
    }
    const pidOf = async (headers: Readonly<Record<string, string>>, era: "legacy" | "modern"): Promise<string> => {
      await using client = await gateway.client({ era, headers });
      return await client.text("a__pid");
    };
    const bobs = await pidOf(bob.headers, "legacy");
    const own = await pidOf(alice.headers, "legacy");
    expect(own).not.toBe(bobs);
    expect(await pidOf({ ...alice.headers, ...CLAIMS }, "legacy")).toBe(own);
    expect(await pidOf({ ...alice.headers, ...CLAIMS }, "modern")).toBe(own);
  });

  it("AUT-11 no secret is built in: what one gateway has made is nothing at another", async () => {
    using homes = new DisposableStack();
    const config = { mcpServers: { a: stdioServer() }, gateway: AUTH };
    const [one, other] = [homes.use(makeHome(config)), homes.use(makeHome(config))];
    const [mine, theirs] = [await one.key("alice"), await other.key("alice")];
    await using first = await one.serve();
    await using second = await other.serve();
    await using client = await first.client({ headers: mine.headers });
    expect((await send(second.url, { headers: mine.headers })).status).toBe(401);
    const stranger = new HttpClient(second.url, { headers: theirs.headers });
    [stranger.session, stranger.version] = [client.session, LEGACY_VERSION];
    expect((await stranger.request("tools/list")).status).toBe(404);
    for (const folder of ["run/toolyard", "state/toolyard"]) {
      for (const { name } of readdirSync(one.directory.file(folder), { withFileTypes: true }).filter((entry) => entry.isFile())) {
        const words = readFileSync(one.directory.file(`${folder}/${name}`), "utf8").match(/[0-9a-f]{64}/g) ?? [];
        for (const word of words) {
          expect((await send(second.at("/api/state"), { method: "GET", headers: { authorization: `Bearer ${word}` } })).status).toBe(401);
        }
      }
    }
    expect(readFileSync(one.directory.file("state/toolyard/key"))).not.toEqual(readFileSync(other.directory.file("state/toolyard/key")));
  });

  it("AUT-11 the program holds no word that looks like a secret", () => {
    const root = fileURLToPath(new URL("../../src", import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
    );
    expect(files.length).toBeGreaterThan(100);
    const secrets = files.flatMap(
      (name) => readFileSync(`${root}/${name}`, "utf8").match(/["'`][0-9a-fA-F]{32,}["'`]|["'`][A-Za-z0-9+/]{40,}={0,2}["'`]/g) ?? [],
    );
    expect(secrets.filter((word) => /\d/.test(word))).toEqual([]);
  });
});
