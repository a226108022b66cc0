/** What the gateway is for, row by row: the real program, real servers, the official SDK's client and the bare wire. */

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openToolyard } from "../../src/index.ts";
import { startGateway, makeHome } from "../faults/gateway.ts";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { until } from "../support/wait.ts";
import { real } from "./yard.ts";

type Mode = "legacy" | "auto";

async function sdkClient(url: string, mode: Mode): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: "seed", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

describe("many agents on one gateway", () => {
  it("serves clients of both eras from one process for each server, and each gets its own answers", async () => {
    using watched = watchedServer();
    await using gateway = await startGateway({ mcpServers: { everything: real.everything, shared: watched.entry } });
    await gateway.untilReady();
    const agents = await Promise.all(Array.from({ length: 10 }, (_, index) => sdkClient(gateway.url, index % 2 === 0 ? "legacy" : "auto")));
    const answers = await Promise.all(
      agents.flatMap((agent, index) =>
        Array.from({ length: 10 }, async (_, turn) => {
          const nonce = `${index}-${turn}`;
          const result = await agent.callTool({ name: "shared__nonce", arguments: { nonce } });
          return JSON.stringify(result.content).includes(nonce);
        }),
      ),
    );
    expect(answers.every(Boolean)).toBe(true);
    expect(watched.log.count({ what: "start" })).toBe(1);
    const names = await Promise.all(agents.map(async (agent) => (await agent.listTools()).tools.map(({ name }) => name)));
    for (const each of names) expect(each).toEqual(names[0]);
    await Promise.all(agents.map((agent) => agent.close()));
  });

  it("shares one process of a stdio server between bridges that hosts start", async () => {
    using watched = watchedServer();
    using home = makeHome({ mcpServers: { shared: watched.entry } });
    const hosts = [home.stdio(), home.stdio(), home.stdio()];
    try {
      for (const host of hosts) await host.handshake();
      const texts = await Promise.all(hosts.map((host, index) => host.call("shared__nonce", { nonce: `host-${index}` })));
      for (const [index, answer] of texts.entries()) expect(textOf(answer)).toContain(`host-${index}`);
      expect(watched.log.count({ what: "start" })).toBe(1);
    } finally {
      for (const host of hosts) await host[Symbol.asyncDispose]();
    }
  });

  it("works for a host that starts it by command, without any other process of ours with --own", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    const args = [program, "stdio", "--own", "--config", home.configFile];
    const client = new Client({ name: "seed", version: "1" }, { versionNegotiation: { mode: "legacy" } });
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env: { ...home.env }, stderr: "ignore" }));
    const result = await client.callTool({ name: "everything__get-sum", arguments: { a: 19, b: 23 } });
    expect(JSON.stringify(result.content)).toContain("42");
    await client.close();
  });
});

describe("discovery through the gateway", () => {
  it("answers the first list in time although a server hangs, names what is missing, and announces what comes later", async () => {
    await using late = await startHttp({ "never-answer": "handshake" });
    const config = { discovery: { wait: "1s" }, mcpServers: { good: stdioServer(), late: { url: late.url, timeouts: { connect: "2s" } } } };
    await using gateway = await startGateway(config);
    await using client = await gateway.client();
    const startedAt = Date.now();
    const { result } = await client.request("tools/list");
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(JSON.stringify(result?.["tools"])).toContain("good__echo");
    expect(JSON.stringify(result?.["_meta"])).toMatch(/toolyard\/missing.*"late"/);

    await client.listen();
    const told = (): number => client.inbox.messages.filter(({ method }) => method === "notifications/tools/list_changed").length;
    const before = told();
    await late.set({ "never-answer": "none" });
    await until(() => told() > before, 30_000);
    await until(async () => (await client.toolNames()).includes("late__echo"), 10_000);
  });

  it("has the whole list at once after a restart, and old sessions go on", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const first = await home.serve();
    await first.untilReady();
    await using client = await first.client();
    const before = await client.toolNames();
    const port = new URL(first.url).port;
    await first.stop();
    await using again = await home.serve(["--port", port]);
    expect(again.url).toBe(first.url);
    expect(await client.toolNames()).toEqual(before);
    expect(textOf(await client.call("everything__get-sum", { a: 1, b: 2 }))).toContain("3");
  });
});

describe("a library over the gateway", () => {
  it("is the same View: names, calls, questions", async () => {
    await using gateway = await startGateway({ mcpServers: { everything: real.everything } });
    await gateway.untilReady();
    using home = makeHome();
    const paths = { config: home.directory.path, cache: home.directory.path, state: home.directory.path, runtime: home.directory.path };
    await using yard = await openToolyard(
      { gateway: gateway.url },
      { paths, elicit: () => ({ action: "accept", content: { name: "Ann" } }) },
    );
    await yard.ready({ timeoutMs: 10_000 });
    expect(yard.tools().map(({ name }) => name)).toContain("everything__get-sum");
    const sum = await yard.callTool("everything__get-sum", { a: 20, b: 22 });
    expect(JSON.stringify(sum.content)).toContain("42");
    const asked = await yard.callTool("everything__trigger-elicitation-request");
    expect(JSON.stringify(asked.content)).toContain("Ann");
    const unknown = await yard.callTool("everything__nothing");
    expect(unknown.isError).toBe(true);
  });
});

describe("the pages of the gateway", () => {
  it("shows its health, its state and its metrics, and refuses a foreign Host or Origin everywhere", async () => {
    await using gateway = await startGateway({
      mcpServers: { everything: real.everything, dead: { command: "no-such-command" } },
      toolsets: { sums: { tools: ["everything/get-sum"] } },
    });
    await gateway.untilServer("everything", "ready");
    await gateway.untilServer("dead", "failed");
    expect(await (await fetch(gateway.at("/healthz"))).json()).toMatchObject({ pid: gateway.pid });
    await until(async () => (await fetch(gateway.at("/readyz"))).status === 200, 10_000);
    await using client = await gateway.client({}, "/mcp/sums");
    expect(await client.toolNames()).toEqual(["everything__get-sum"]);
    expect(textOf(await client.call("everything__get-sum", { a: 1, b: 1 }))).toContain("2");
    await using own = await gateway.client({}, "/mcp/server/everything");
    expect(await own.toolNames()).toContain("get-sum");
    expect(await (await fetch(gateway.at("/metrics"))).text()).toMatch(/toolyard_calls_total\{.*everything.*\} 1/);
    const { servers } = await gateway.state();
    expect(servers.find(({ name }) => name === "dead")?.reason).toContain("no-such-command");
    for (const path of ["/mcp", "/healthz", "/readyz", "/api/state", "/metrics"]) {
      const answer = await fetch(gateway.at(path), { headers: { origin: "http://evil.test" } });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});
