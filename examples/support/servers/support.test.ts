import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "@modelcontextprotocol/client";
import { startServer } from "../../start-server.ts";
import { callText, connect, eras } from "../../test-client.ts";

const scriptOf = (server: string): string => fileURLToPath(new URL(`${server}.ts`, import.meta.url));

const servers = ["crm", "tickets", "analytics", "knowledge"] as const;
const cases = eras.flatMap((era) => servers.map((server) => [server, era] as const));

/** By server: its tools, and calls with what they must answer. */
const expected = {
  crm: {
    tools: ["add_note", "delete", "get", "search"],
    calls: [
      ["search", { text: "fjordline" }, /^C-101 Fjordline Freight \(plan business\), contact Ingrid Solheim$/],
      ["search", { text: "zzz" }, /^No customer matches "zzz"\.$/],
      ["get", { id: "C-103" }, /"contact": "Ruth Mbeki"/],
      ["get", { id: "T-501" }, /^ERROR: There is no customer T-501\./],
      ["add_note", { id: "C-102", note: "likes bread" }, /^Quince Bakery has 1 note now\.$/],
      ["delete", { id: "C-102" }, /^C-102 is deleted\.$/],
      ["get", { id: "C-102" }, /^ERROR: There is no customer C-102\./],
    ],
  },
  tickets: {
    tools: ["create", "get", "query", "reply", "search"],
    calls: [
      ["search", { text: "C-101 export" }, /T-501 .*\nT-505 /s],
      ["query", { status: "open", priority: "urgent" }, /T-501.*\(1 tickets\)$/s],
      ["get", { id: "T-503" }, /OpenID Connect/],
      ["get", { id: "KB-11" }, /^ERROR: There is no ticket KB-11\./],
      ["create", { customer: "C-104", subject: "s", message: "m", source: "phone" }, /^Ticket T-506 is open \(source phone\)\.$/],
      ["reply", { id: "T-506", message: "Done." }, /^Sent\. T-506 waits for the customer\.$/],
      ["query", { status: "waiting" }, /T-503.*T-506.*\(2 tickets\)$/s],
    ],
  },
  analytics: {
    tools: ["list_metrics", "query"],
    calls: [
      ["query", { metric: "failed_exports", customer: "C-101" }, /2026-11 \| +19$/],
      ["query", { metric: "logins" }, /2026-11 \| +96$/],
      ["query", { metric: "logins", customer: "C-999" }, /^ERROR: There is no usage of C-999\. Known are C-101, /],
      ["list_metrics", {}, /api_calls/],
    ],
  },
  knowledge: {
    tools: ["get", "search"],
    calls: [
      ["search", { text: "export times out" }, /^KB-11 Exports time out on large accounts/],
      ["get", { id: "KB-15" }, /Retry-After/],
      ["get", { id: "C-101" }, /^ERROR: There is no article C-101\./],
    ],
  },
} as const satisfies Record<(typeof servers)[number], { tools: string[]; calls: [string, Record<string, unknown>, RegExp][] }>;

describe.each(cases)("%s server, %s era", (server, era) => {
  const cleanup = new AsyncDisposableStack();
  let client: Client;
  beforeAll(async () => {
    const target = server === "knowledge" ? cleanup.use(await startServer(scriptOf(server))) : { script: scriptOf(server) };
    client = await connect(target, era);
    cleanup.defer(() => client.close());
  });
  afterAll(() => cleanup.disposeAsync());

  it("offers its tools", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(expected[server].tools);
  });

  it("answers them from its own data", async () => {
    for (const [name, args, answer] of expected[server].calls) expect(await callText(client, name, args)).toMatch(answer);
  });
});

it("knowledge offers each article as a resource, and completes their ids", async () => {
  await using started = await startServer(scriptOf("knowledge"));
  const client = await connect(started, "legacy");
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain("kb://articles/KB-14");
  const { contents } = await client.readResource({ uri: "kb://articles/KB-14" });
  expect(contents).toMatchObject([{ text: expect.stringContaining("SAML") }]);
  const ref = { type: "ref/resource" as const, uri: "kb://articles/{id}" };
  expect((await client.complete({ ref, argument: { name: "id", value: "KB-1" } })).completion.values).toHaveLength(5);
  await client.close();
});
