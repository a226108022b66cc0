/** Protocol: rounds of questions, and progress. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp } from "../support/fixture.ts";
import type { HttpClient } from "../support/http-client.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import { pause } from "../support/wait.ts";
import { makeHome, startGateway } from "./gateway.ts";
import { openServer, openServers, type Era } from "./servers.ts";

const capabilities = { elicitation: {} };
const accept = (answer: string): JsonObject => ({ action: "accept", content: { answer } });

/** The request that brings the answers to what `asked` asks. */
function answerTo(client: HttpClient, asked: WireMessage, name: string, state = asked.result?.["requestState"]): Promise<WireMessage> {
  const keys = Object.keys(asked.result?.["inputRequests"] as JsonObject);
  const inputResponses = Object.fromEntries(keys.map((key) => [key, accept(key)]));
  const requestState = state as string;
  return client.request("tools/call", { name, arguments: { message: "Which?" }, inputResponses, requestState });
}

describe("rounds of questions", () => {
  it("PRO-09 a server's state comes back byte for byte, each time under a new id, and ours is new each time", async () => {
    await using servers = await openServers(() => ({ rounds: 3 }));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era: "modern", capabilities });
    await client.toolNames();
    for (const { name, era, log } of servers.all) {
      const states = new Set<unknown>();
      let answer = await client.call(`${name}__elicit`, { message: "Which?" });
      for (let round = 0; round < 3; round++) {
        expect(answer.result).toMatchObject({ resultType: "input_required" });
        states.add(answer.result?.["requestState"]);
        answer = await answerTo(client, answer, `${name}__elicit`);
      }
      expect(textOf(answer).match(/accept/g)).toHaveLength(3);
      expect(states.size).toBe(3);
      const ids = log.all({ what: "in", name: "elicit" }).map(({ id }) => id);
      expect(new Set(ids).size).toBe(era === "modern" ? 4 : 1); // a legacy server's call waits for its answers
      expect(log.violations()).toEqual([]);
    }
  });

  it("PRO-09 a state that was altered, belongs to another request, was used or was made up is refused, and nothing runs", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era: "modern", capabilities });
    await client.toolNames();
    for (const { name, log } of servers.all) {
      const tool = `${name}__elicit`;
      const asked = await client.call(tool, { message: "Which?" });
      const state = String(asked.result?.["requestState"]);
      const middle = Math.floor(state.length / 2);
      const flipped = state.slice(0, middle) + (state[middle] === "A" ? "B" : "A") + state.slice(middle + 1);
      const before = log.count({ what: "in", method: "tools/call" });
      for (const bad of [flipped, `${state}A`, state.slice(0, -1), state.slice(1), "", "tys1.AAAA", 7, {}, null]) {
        const answer = await answerTo(client, asked, tool, bad);
        expect({ bad, error: answer.error }).toMatchObject({ error: { code: -32602, message: expect.stringContaining("requestState") } });
      }
      const others: JsonObject[] = [
        { name: `${name}__echo`, arguments: { message: "Which?" } },
        { name: tool, arguments: { message: "Which one?" } },
        { name: tool },
      ];
      for (const params of others) {
        const answer = await client.request("tools/call", { ...params, inputResponses: { k1: accept("x") }, requestState: state });
        expect(answer.error).toMatchObject({ code: -32602 });
      }
      expect(log.count({ what: "in", method: "tools/call" })).toBe(before);
      expect(textOf(await answerTo(client, asked, tool, state))).toContain("accept");
      expect((await answerTo(client, asked, tool, state)).error).toMatchObject({ code: -32602, message: expect.stringContaining("used") });
    }
  });

  it("PRO-09 a state of another gateway, and one that is too old, are refused", async () => {
    await using server = await openServer("stdio", "modern");
    const config = { mcpServers: { a: server.entry }, limits: { input: "1s" } };
    await using gateway = await startGateway(config);
    await using other = await startGateway(config);
    const options = { era: "modern", capabilities } as const;
    await using client = await gateway.client(options);
    await using stranger = await other.client(options);
    await client.toolNames();
    await stranger.toolNames();
    const asked = await client.call("a__elicit", { message: "Which?" });
    expect((await answerTo(stranger, asked, "a__elicit")).error).toMatchObject({ code: -32602 });
    await pause(1_100);
    expect((await answerTo(client, asked, "a__elicit")).error).toMatchObject({ code: -32602, message: expect.stringContaining("too old") });
  });

  it("PRO-09 a state of one principal is worth nothing to another, nor to nobody, and goes on for its own", async () => {
    await using server = await openServer("http", "modern");
    const auth = { gateway: { auth: { keys: true } } };
    using home = makeHome({ ...auth, mcpServers: { a: { ...server.entry, sharing: "shared" } } });
    const [alice, bob] = [await home.key("alice"), await home.key("bob")];
    await using gateway = await home.serve();
    const options = { era: "modern", capabilities } as const;
    await using hers = await gateway.client({ ...options, headers: alice.headers });
    await using his = await gateway.client({ ...options, headers: bob.headers });
    await using nobody = await gateway.client(options);
    await hers.toolNames();
    await his.toolNames();
    const asked = await hers.call("a__elicit", { message: "Which?" });
    const [mine = "", other = ""] = [asked, await his.call("a__elicit", { message: "Which?" })].map(({ result }) =>
      String(result?.["requestState"]),
    );
    expect((await answerTo(his, asked, "a__elicit", mine)).error).toMatchObject({ code: -32602 });
    expect((await answerTo(hers, asked, "a__elicit", other)).error).toMatchObject({ code: -32602 });
    await expect(answerTo(nobody, asked, "a__elicit", mine)).rejects.toMatchObject({ status: 401 });
    expect(textOf(await answerTo(hers, asked, "a__elicit", mine))).toContain("accept");
    expect(textOf(await answerTo(his, asked, "a__elicit", other))).toContain("accept");
  });

  it("PRO-09 a server that asks for ever is stopped after eight rounds, and the next call is well", async () => {
    await using servers = await openServers((_, era) => (era === "modern" ? { rounds: 50 } : {}));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ capabilities, answer: ({ id }) => accept(String(id)) });
    await client.toolNames();
    for (const { name, era, log } of servers.all) {
      const answer = await client.call(`${name}__elicit`, { message: "Which?" });
      if (era === "modern") expect(textOf(answer)).toMatch(/8 times over/);
      expect(answer.result?.isError === true).toBe(era === "modern");
      expect(log.count({ what: "in", name: "elicit" })).toBe(era === "modern" ? 9 : 1);
      expect(await client.text(`${name}__echo`, { text: "well" })).toBe("well");
    }
  });
});

