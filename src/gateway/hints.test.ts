import { describe, expect, it } from "vitest";
import { startHttp } from "../../test/support/fixture.ts";
import { pause, until } from "../../test/support/wait.ts";
import { testGateway } from "./gateway.suite.ts";

const LISTS = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
const config = { limits: { listDebounce: "20ms" } };

describe("how long a modern client may keep what it lists", () => {
  it("is what is left of the server's own time, and public if all of it is", async () => {
    await using server = await startHttp({ era: "modern", "ttl-ms": 30_000, "cache-scope": "public" });
    await using test = await testGateway({ servers: { crm: { url: server.url } }, config });
    await test.yard.ready();
    const alone = test.modern({}, "/server/crm");
    for (const method of LISTS) {
      const { result } = await alone.request(method);
      expect(result).toMatchObject({ resultType: "complete", cacheScope: "public" });
      expect(result?.["ttlMs"]).toBeGreaterThan(20_000);
      expect(result?.["ttlMs"]).toBeLessThanOrEqual(30_000);
    }
    const first = Number((await alone.request("tools/list")).result?.["ttlMs"]);
    await pause(20);
    expect(Number((await alone.request("tools/list")).result?.["ttlMs"])).toBeLessThan(first);
    const { result } = await test.modern().request("tools/list");
    expect(result?.["cacheScope"]).toBe("private");
    expect(result?.["ttlMs"]).toBeLessThanOrEqual(30_000);
    const legacy = await test.legacy();
    expect(Object.keys((await legacy.request("tools/list")).result ?? {})).toEqual(["tools"]);
  });

  it("is nothing where the server says so or says nothing; then each reading of it has the server asked", async () => {
    await using server = await startHttp({ era: "modern", "cache-scope": "absent" });
    await using test = await testGateway({ servers: { crm: { url: server.url } }, config });
    await test.yard.ready();
    const asked = (): number => server.log.count({ what: "in", method: "tools/list" });
    const before = asked();
    await pause(100);
    expect(asked()).toBe(before);
    expect((await test.modern().request("tools/list")).result).toMatchObject({ ttlMs: 0, cacheScope: "private" });
    await until(() => asked() === before + 1);
  });

  it("is over: the next reading has the list as it was, and the news follow", async () => {
    const flags = { era: "modern", "ttl-ms": 300, "quiet-changes": true } as const;
    await using server = await startHttp(flags);
    await using test = await testGateway({ servers: { crm: { url: server.url } }, config });
    await test.yard.ready();
    const client = await test.legacy();
    await client.listen();
    await client.toolNames();
    await server.set({ "change-tools": "add" });
    await pause(400);
    const asked = server.log.count({ what: "in", method: "tools/list" });
    expect(await client.toolNames()).not.toContain("crm__added");
    await client.inbox.waitFor("notifications/tools/list_changed");
    expect(await client.toolNames()).toContain("crm__added");
    expect(server.log.count({ what: "in", method: "tools/list" })).toBe(asked + 1);
  });
});

it.each([
  ["modern", { ttlMs: 7_000, cacheScope: "public" }],
  ["legacy", { ttlMs: 0, cacheScope: "private" }],
] as const)("a resource of a %s server is read with its hints, and without them in the other era", async (era, hints) => {
  await using server = await startHttp({ era, session: true, "ttl-ms": 7_000, "cache-scope": "public" });
  await using test = await testGateway({ servers: { crm: { url: server.url } } });
  await test.yard.ready();
  const uri = "test://shared";
  expect((await test.modern().request("resources/read", { uri })).result).toMatchObject({ resultType: "complete", ...hints });
  expect(Object.keys((await (await test.legacy()).request("resources/read", { uri })).result ?? {})).toEqual(["contents"]);
});
