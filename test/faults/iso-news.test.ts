/** Isolation: each client hears of what it asked to hear of, each is asked what its own call caused. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp, watchedServer } from "../support/fixture.ts";
import type { HttpClient } from "../support/http-client.ts";
import { textOf, type Inbox } from "../support/inbox.ts";
import { pause, until } from "../support/wait.ts";
import { makeHome, startGateway } from "./gateway.ts";
import { openServer } from "./servers.ts";

const LIST_CHANGED = "notifications/tools/list_changed";
const UPDATED = "notifications/resources/updated";
const SHARED = "test://shared";
const ELICITATION = { elicitation: {} };

describe("news", () => {
  it.each(["legacy", "modern"] as const)(
    "ISO-03 each client gets the kinds that it chose, as its own, until it leaves (%s server)",
    async (era) => {
      using server = watchedServer({ era });
      await using gateway = await startGateway({ mcpServers: { a: server.entry }, limits: { listDebounce: "50ms" } });
      await using scope = new AsyncDisposableStack();
      const open = async (as: "legacy" | "modern"): Promise<HttpClient> => scope.use(await gateway.client({ era: as }));
      const [tools, prompts, watcher, nothing] = [await open("modern"), await open("modern"), await open("modern"), await open("modern")];
      const [subscriber, leaver, listener] = [await open("legacy"), await open("legacy"), await open("legacy")];
      await tools.toolNames();
      const leaving = new AbortController();
      void listenTo(tools, { toolsListChanged: true }, "tools, please");
      void listenTo(prompts, { promptsListChanged: true }, "prompts, please");
      void listenTo(watcher, { resourceSubscriptions: [SHARED] }, "that one, please");
      void listenTo(nothing, { toolsListChanged: true, resourceSubscriptions: [SHARED] }, "for a moment", leaving.signal);
      for (const client of [tools, prompts, watcher, nothing]) await client.inbox.waitFor("notifications/subscriptions/acknowledged");
      for (const client of [subscriber, leaver, listener]) await client.listen();
      for (const client of [subscriber, leaver]) await client.request("resources/subscribe", { uri: SHARED });
      leaving.abort();
      await until(() => {
        server.act({ do: "resource-updated", uri: SHARED }); // until the server knows that somebody wants it
        return [watcher, subscriber, leaver].every(({ inbox }) => inbox.of(UPDATED).length > 0);
      });
      await leaver.request("resources/unsubscribe", { uri: SHARED });
      await pause(300);
      const all = [tools, prompts, watcher, nothing, subscriber, leaver, listener];
      expect([tools, prompts, nothing, listener].flatMap(({ inbox }) => news(inbox))).toEqual([]);
      for (const { inbox } of all) inbox.messages.length = 0;
      server.act({ do: "resource-updated", uri: SHARED });
      for (const client of [watcher, subscriber]) await client.inbox.waitFor(UPDATED);
      server.set({ "change-tools": "add" });
      for (const client of [tools, subscriber, leaver, listener]) await client.inbox.waitFor(LIST_CHANGED);
      await pause(300);
      const updated = { method: UPDATED, params: { uri: SHARED } };
      const changed = { method: LIST_CHANGED, params: {} };
      expect(news(tools.inbox)).toEqual([{ ...changed, params: belongsTo("tools, please") }]);
      expect(news(watcher.inbox)).toEqual([{ ...updated, params: { ...updated.params, ...belongsTo("that one, please") } }]);
      expect([...news(prompts.inbox), ...news(nothing.inbox)]).toEqual([]);
      expect(news(subscriber.inbox)).toEqual([updated, changed]);
      expect(news(leaver.inbox)).toEqual([changed]);
      expect(news(listener.inbox)).toEqual([changed]);
      expect(server.log.violations()).toEqual([]);
    },
  );

  it.each([
    ["stdio", "legacy"],
    ["http", "legacy"],
    ["stdio", "modern"],
  ] as const)("ISO-07 a question goes to the client whose call caused it, and only its answer counts (%s, %s)", async (carrier, era) => {
    await using server = await openServer(carrier, era);
    await using gateway = await startGateway({ mcpServers: { a: server.entry } });
    await using asked = await gateway.client({ capabilities: ELICITATION });
    await using other = await gateway.client({ capabilities: ELICITATION });
    await using modern = await gateway.client({ era: "modern", capabilities: ELICITATION });
    await asked.toolNames();
    await other.listen();
    const call = asked.call("a__elicit", { message: "Whose?" });
    const question = await asked.inbox.waitFor("elicitation/create");
    for (const client of [other, modern]) {
      const answer = { jsonrpc: "2.0", id: question.id ?? null, result: { action: "accept", content: { answer: "a stranger's" } } };
      await (await client.post(answer)).text();
    }
    await pause(300);
    const reply = await asked.post({ jsonrpc: "2.0", id: question.id ?? null, result: { action: "accept", content: { answer: "mine" } } });
    expect(reply.status).toBe(202);
    expect(textOf(await call)).toContain("mine");
    expect(textOf(await call)).not.toContain("stranger");
    for (const client of [other, modern]) expect(client.inbox.of("elicitation/create")).toEqual([]);
  });

  it("ISO-07 with two clients at work it is refused, not guessed", async () => {
    using server = watchedServer({ era: "legacy" });
    await using gateway = await startGateway({ mcpServers: { a: server.entry } });
    const answer = (): JsonObject => ({ action: "accept", content: { answer: "guessed" } });
    await using one = await gateway.client({ capabilities: ELICITATION, answer });
    await using other = await gateway.client({ capabilities: ELICITATION, answer });
    await one.toolNames();
    const slow = other.call("a__slow", { ms: 1_500 });
    await server.log.waitFor({ what: "in", name: "slow" });
    expect(textOf(await one.call("a__elicit"))).toContain('"action":"cancel"');
    expect([...one.inbox.of("elicitation/create"), ...other.inbox.of("elicitation/create")]).toEqual([]);
    expect(textOf(await slow)).toBe("done");
  });

  it("ISO-07 of two people, each with a server of his own is asked; a server that both call asks nobody any more", async () => {
    using own = watchedServer({ era: "legacy" });
    using shared = watchedServer({ era: "legacy" });
    using home = makeHome({
      mcpServers: { own: own.entry, shared: { ...shared.entry, sharing: "shared", ask: "exclusive" } },
      gateway: { auth: { keys: true } },
    });
    const keys = { alice: await home.key("alice"), bob: await home.key("bob") };
    await using gateway = await home.serve();
    const open = (name: keyof typeof keys): Promise<HttpClient> =>
      gateway.client({
        capabilities: ELICITATION,
        headers: keys[name].headers,
        answer: () => ({ action: "accept", content: { answer: name } }),
      });
    await using alice = await open("alice");
    await using bob = await open("bob");
    expect(textOf(await alice.call("shared__elicit"))).toContain('"answer":"alice"');
    const both = await Promise.all([alice.call("own__elicit"), bob.call("own__elicit")]);
    expect(both.map(textOf)).toEqual([expect.stringContaining('"answer":"alice"'), expect.stringContaining('"answer":"bob"')]);
    expect(await bob.text("shared__echo", { text: "here too" })).toBe("here too");
    for (const client of [alice, bob]) expect(textOf(await client.call("shared__elicit"))).toContain('"action":"cancel"');
    expect([alice, bob].map(({ inbox }) => inbox.of("elicitation/create").length)).toEqual([2, 1]);
    await until(() => /"shared".*"sharing": "per-identity"/.test(gateway.log));
  });

  it("ISO-07 a modern client's question is answered by the state that it was given, once, for that call", async () => {
    await using http = await startHttp({ era: "legacy" });
    await using gateway = await startGateway({ mcpServers: { a: { url: http.url } } });
    await using client = await gateway.client({ era: "modern", capabilities: ELICITATION });
    await client.toolNames();
    const { result } = await client.call("a__elicit", { message: "Whose?" });
    expect(result).toMatchObject({ resultType: "input_required" });
    const [key = ""] = Object.keys(result?.["inputRequests"] as JsonObject);
    const inputResponses = { [key]: { action: "accept", content: { answer: "mine" } } };
    const again = (requestState: unknown, name = "a__elicit"): Promise<unknown> =>
      client.request("tools/call", { name, arguments: { message: "Whose?" }, inputResponses, requestState: requestState as string });
    const state = String(result?.["requestState"]);
    expect(await again(`${state.slice(0, -2)}xx`)).toMatchObject({ error: { code: -32602 } });
    expect(await again(state, "a__echo")).toMatchObject({ error: { code: -32602 } });
    expect(await again(state)).toMatchObject({ result: { content: [{ text: expect.stringContaining("mine") }] } });
    expect(await again(state)).toMatchObject({ error: { code: -32602 } });
  });
});

function belongsTo(id: string): JsonObject {
  return { _meta: { "io.modelcontextprotocol/subscriptionId": id } };
}

function listenTo(client: HttpClient, notifications: JsonObject, id: string, signal?: AbortSignal): Promise<unknown> {
  return client.request("subscriptions/listen", { notifications }, { id, deadlineMs: 60_000, ...(signal && { signal }) }).catch(() => {});
}

/** What came unasked, acknowledgements aside. */
function news({ messages }: Inbox): object[] {
  const unasked = messages.filter(({ method, id }) => method !== undefined && id === undefined && !method.endsWith("acknowledged"));
  return unasked.map(({ method, params }) => (params === undefined ? { method } : { method, params }));
}
