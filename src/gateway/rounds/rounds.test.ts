import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startHttp, watchedServer } from "../../../test/support/fixture.ts";
import type { HttpClient } from "../../../test/support/http-client.ts";
import { textOf, type WireMessage } from "../../../test/support/inbox.ts";
import { until } from "../../../test/support/wait.ts";
import { objectOr, type JsonObject } from "../../base/json.ts";
import { testGateway, type TestGateway, type TestOptions } from "../gateway.suite.ts";

const everything = join(import.meta.dirname, "../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const servers = { everything: { command: process.execPath, args: [everything, "stdio"] } };
const capabilities = { elicitation: { form: {}, url: {} }, sampling: {} };
const ELICIT = "everything__trigger-elicitation-request";
const accepted: JsonObject = { action: "accept", content: { name: "Ann" } };

async function opened(options: TestOptions = { servers }): Promise<TestGateway> {
  const test = await testGateway(options);
  await test.yard.ready({ timeoutMs: 10_000 });
  return test;
}

function call(client: HttpClient, more: JsonObject = {}, name = ELICIT): Promise<WireMessage> {
  return client.request("tools/call", { name, arguments: {}, ...more });
}

function round({ result }: WireMessage): { state: string; keys: string[]; requests: JsonObject } {
  const requests = objectOr(result?.["inputRequests"]);
  return { state: String(result?.["requestState"]), keys: Object.keys(requests), requests };
}

describe("a modern client and a legacy server", () => {
  it("parks the call, asks by the result, and goes on with the answer", async () => {
    await using test = await opened();
    const client = test.modern({ capabilities });
    const asked = await call(client);
    expect(asked.result?.["resultType"]).toBe("input_required");
    const { state, keys, requests } = round(asked);
    expect(keys).toEqual(["r1"]);
    const question = objectOr(requests["r1"]);
    expect(question["method"]).toBe("elicitation/create");
    expect(objectOr(question["params"])["message"]).toMatch(/^everything: /);
    expect(test.yard.servers().find(({ name }) => name === "everything")?.inFlight).toBe(1);

    const done = await call(client, { requestState: state, inputResponses: { r1: accepted, stray: {} } });
    expect(done.result?.["resultType"]).toBe("complete");
    expect(JSON.stringify(done.result)).toContain("Ann");
  });

  it("asks again for what is missing", async () => {
    await using test = await opened();
    const client = test.modern({ capabilities });
    const { state } = round(await call(client));
    const again = await call(client, { requestState: state, inputResponses: {} });
    expect(again.result?.["resultType"]).toBe("input_required");
    const done = await call(client, { requestState: round(again).state, inputResponses: { r1: accepted } });
    expect(textOf(done)).toContain("provided");
  });

  it("refuses a state that was used, altered, or belongs to another request", async () => {
    await using test = await opened();
    const client = test.modern({ capabilities });
    const { state } = round(await call(client));
    const altered = state.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const answers = { inputResponses: { r1: accepted } };
    expect((await call(client, { requestState: altered, ...answers })).error?.code).toBe(-32602);
    expect((await call(client, { requestState: "anything", ...answers })).error?.code).toBe(-32602);
    expect((await call(client, { requestState: state, arguments: { other: 1 }, ...answers })).error?.code).toBe(-32602);
    expect(textOf(await call(client, { requestState: state, ...answers }))).toContain("provided");
    expect((await call(client, { requestState: state, ...answers })).error?.code).toBe(-32602);
  });

  it("lets a disconnect cancel the call while its client waits, and not while it is parked", async () => {
    using server = watchedServer({ "never-answer": "call" });
    await using test = await opened({ servers: { deaf: server.entry } });
    const client = test.modern({ capabilities });
    const abort = new AbortController();
    const lost = client.request("tools/call", { name: "deaf__echo", arguments: {} }, { signal: abort.signal }).catch(() => undefined);
    await server.log.waitFor({ what: "in", method: "tools/call" });
    abort.abort();
    await lost;
    await server.log.waitFor({ what: "cancelled" });
  });

  it("ends a parked call when nobody answers in time", async () => {
    await using test = await opened({ servers, config: { limits: { input: "1s" } } });
    const client = test.modern({ capabilities });
    const { state } = round(await call(client));
    await until(() => test.yard.servers().find(({ name }) => name === "everything")?.inFlight === 0, 5_000);
    const late = await call(client, { requestState: state, inputResponses: { r1: accepted } });
    expect(late.error?.code ?? textOf(late)).toSatisfy((seen: unknown) => seen === -32602 || String(seen).includes("may have run"));
  });

  it("parks so many calls and no more", async () => {
    await using test = await opened({ servers, config: { limits: { parked: 1 } } });
    const client = test.modern({ capabilities });
    const first = await call(client);
    expect(first.result?.["resultType"]).toBe("input_required");
    const second = await call(client, {}, "everything__trigger-sampling-request");
    expect(second.result?.["resultType"]).not.toBe("input_required");
  });

  it("says what the server wanted to a client that cannot be asked", async () => {
    await using test = await opened();
    const mute = test.modern({ capabilities: {} });
    const result = await call(mute);
    expect(result.result?.["resultType"]).toBe("complete");
  });
});

describe("a modern client and a modern server", () => {
  it("relays its rounds with the state sealed, and gives the server its own state back", async () => {
    await using modern = await startHttp({ era: "modern" });
    await using test = await opened({ servers: { m: { url: modern.url } } });
    const client = test.modern({ capabilities });
    const asked = await call(client, {}, "m__elicit");
    expect(asked.result?.["resultType"]).toBe("input_required");
    const { state, keys, requests } = round(asked);
    expect(state).toMatch(/^tys1\./);
    expect(objectOr(objectOr(requests[keys[0] ?? ""])["params"])["message"]).toMatch(/^m: /);
    const responses = Object.fromEntries(keys.map((key) => [key, accepted]));
    const done = await call(client, { requestState: state, inputResponses: responses }, "m__elicit");
    expect(done.result?.["resultType"]).toBe("complete");
    expect(modern.log.violations()).toEqual([]);
  });
});
