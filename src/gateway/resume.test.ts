/** A client that has lost a stream takes it up again (spec 2025-11-25: Streamable HTTP, Resumability and Redelivery). */

import { describe, expect, it } from "vitest";
import type { HttpClient } from "../../test/support/http-client.ts";
import { until } from "../../test/support/wait.ts";
import type { JsonObject } from "../base/json.ts";
import { testGateway } from "./gateway.suite.ts";

interface Event {
  readonly id: string;
  readonly message: JsonObject | undefined;
}

/** Everything of a body as it comes, event by event. */
function follow(body: AsyncIterable<Buffer>): { readonly events: Event[]; readonly ended: Promise<void> } {
  const events: Event[] = [];
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of body) {
      const parts = (rest + chunk.toString("utf8")).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const [, id] = /^id: (.*)$/m.exec(part) ?? [];
        const [, data = ""] = /^data: (.*)$/m.exec(part) ?? [];
        if (id !== undefined) events.push({ id, message: data === "" ? undefined : (JSON.parse(data) as JsonObject) });
      }
    }
  };
  return { events, ended: read().catch(() => {}) };
}

/** An answer becomes a stream when its connection would be quiet for so long. */
const soon = { limits: { keepAlive: "1s" } };
const wait = { name: "demo__wait", arguments: {} };

/** Begins a call, and leaves once its answer has become a stream. */
async function lose(client: HttpClient): Promise<Event[]> {
  const leaving = new AbortController();
  const answer = await client.post({ jsonrpc: "2.0", id: "lost", method: "tools/call", params: wait }, {}, leaving.signal);
  const { events, ended } = follow(answer.stream);
  await until(() => events.length > 0);
  leaving.abort();
  await ended;
  return events;
}

async function take(
  client: HttpClient,
  lastEventId: string,
): Promise<{ status: number; events: Event[]; ended: Promise<void>; close(): void }> {
  const closing = new AbortController();
  const headers: Record<string, string> = { accept: "text/event-stream", "last-event-id": lastEventId };
  if (client.session !== undefined) headers["mcp-session-id"] = client.session;
  const response = await fetch(client.url, { headers, signal: closing.signal });
  const body = response.body as unknown as AsyncIterable<Buffer>;
  const decoded = (async function* () {
    for await (const chunk of body) yield Buffer.from(chunk);
  })();
  return { status: response.status, ...follow(decoded), close: () => closing.abort() };
}

describe("an answer that was lost on its way", () => {
  it("can be had by its event, once it is there", async () => {
    await using test = await testGateway({ config: soon });
    const client = await test.legacy();
    const [prime] = await lose(client);
    expect(prime?.message).toBeUndefined();
    test.witness.release();
    const again = await take(client, prime?.id ?? "");
    expect(again.status).toBe(200);
    await again.ended;
    expect(again.events.map(({ message }) => message)).toMatchObject([{ id: "lost", result: {} }]);
    const once = await take(client, prime?.id ?? "");
    await once.ended;
    expect(once.events).toEqual(again.events);
  });

  it("comes on the stream that took its place, when that was there first", async () => {
    await using test = await testGateway({ config: soon });
    const client = await test.legacy();
    const [prime] = await lose(client);
    const again = await take(client, prime?.id ?? "");
    expect(again.events).toEqual([]);
    test.witness.release();
    await again.ended;
    expect(again.events.map(({ message }) => message)).toMatchObject([{ id: "lost" }]);
  });

  it("is nobody else's, and is said to be gone where it is", async () => {
    await using test = await testGateway({ config: soon });
    const [client, other] = [await test.legacy(), await test.legacy()];
    const [prime] = await lose(client);
    test.witness.release();
    expect((await take(other, prime?.id ?? "")).status).toBe(400);
    expect((await take(client, "call.unknown.1-1")).status).toBe(400);
  });

  it("begins with no empty event for clients of older revisions", async () => {
    await using test = await testGateway({ config: soon });
    const client = await test.legacy({ version: "2025-06-18" });
    const call = client.post({ jsonrpc: "2.0", id: 1, method: "tools/call", params: wait });
    setTimeout(() => test.witness.release(), 1_300);
    const { events, ended } = follow((await call).stream);
    await ended;
    expect(events.map(({ message }) => message)).toMatchObject([{ id: 1 }]);
  });
});

describe("a standing stream that was lost", () => {
  it("gives again what its client has not seen, and goes on", async () => {
    await using test = await testGateway();
    const client = await test.legacy();
    const first = await take(client, "standing.unknown.1-1");
    expect(first.status).toBe(200);
    await until(() => first.events.length > 0);
    const grow = (name: string): void => test.yard.add(name, { tools: [{ name: "t", inputSchema: { type: "object" }, call: () => "" }] });
    grow("one");
    await until(() => first.events.length === 2);
    first.close();
    await first.ended;
    const [prime] = first.events;
    const second = await take(client, prime?.id ?? "");
    await until(() => second.events.length === 1);
    expect(second.events).toEqual(first.events.slice(1));
    grow("two");
    await until(() => second.events.length === 2);
    expect(second.events[1]?.id.replace(/-\d+$/, "")).toBe(prime?.id.replace(/-\d+$/, ""));
    second.close();
  });
});