const told = (client: HttpClient, token: string | number): JsonObject[] =>
  client.inbox.of("notifications/progress").flatMap(({ params = {} }) => (params["progressToken"] === token ? [params] : []));

describe("progress", () => {
  it.each(["legacy", "modern"] as const)(
    "PRO-10 what falls, or has the token of nobody or of a call that has ended, is dropped; nothing breaks (%s client)",
    async (era) => {
      await using servers = await openServers();
      await using gateway = await startGateway({ mcpServers: servers.entries() });
      await using client = await gateway.client({ era });
      await client.toolNames();
      await servers.each(async ({ name, set }) => {
        const call = async (token: string): Promise<number[]> => {
          const meta = { progressToken: token };
          expect(textOf(await client.call(`${name}__progress`, { steps: 5, ms: 80 }, { meta }))).toBe("5 steps");
          return told(client, token).map(({ progress }) => Number(progress));
        };
        const [rising, falling, foreign] = [`rising ${name}`, `falling ${name}`, `foreign ${name}`];
        expect((await call(rising)).at(-1)).toBe(5);
        await set({ progress: "not-increasing" });
        expect(await call(falling)).toEqual([5]);
        await set({ progress: "foreign" });
        expect(await call(foreign)).toEqual([]);
        await set({ progress: "finished" });
        const heard = told(client, rising).length;
        expect(await call(`finished ${name}`)).toEqual([]);
        expect(told(client, rising)).toHaveLength(heard);
        await set({ progress: "without-token" });
        expect(textOf(await client.call(`${name}__progress`, { steps: 3 }))).toBe("3 steps");
      });
      const mine = new Set<unknown>(servers.all.flatMap(({ name }) => [`rising ${name}`, `falling ${name}`]));
      const strange = client.inbox.of("notifications/progress").filter(({ params }) => !mine.has(params?.["progressToken"]));
      expect(strange).toEqual([]);
      for (const { restarts, state } of (await gateway.state()).servers)
        expect({ restarts, state }).toEqual({ restarts: 0, state: "ready" });
    },
  );

  it.each(["legacy", "modern"] as const)("PRO-10 ten thousand a second reach a client as twenty, and the last (%s client)", async (era) => {
    await using servers = await openServers((_, of) => (of === "modern" ? {} : { "sse-answers": true }));
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client({ era: era satisfies Era });
    await client.toolNames();
    for (const { name } of servers.all) {
      const startedAt = performance.now();
      const answer = await client.call(`${name}__progress`, { steps: 10_000 }, { meta: { progressToken: name }, deadlineMs: 60_000 });
      const seconds = (performance.now() - startedAt) / 1_000;
      expect(textOf(answer)).toBe("10000 steps");
      const values = told(client, name).map(({ progress }) => Number(progress));
      expect(values.length).toBeLessThanOrEqual(Math.ceil(seconds * 20) + 2); // the first, the last
      expect(values.at(-1)).toBe(10_000);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(await client.text("stdio_legacy__echo", { text: "well" })).toBe("well");
  });

  it("PRO-10 of the old transport as well", async () => {
    await using server = await startHttp({ sse: 0 });
    await using gateway = await startGateway({ mcpServers: { old: { type: "sse", url: server.url } } });
    await using client = await gateway.client();
    await client.toolNames();
    const meta = { progressToken: 7 };
    expect(textOf(await client.call("old__progress", { steps: 5_000 }, { meta, deadlineMs: 60_000 }))).toBe("5000 steps");
    expect(told(client, 7).at(-1)).toMatchObject({ progress: 5_000, total: 5_000 });
    await server.set({ progress: "finished" });
    await client.call("old__progress", { steps: 5 }, { meta: { progressToken: 8 } });
    expect(told(client, 8)).toEqual([]);
  });
});
