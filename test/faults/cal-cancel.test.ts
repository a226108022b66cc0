/** Calls, cancelling: it reaches the right server at once, whoever stands between. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { HttpClient } from "../support/http-client.ts";
import { pause, until, within } from "../support/wait.ts";
import { startGateway } from "./gateway.ts";
import { openServer, openServers } from "./servers.ts";

/** Milliseconds that a busy machine may add. */
const SLACK = 1_500;

describe("cancelling", () => {
  it("CAL-02 a modern client's disconnect is told within 200 ms", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era: "modern" });
    await client.toolNames();
    await servers.each(async ({ name, log, toldToStop }) => {
      const leaving = new AbortController();
      const gone = client.call(`${name}__slow`, { ms: 60_000 }, { signal: leaving.signal }).catch((error: unknown) => error);
      const { id } = await log.waitFor({ what: "in", name: "slow" });
      const at = Date.now();
      leaving.abort();
      const told = await log.waitFor(toldToStop(id));
      expect(told.at - at).toBeLessThan(200 + SLACK);
      expect(await gone).toBeInstanceOf(Error);
      expect(log.violations()).toEqual([]);
    });
  });

  it("CAL-02 after a cancel nothing comes for that id, whatever the server sends", async () => {
    await using servers = await openServers(() => ({ "late-cancelled": true }));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client();
    await client.toolNames();
    await servers.each(async ({ name, log, toldToStop }) => {
      const ended = client.call(`${name}__progress`, { steps: 0, ms: 20 }, { id: name, meta: { progressToken: name } }).catch(String);
      const mine = (): number => client.inbox.messages.filter(({ id, params }) => id === name || params?.["progressToken"] === name).length;
      const { id } = await log.waitFor({ what: "in", name: "progress" });
      await until(() => mine() > 0);
      const at = Date.now();
      await client.cancel(name);
      const told = await log.waitFor(toldToStop(id));
      expect(told.at - at).toBeLessThan(200 + SLACK);
      expect(await within(ended, 3_000, "the stream of the cancelled request ends")).toMatch(/ended without an answer|HTTP 202/);
      const heard = mine();
      await pause(300);
      expect(mine()).toBe(heard);
      expect(client.inbox.messages.filter((message) => message.id === name)).toEqual([]);
    });
  });

  it("CAL-02 a legacy client's disconnect is no cancel: the call runs to its end", async () => {
    await using server = await openServer("stdio", "legacy");
    await using gateway = await startGateway({ mcpServers: { a: server.entry } });
    await using client = await gateway.client();
    await client.toolNames();
    const leaving = new AbortController();
    const gone = client.call("a__slow", { ms: 800 }, { signal: leaving.signal }).catch(String);
    await server.log.waitFor({ what: "in", name: "slow" });
    leaving.abort();
    await gone;
    await server.log.waitFor({ what: "executed", name: "slow" });
    expect(server.log.all({ what: "cancelled" })).toEqual([]);
  });

  it.each(["legacy", "modern"] as const)(
    "CAL-03 a cancel passes the call before it, and what waited never starts (%s client)",
    async (era) => {
      await using one = await openServer("stdio", "legacy");
      await using other = await openServer("http", "modern");
      await using gateway = await startGateway({ mcpServers: { one: { ...one.entry, concurrency: 1 }, other: other.entry } });
      await using client = await gateway.client({ era });
      await client.toolNames();
      const running = cancellable(client, era, "one__slow", { ms: 60_000 });
      const elsewhere = cancellable(client, era, "other__slow", { ms: 60_000 });
      const { id: first } = await one.log.waitFor({ what: "in", name: "slow" });
      const { id: second } = await other.log.waitFor({ what: "in", name: "slow" });
      const waiting = cancellable(client, era, "one__nonce", { nonce: "never" });
      await pause(200);
      await waiting.cancel();
      const at = Date.now();
      await elsewhere.cancel();
      const told = await other.log.waitFor(other.toldToStop(second));
      expect(told.at - at).toBeLessThan(200 + SLACK);
      expect(one.log.all({ what: "cancelled" })).toEqual([]);
      await running.cancel();
      await one.log.waitFor(one.toldToStop(first));
      expect(await client.text("one__echo", { text: "free again" })).toBe("free again");
      expect(one.log.all({ what: "in", name: "nonce" })).toEqual([]);
    },
  );
});

let nextId = 1;

/** A call under way, and how a client of this era takes it back. */
function cancellable(client: HttpClient, era: "legacy" | "modern", name: string, args: JsonObject): { cancel(): Promise<void> } {
  const id = `call ${nextId++}`;
  const leaving = new AbortController();
  const ended = client.call(name, args, { id, ...(era === "modern" ? { signal: leaving.signal } : {}) }).catch(String);
  return {
    async cancel() {
      if (era === "legacy") await client.cancel(id);
      leaving.abort();
      await within(ended, 3_000, "the cancelled request ends");
    },
  };
}
