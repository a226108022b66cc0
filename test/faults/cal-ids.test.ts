/** Calls and their ids: an answer finds its own request, and nothing is left of a hundred thousand. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { stdioServer } from "../support/fixture.ts";
import { textOf, type Id } from "../support/inbox.ts";
import { openDescriptors } from "../support/processes.ts";
import type { StdioClient } from "../support/stdio-client.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway, type Gateway } from "./gateway.ts";
import { openServer, openServers } from "./servers.ts";

/** `FAULTS_CALLS=100000` where there is time for it. */
const CALLS = Number(process.env["FAULTS_CALLS"] ?? 30_000);

let nextId = 700;

describe("ids", () => {
  it.each(["legacy", "modern"] as const)(
    "CAL-10 an id that is in flight is refused or kept apart, never crossed (%s client)",
    async (era) => {
      await using servers = await openServers();
      await using gateway = await startGateway({ mcpServers: servers.entries() });
      await using client = await gateway.client({ era });
      await client.toolNames();
      await servers.each(async ({ name, log }) => {
        const ids: readonly Id[] = [`${name} 7`, nextId++];
        for (const [nth, id] of ids.entries()) {
          const slow = client.call(`${name}__slow`, { ms: 500 }, { id });
          await log.waitFor({ what: "in", name: "slow" }, 5_000, nth + 1);
          const { error, result } = await client.call(`${name}__nonce`, { nonce: "second" }, { id });
          if (error === undefined) expect(result?.content?.[0]?.text).toBe("hostile second");
          else expect(error).toMatchObject({ code: -32600, message: expect.stringContaining("still under way") });
          expect(textOf(await slow)).toBe("done");
        }
      });
    },
  );

  it("CAL-10 the number 1 and the text 1 are two ids, also at once and on a pipe", async () => {
    await using server = await openServer("stdio", "legacy", { jitter: 20 });
    using home = makeHome({ mcpServers: { a: server.entry } });
    await using client = home.stdio(["--own"]);
    await client.handshake();
    await client.toolNames();
    for (let round = 1; round <= 20; round++) {
      const number = client.call("a__nonce", { nonce: "number" }, { id: 1_000 + round });
      const text = client.call("a__nonce", { nonce: "text" }, { id: String(1_000 + round) });
      expect([textOf(await number), textOf(await text)]).toEqual(["hostile number", "hostile text"]);
    }
  });

  it(`CAL-11 ${CALLS} calls with cancels and timeouts around their end leave nothing behind`, { timeout: 300_000 }, async () => {
    const timeouts = { tools: { slow: "100ms" } };
    using home = makeHome({
      mcpServers: { a: { ...stdioServer(), timeouts, concurrency: 1_000 } },
      limits: { breaker: { failures: 1_000 } },
    });
    // a tight heap: what one call in a hundred thousand leaves behind would end the process
    await using gateway = await home.serve([], { env: { NODE_OPTIONS: "--max-old-space-size=64" } });
    await using client = home.stdio();
    await client.handshake();
    await client.toolNames();
    await hammer(client, CALLS / 10);
    const before = await figures(gateway);
    await hammer(client, CALLS);
    const after = await until(async () => {
      const now = await figures(gateway);
      return now.inFlight === 0 && now.timers <= before.timers + 2 && now;
    });
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
    expect(await gateway.server("a")).toMatchObject({ state: "ready", restarts: 0 });
    expect(gateway.log).toBe("");
  });
});

/** What must be as before once all is over. */
async function figures(gateway: Gateway): Promise<{ inFlight: number; timers: number; descriptors: number }> {
  const { inFlight } = await gateway.server("a");
  const metrics = await (await fetch(gateway.at("/metrics"))).text();
  const timers = Number(/^nodejs_active_resources\{type="Timeout"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  return { inFlight, timers, descriptors: openDescriptors(gateway.pid) };
}

let run = 0;

/**
 * Of ten calls one takes about as long as it may, and two are cancelled, at once or about when they end. Every other
 * gets exactly one answer, and every answer is its own call's.
 */
async function hammer(client: StdioClient, total: number): Promise<void> {
  const [own, wanted, cancelled] = [`run ${++run}`, new Map<string, string>(), new Set<string>()];
  const wrong: string[] = [];
  let read = client.inbox.messages.length;
  const settle = (): number => {
    for (; read < client.inbox.messages.length; read++) {
      const message = client.inbox.messages[read] ?? {};
      const [id, text] = [String(message.id), textOf(message)];
      if (cancelled.delete(id)) continue;
      const right = wanted.get(id);
      if (text !== right && !(right === "done" && text.includes("CALL_TIMEOUT"))) wrong.push(`${id}: ${text}`);
      wanted.delete(id);
    }
    return wanted.size;
  };
  const cancel = (id: string): JsonObject => {
    if (wanted.delete(id)) cancelled.add(id);
    return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } };
  };
  for (let nth = 0; nth < total; nth += BATCH) {
    const messages = Array.from({ length: BATCH }, (_, at): JsonObject[] => {
      const id = `${own}, ${nth + at}`;
      const slow = at % 10 === 0;
      wanted.set(id, slow ? "done" : id);
      const [name, args] = slow ? ["a__slow", { ms: 80 + at / 8 }] : ["a__echo", { text: id }];
      const call = { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } };
      if (at % 10 === 8) return [call, cancel(id)];
      return at % 10 === 9 ? [call, cancel(`${own}, ${nth + at - BATCH}`)] : [call];
    });
    client.write(
      messages
        .flat()
        .map((message) => `${JSON.stringify(message)}\n`)
        .join(""),
    );
    await until(() => settle() < 5 * BATCH, 30_000, "the calls before end");
  }
  await until(
    () => settle() === 0,
    30_000,
    "every call ends",
    () => [...wanted].slice(0, 5),
  );
  expect(wrong).toEqual([]);
}

const BATCH = 200;
