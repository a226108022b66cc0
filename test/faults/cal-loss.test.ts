/** Calls whose server goes away: nothing that may have run runs twice, and an outage is not made worse. */

import { describe, expect, it } from "vitest";
import type { Flags } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { pause } from "../support/wait.ts";
import { startGateway } from "./gateway.ts";
import { openServer, openServers, type Carrier, type Era } from "./servers.ts";

/** Milliseconds that a busy machine may add. */
const SLACK = 1_500;

/** The connection is lost after the effect and before the answer. */
function lossAfterEffect(carrier: Carrier): Flags {
  return carrier === "stdio" ? { exit: "SIGKILL@executed" } : { drop: "-1@call" };
}

describe("lost calls", () => {
  it("CAL-06 what ran runs once, and its fate is called unknown", async () => {
    await using servers = await openServers(lossAfterEffect);
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, log }) => {
      for (const tool of ["write", "write_idempotent"]) {
        const answer = await client.call(`${name}__${tool}`);
        expect(answer.result?.isError).toBe(true);
        expect(textOf(answer)).toMatch(/OUTCOME_UNKNOWN.*Check whether it took effect/s);
        expect(log.count({ what: "executed", name: tool })).toBe(1);
      }
    });
  });

  it("CAL-06 of a trusted server what is idempotent runs twice at most, the rest once", async () => {
    await using servers = await openServers(lossAfterEffect);
    await using gateway = await startGateway({ mcpServers: servers.entries({ trust: "annotations" }) });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, log }) => {
      expect(textOf(await client.call(`${name}__write`))).toContain("OUTCOME_UNKNOWN");
      expect(log.count({ what: "executed", name: "write" })).toBe(1);
      expect((await client.call(`${name}__write_idempotent`)).result?.isError).toBe(true);
      expect(log.count({ what: "executed", name: "write_idempotent" })).toBeLessThanOrEqual(2);
    });
  });

  it("CAL-06 a repeat that succeeds is a success", async () => {
    await using server = await openServer("http", "legacy", { drop: "-1@call#1" });
    await using gateway = await startGateway({ mcpServers: { a: { ...server.entry, trust: "annotations" } } });
    await using client = await gateway.client();
    await client.toolNames();
    expect(await client.text("a__write_idempotent")).toBe("written");
    expect(server.executions()).toBe(2);
  });

  it.each<Era>(["legacy", "modern"])(
    "CAL-07 800 reads of a server that fails are at most 963 requests, spread in time (%s)",
    async (era) => {
      await using server = await openServer("http", era, { drop: "-1@resources/read" });
      await using gateway = await startGateway({
        mcpServers: { a: { ...server.entry, concurrency: 10 } },
        limits: { breaker: { failures: 1_000 }, queue: 2_000, queueWait: "60s" },
      });
      await using client = await gateway.client({ era: "modern" });
      await client.toolNames();
      const reads = Array.from({ length: 800 }, () => client.request("resources/read", { uri: "test://shared" }, { deadlineMs: 60_000 }));
      const answers = await Promise.all(reads);
      expect(answers.every(({ error }) => error !== undefined)).toBe(true);
      const attempts = server.log.count({ what: "in", method: "resources/read" });
      expect(attempts).toBeGreaterThan(800);
      expect(attempts).toBeLessThanOrEqual(963);
    },
  );

  it("CAL-07 what is lost together does not come back together", async () => {
    await using server = await openServer("http", "modern", { slow: "400@resources/read#1-20", drop: "-1@resources/read#1-20" });
    await using gateway = await startGateway({ mcpServers: { a: server.entry }, limits: { breaker: { failures: 1_000 } } });
    await using client = await gateway.client({ era: "modern" });
    await client.toolNames();
    for (let warm = 0; warm < 90; warm++) await client.request("prompts/get", { name: "a__greet", arguments: { name: "x" } });
    await Promise.all(Array.from({ length: 20 }, () => client.request("resources/read", { uri: "test://shared" })));
    const repeats = server.log
      .all({ what: "in", method: "resources/read" })
      .slice(20)
      .map(({ at }) => at);
    expect(repeats.length).toBeGreaterThan(10);
    // Spread over 100 ms where they are sent; a machine that is busy may push them together on their way.
    expect(Math.max(...repeats) - Math.min(...repeats)).toBeGreaterThan(15);
  });

  it("CAL-08 five failures in a row open the circuit, one probe closes it", async () => {
    await using servers = await openServers(() => ({ "never-answer": "call:slow" }));
    await using gateway = await startGateway({
      mcpServers: servers.entries({ timeouts: { call: "300ms", tools: { echo: "5s" } } }),
      limits: { breaker: { failures: 5, open: "2s" } },
    });
    await using client = await gateway.client({ era: "modern" });
    await client.toolNames();
    await servers.each(async ({ name, log, set }) => {
      const failing = Array.from({ length: 5 }, () => client.call(`${name}__slow`));
      expect((await Promise.all(failing)).map(textOf).filter((text) => text.includes("CALL_TIMEOUT"))).toHaveLength(5);
      const began = performance.now();
      const refused = textOf(await client.call(`${name}__echo`, { text: "refused" }));
      expect(performance.now() - began).toBeLessThan(10 + SLACK);
      expect(refused).toMatch(new RegExp(`"${name}".*5 times in a row.*next try is in .* m?s.*SERVER_BREAKER_OPEN`));
      expect(log.all({ what: "in", name: "echo" })).toEqual([]);
      await set({ slow: "500@call:echo" });
      await pause(2_100);
      const crowd = Array.from({ length: 10 }, (_, nth) => client.text(`${name}__echo`, { text: `probe ${nth}` }));
      expect((await Promise.all(crowd)).filter((text) => text.startsWith("probe"))).toHaveLength(1);
      expect(log.count({ what: "in", name: "echo" })).toBe(1);
      expect(await client.text(`${name}__echo`, { text: "closed again" })).toBe("closed again");
    });
  });

  it("CAL-08 calls that are refused while a server starts again are no failures of it", async () => {
    await using server = await openServer("stdio", "legacy", { exit: "1@call:write" });
    await using gateway = await startGateway({
      mcpServers: { a: server.entry },
      limits: { backoff: { first: "2s" }, breaker: { failures: 3 } },
    });
    await using client = await gateway.client();
    await client.toolNames();
    for (let nth = 0; nth < 2; nth++) await client.call("a__write");
    const refused = await Promise.all(Array.from({ length: 10 }, () => client.text("a__echo", { text: "x" })));
    expect(refused.filter((text) => !text.includes("SERVER_EXITED"))).toEqual([]);
    await gateway.untilServer("a", "ready");
    expect(await client.text("a__echo", { text: "back" })).toBe("back");
  });

  it("CAL-08 what was under way when it opens does not keep it open for longer", async () => {
    await using server = await openServer("http", "modern", { "never-answer": "call:slow" });
    const timeouts = { call: "300ms", tools: { echo: "5s" } };
    await using gateway = await startGateway({
      mcpServers: { a: { ...server.entry, timeouts } },
      limits: { breaker: { failures: 5, open: "2s" } },
    });
    await using client = await gateway.client({ era: "modern" });
    await client.toolNames();
    await Promise.all(Array.from({ length: 50 }, () => client.call("a__slow")));
    await pause(2_100);
    expect(await client.text("a__echo", { text: "closed again" })).toBe("closed again");
  });

  it("CAL-08 what a tool calls an error never opens it, nor does the server's own JSON-RPC error", async () => {
    await using server = await openServer("stdio", "legacy");
    await using gateway = await startGateway({ mcpServers: { a: server.entry }, limits: { breaker: { failures: 2 } } });
    await using client = await gateway.client();
    await client.toolNames();
    for (let nth = 0; nth < 10; nth++) {
      expect(await client.text("a__fail", { message: "as a tool does" })).toContain("as a tool does");
      expect((await client.call("a__rpc_error", { code: -32050 })).error?.code).toBe(-32050);
    }
    expect(await client.text("a__echo", { text: "still here" })).toBe("still here");
  });
});
