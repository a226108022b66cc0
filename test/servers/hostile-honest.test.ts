/** With no fault switched on the hostile server is a proper one: the official client, of either era, finds nothing to object to. */

import { Client, SSEClientTransport, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import { startHttp, startSse, watchedServer, type Flags } from "../support/fixture.ts";
import type { EventLog } from "../support/events.ts";
import { pause } from "../support/wait.ts";

const text = (value: string): object => ({ content: [{ type: "text", text: value }] });

async function walk(transport: Transport, log: EventLog, announce: () => unknown): Promise<void> {
  const changes: string[] = [];
  const client = new Client(
    { name: "official", version: "1.0.0" },
    {
      capabilities: { elicitation: {} },
      versionNegotiation: { mode: "auto" },
      listChanged: { tools: { onChanged: () => void changes.push("tools") } },
    },
  );
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { answer: "yes" } }));
  await client.connect(transport);
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("echo");
    expect(await client.callTool({ name: "echo", arguments: { text: "é" } })).toMatchObject(text("é"));
    expect(await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).toMatchObject({ structuredContent: { sum: 3 } });
    expect(await client.callTool({ name: "elicit", arguments: {} })).toMatchObject(
      text('[{"action":"accept","content":{"answer":"yes"}}]'),
    );
    expect((await client.readResource({ uri: "test://shared" })).contents).toHaveLength(1);
    expect((await client.getPrompt({ name: "greet", arguments: { name: "Ann" } })).messages).toHaveLength(1);
    await cancelAfterThreeSteps(client);
    await log.waitFor({ what: "aborted", name: "progress" });
    await announce();
    for (let nth = 0; nth < 100 && changes.length === 0; nth++) await pause(20);
    expect(changes).toEqual(["tools"]);
  } finally {
    await client.close();
  }
  expect(log.violations()).toEqual([]);
}

/** The progress of a call that has no end: this client loses reports that come in one piece with the answer. */
async function cancelAfterThreeSteps(client: Client): Promise<void> {
  const leave = new AbortController();
  const steps: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => {
    if (steps.push(progress) === 3) leave.abort();
  };
  const call = client.callTool({ name: "progress", arguments: { steps: 0, ms: 5 } }, { onprogress, signal: leave.signal });
  await expect(call).rejects.toThrow();
  expect(steps.slice(0, 3)).toEqual([1, 2, 3]);
}

const change: Flags = { "change-tools": "add" };

describe.concurrent("the official client", () => {
  it.each(["legacy", "modern", "both"] as const)("on stdio, era %s", async (era) => {
    using server = watchedServer({ era });
    await walk(new StdioClientTransport(server.entry), server.log, () => server.set(change));
  });

  it.each(["legacy", "modern", "both"] as const)("over Streamable HTTP, era %s", async (era) => {
    await using server = await startHttp({ era, session: true });
    await walk(new StreamableHTTPClientTransport(new URL(server.url)), server.log, () => server.set(change));
  });

  it("over HTTP+SSE", async () => {
    await using server = await startSse();
    await walk(new SSEClientTransport(new URL(server.url)), server.log, () => server.set(change));
  });
});
