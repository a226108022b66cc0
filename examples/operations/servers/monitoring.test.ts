import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "@modelcontextprotocol/client";
import { startServer } from "../../start-server.ts";
import { callText, connect, eras } from "../../test-client.ts";

const script = fileURLToPath(new URL("monitoring.ts", import.meta.url));

describe.each(eras)("monitoring server on stdio, %s era", (era) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect({ script }, era);
  });
  afterAll(() => client.close());

  it("lists its tools, all of which only read", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(["cpu_load", "disk_usage", "memory", "query", "top_processes", "uptime"]);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
  });

  it.each([
    ["cpu_load", /^Load \d+(\.\d+)? \(1 min\).* on \d+ cores\.$/],
    ["memory", /^\d+(\.\d)? % of \d+\.\d GB in use, \d+\.\d GB available\.$/],
    ["disk_usage", /^\/: \d+(\.\d)? % of \d+\.\d GB in use/],
    ["uptime", /^Up for \d+ h \d+ min\.$/],
  ])("%s measures", async (name, pattern) => {
    expect(await callText(client, name)).toMatch(pattern);
  });

  it.each(["load1", "cpu_count", "memory_used_percent", "disk_used_percent", "process_count", "uptime_seconds"])(
    "query answers for %s with a number",
    async (metric) => {
      const { structuredContent } = await client.callTool({ name: "query", arguments: { metric } });
      expect(structuredContent).toEqual({ metric, value: expect.any(Number) });
    },
  );

  it("names the processes, largest first, and never their arguments", async () => {
    const { structuredContent } = await client.callTool({ name: "top_processes", arguments: { by: "memory", limit: 3 } });
    const { processes } = structuredContent as { processes: { name: string; memoryBytes: number }[] };
    expect(processes.length).toBeGreaterThan(0);
    expect(processes).toEqual(processes.toSorted((a, b) => b.memoryBytes - a.memoryBytes));
    expect(JSON.stringify(processes)).not.toContain(".ts");
  });

  it("says what cannot be measured", async () => {
    expect(await callText(client, "disk_usage", { path: "/no/such/place" })).toMatch(
      /^ERROR: Nothing can be measured at "\/no\/such\/place"/,
    );
    await expect(callText(client, "query", { metric: "mood" })).resolves.toMatch(/^ERROR: .*load1/s);
  });

  it("offers every metric as one resource", async () => {
    const { contents } = await client.readResource({ uri: "monitoring://overview" });
    expect(contents).toMatchObject([{ text: expect.stringContaining('"memory_used_percent": ') }]);
  });
});

it.each(eras)("monitoring server over HTTP, %s era", async (era) => {
  await using started = await startServer(script);
  const client = await connect(started, era);
  expect(await callText(client, "uptime")).toMatch(/^Up for/);
  await client.close();
});
