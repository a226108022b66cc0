import { describe, expect, it } from "vitest";
import { startHttp, watchedServer } from "../../test/support/fixture.ts";
import type { HttpClient } from "../../test/support/http-client.ts";
import { textOf, type WireMessage } from "../../test/support/inbox.ts";
import { pause } from "../../test/support/wait.ts";
import type { JsonObject } from "../base/json.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";

const ASKED = "elicitation/create";
const COMPLETE = "notifications/elicitation/complete";
const URL = "https://example.com/consent";
const capabilities = { elicitation: { form: {}, url: {} } };

const answering = (action: string) => (question: WireMessage) => (question.method === ASKED ? { action } : undefined);

async function opener(test: TestGateway, action = "accept"): Promise<HttpClient> {
  const client = await test.legacy({ capabilities, answer: answering(action) });
  await client.listen();
  return client;
}

function idsIn({ inbox }: HttpClient, method: string): unknown[] {
  return inbox.of(method).map(({ params }) => params?.["elicitationId"]);
}

describe("a link of a legacy server", () => {
  it.each(["stdio", "http"] as const)("on %s: the one who was asked hears that it is done, by its id", async (carrier) => {
    using pipe = watchedServer();
    await using web = await startHttp({ session: true });
    await using test = await testGateway({ servers: { crm: carrier === "stdio" ? pipe.entry : { url: web.url } } });
    await test.yard.ready();
    const [asked, other] = [await opener(test), await opener(test)];
    expect(textOf(await asked.call("crm__elicit", { mode: "url", message: "Sign in" }))).toContain("accept");
    const [question] = asked.inbox.of(ASKED);
    expect(question?.params).toMatchObject({ mode: "url", url: URL, message: "crm: Sign in", elicitationId: expect.any(String) });
    if (carrier === "stdio") pipe.act({ do: "links-done" });
    else await web.control({ do: "links-done" });
    await asked.inbox.waitFor(COMPLETE);
    expect(idsIn(asked, COMPLETE)).toEqual(idsIn(asked, ASKED));
    expect(idsIn(other, COMPLETE)).toEqual([]);
  });

  it("goes to a modern client without its id, which hears nothing of its end", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    await test.yard.ready();
    const client = test.modern({ capabilities });
    const { result } = await client.call("crm__elicit", { mode: "url" });
    const { r1 } = (result?.["inputRequests"] ?? {}) as Record<string, JsonObject>;
    expect(r1).toMatchObject({ method: ASKED, params: { mode: "url", url: URL } });
    expect(r1?.["params"]).not.toHaveProperty("elicitationId");
    server.act({ do: "links-done" });
    await pause(100);
    expect(client.inbox.of(COMPLETE)).toEqual([]);
  });
});

describe("a legacy server that does nothing before a link is opened", () => {
  const open = { mode: "error", message: "Sign in" };

  it("has its error passed to a legacy client that can open it, which hears when it is done", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    await test.yard.ready();
    const client = await opener(test);
    const { error } = await client.call("crm__elicit", open);
    expect(error).toMatchObject({ code: -32042, data: { elicitations: [{ mode: "url", url: URL, message: "crm: Sign in" }] } });
    const { elicitations } = (error?.data ?? {}) as { elicitations?: readonly JsonObject[] };
    server.act({ do: "links-done" });
    await client.inbox.waitFor(COMPLETE);
    expect(idsIn(client, COMPLETE)).toEqual([elicitations?.[0]?.["elicitationId"]]);
    expect(await client.text("crm__elicit", open)).toBe("the link is done");
  });

  it("has a modern client asked, whose next call is one like any other", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    await test.yard.ready();
    const client = test.modern({ capabilities });
    const { result } = await client.call("crm__elicit", open);
    expect(result).toMatchObject({
      resultType: "input_required",
      inputRequests: { link1: { method: ASKED, params: { mode: "url", url: URL, message: "crm: Sign in" } } },
    });
    expect(JSON.stringify(result)).not.toContain("elicitationId");
    const again = { name: "crm__elicit", arguments: open, inputResponses: { link1: { action: "accept" } } };
    expect((await client.request("tools/call", again)).result).toMatchObject({ resultType: "input_required" });
    server.act({ do: "links-done" });
    await pause(50);
    expect(textOf(await client.request("tools/call", again))).toBe("the link is done");
    expect(textOf(await client.request("tools/call", { ...again, name: "crm__raw_request", arguments: {} }))).not.toContain(
      "inputResponses",
    );
  });

  it("tells who cannot be asked, of either era, in the result, with the link", async () => {
    using server = watchedServer();
    await using test = await testGateway({ servers: { crm: server.entry } });
    await test.yard.ready();
    for (const client of [await test.legacy({ capabilities: { elicitation: {} } }), test.modern(), await test.legacy()]) {
      const answer = await client.call("crm__elicit", open);
      expect(answer.result).toMatchObject({ isError: true, _meta: { "toolyard/error": { code: "LINK_FIRST" } } });
      expect(textOf(answer)).toMatch(/"crm".*Sign in: https:\/\/example\.com\/consent.*call again/);
    }
    const { result } = await test.modern().call("crm__elicit", open);
    expect(result?.["resultType"]).toBe("complete");
  });
});

describe("a link of a modern server", () => {
  it("is asked once, with an id of ours; the call is repeated until the user is done, and that is told", async () => {
    await using server = await startHttp({ era: "modern", rounds: 2 });
    await using test = await testGateway({ servers: { crm: { url: server.url } } });
    await test.yard.ready();
    const client = await opener(test);
    const startedAt = performance.now();
    const answer = await client.call("crm__elicit", { mode: "url", message: "Sign in" });
    expect(textOf(answer)).toBe('[{"action":"accept"},{"action":"accept"}]');
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(client.inbox.of(ASKED).map(({ params }) => params)).toEqual([
      { mode: "url", url: URL, message: "crm: Sign in", elicitationId: expect.any(String) },
    ]);
    await client.inbox.waitFor(COMPLETE);
    expect(idsIn(client, COMPLETE)).toEqual(idsIn(client, ASKED));
    expect(server.log.violations()).toEqual([]);
  });

  it("that is not opened is not done", async () => {
    await using server = await startHttp({ era: "modern" });
    await using test = await testGateway({ servers: { crm: { url: server.url } } });
    await test.yard.ready();
    const client = await opener(test, "decline");
    expect(textOf(await client.call("crm__elicit", { mode: "url" }))).toBe('[{"action":"decline"}]');
    await pause(100);
    expect(idsIn(client, COMPLETE)).toEqual([]);
  });
});
