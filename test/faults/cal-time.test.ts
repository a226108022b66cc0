/** Calls, timeouts: each ends when its time is over, for whatever it asked, and its server is told. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { textOf } from "../support/inbox.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { openServer, openServers } from "./servers.ts";

/** Milliseconds that a busy machine may add. */
const SLACK = 1_500;

describe("calls and time", () => {
  it("CAL-01 a call that exceeds its time ends then, and its server hears of it", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries({ timeouts: { call: "1s" } }) });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, log, toldToStop }) => {
      const began = performance.now();
      const answer = await client.call(`${name}__slow`, { ms: 60_000 });
      const [took, over] = [performance.now() - began, Date.now()];
      expect(took).toBeGreaterThan(900);
      expect(took).toBeLessThan(1_100 + SLACK);
      expect(answer.result?.isError).toBe(true);
      expect(textOf(answer)).toMatch(new RegExp(`"${name}".*"${name}__slow".*No answer within .*CALL_TIMEOUT`));
      const { id } = await log.waitFor({ what: "in", name: "slow" });
      const told = await log.waitFor(toldToStop(id));
      expect(Math.abs(told.at - over)).toBeLessThan(200 + SLACK);
      expect(log.violations()).toEqual([]);
    });
    expect(await inFlight(gateway)).toBe(0);
  });

  it("CAL-04 progress keeps a call alive, but not for ever", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries({ timeouts: { call: "600ms", callMax: "2s" } }) });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, log, toldToStop }) => {
      const began = performance.now();
      const answer = await client.call(`${name}__progress`, { steps: 0, ms: 100 }, { meta: { progressToken: name } });
      const took = performance.now() - began;
      expect(took).toBeGreaterThan(1_800);
      expect(took).toBeLessThan(2_200 + SLACK);
      expect(textOf(answer)).toContain("CALL_TIMEOUT");
      const { id } = await log.waitFor({ what: "in", name: "progress" });
      await log.waitFor(toldToStop(id));
      const heard = client.inbox.of("notifications/progress").filter(({ params }) => params?.["progressToken"] === name);
      expect(heard.length).toBeGreaterThan(5);
    });
    expect(await inFlight(gateway)).toBe(0);
  });

  it("CAL-05 whatever is asked for has its time, and is cancelled after it", async () => {
    const methods = ["resources/read", "prompts/get", "completion/complete", "resources/subscribe"];
    await using servers = await openServers((carrier, era) => ({
      "never-answer": methods.join("+"),
      resource: [`test://${carrier}_${era}`],
    }));
    await using gateway = await startGateway({ mcpServers: servers.entries({ timeouts: { call: "1s" } }) });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, era, log, toldToStop }) => {
      for (const [method, params] of Object.entries(requests(name))) {
        if (method === "resources/subscribe" && era === "modern") continue; // has no such method
        const began = performance.now();
        const { error } = await client.request(method, params);
        const took = performance.now() - began;
        expect(took, method).toBeGreaterThan(900);
        expect(took, method).toBeLessThan(1_100 + SLACK);
        expect(error?.message, method).toMatch(new RegExp(`"${name}".*CALL_TIMEOUT`));
        const { id } = await log.waitFor({ what: "in", method });
        await log.waitFor(toldToStop(id));
      }
      expect(log.violations()).toEqual([]);
    });
    expect(await inFlight(gateway)).toBe(0);
  });

  it("CAL-05 a list that never comes is given up, told, and the last one stays", async () => {
    await using servers = await openServers(() => ({ "never-answer": "tools/list#2-" }));
    await using gateway = await startGateway({
      mcpServers: servers.entries({ timeouts: { list: "500ms" } }),
      limits: { listDebounce: "0ms" },
    });
    await using client = await gateway.client();
    const before = await client.toolNames();
    await servers.each(async ({ name, era, log, set, toldToStop }) => {
      await log.waitFor({ what: "in", method: era === "modern" ? "subscriptions/listen" : "resources/templates/list" });
      await set({ "change-tools": "empty" });
      const { id } = await log.waitFor({ what: "in", method: "tools/list" }, 5_000, 2);
      await log.waitFor(toldToStop(id));
      const { reason } = await gateway.untilServer(name, (status) => status.reason !== undefined);
      expect(reason).toMatch(/lists could not be read.*No answer within/);
    });
    expect(await client.toolNames()).toEqual(before);
  });

  it("CAL-09 a deadline counts for all tries together", async () => {
    await using server = await openServer("http", "legacy", { slow: "1500@call", drop: "-1@call" });
    await using gateway = await startGateway({
      mcpServers: { a: { ...server.entry, trust: "annotations", timeouts: { call: "2s", callMax: "2s" } } },
    });
    await using client = await gateway.client();
    await client.toolNames();
    const began = performance.now();
    const answer = await client.call("a__write_idempotent");
    expect(performance.now() - began).toBeLessThan(2_200 + SLACK);
    expect(textOf(answer)).toMatch(/CALL_TIMEOUT/);
    expect(server.log.count({ what: "in", name: "write_idempotent" })).toBe(2);
    await server.log.waitFor({ what: "cancelled", running: true });
  });

  it("CAL-09 nothing is sent once more with less than 50 ms left", async () => {
    await using server = await openServer("http", "legacy", { slow: "970@call", drop: "-1@call" });
    await using gateway = await startGateway({
      mcpServers: { a: { ...server.entry, trust: "annotations", timeouts: { call: "1s", callMax: "1s" } } },
    });
    await using client = await gateway.client();
    await client.toolNames();
    const began = performance.now();
    expect(textOf(await client.call("a__write_idempotent"))).toMatch(/OUTCOME_UNKNOWN|CALL_TIMEOUT/);
    expect(performance.now() - began).toBeLessThan(1_100 + SLACK);
    expect(server.log.count({ what: "in", name: "write_idempotent" })).toBe(1);
  });
});

/** One request of each kind to one server. */
function requests(server: string): Record<string, JsonObject> {
  return {
    "resources/read": { uri: `test://${server}` },
    "resources/subscribe": { uri: `test://${server}` },
    "prompts/get": { name: `${server}__greet`, arguments: { name: "x" } },
    "completion/complete": { ref: { type: "ref/prompt", name: `${server}__greet` }, argument: { name: "name", value: "x" } },
  };
}

async function inFlight(gateway: Gateway): Promise<number> {
  const { servers } = await gateway.state();
  return servers.reduce((sum, server) => sum + server.inFlight, 0);
}
