import { Agent, type MCPServer } from "@openai/agents";
import { describe, expect, it } from "vitest";
import type { ToolDefinition, ToolResult } from "../host.ts";
import { openaiAgents, type CallRecord, type ToolSource } from "./openai-agents.ts";

const schema = { type: "object", properties: { sql: { type: "string" } }, required: ["sql"] };
const text = (words: string): ToolResult => ({ content: [{ type: "text", text: words }] });

function source(tools: ToolDefinition[], call: ToolSource["callTool"] = async (name) => text(name)): ToolSource {
  return { tools: () => tools, callTool: call };
}

describe("openaiAgents", () => {
  it("is an MCPServer of the OpenAI Agents SDK", () => {
    const server: MCPServer = openaiAgents(source([]));
    expect(new Agent({ name: "a", mcpServers: [server] }).mcpServers).toEqual([server]);
  });

  it("lists names that the SDK does not change, and calls by the exposed name", async () => {
    const called: string[] = [];
    const tools = ["db__run-query", "db__run_query", "x".repeat(64) + "yz"].map((name) => ({ name, inputSchema: schema }));
    const server = openaiAgents(source(tools, async (name) => (called.push(name), text("ok"))));
    const names = (await server.listTools()).map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_]{1,64}$/);
    for (const name of names) await server.callTool(name, {});
    expect(called).toEqual(tools.map(({ name }) => name));
  });

  it("keeps a tool that has gone for the runs that were shown it, behind what came later, and for no other", async () => {
    const tools: ToolDefinition[] = [{ name: "a", inputSchema: schema }];
    const server = openaiAgents(source(tools));
    const [first, second] = [{}, {}];
    const shownTo = async (runContext: object): Promise<string[]> => {
      const shown: string[] = [];
      for (const tool of await server.listTools()) if (await server.toolFilter({ runContext }, tool)) shown.push(tool.name);
      return shown;
    };
    expect(await shownTo(first)).toEqual(["a"]);
    tools.splice(0, 1, { name: "b", inputSchema: schema });
    expect(await shownTo(first)).toEqual(["a", "b"]);
    expect(await shownTo(second)).toEqual(["b"]);
    tools.splice(0, 1, { name: "c", inputSchema: schema });
    expect([await shownTo(first), await shownTo(second)]).toEqual([
      ["a", "b", "c"],
      ["b", "c"],
    ]);
  });

  it("gives text and images as that SDK knows them, and everything else as text", async () => {
    const image = { type: "image", data: "AAAA", mimeType: "image/png" };
    const link = { type: "resource_link", uri: "file:///a", name: "a" };
    const result = { content: [image, link], _meta: { origin: "db" } };
    const server = openaiAgents(source([], async () => result));
    const content = await server.callTool("a", {});
    expect([...content]).toEqual([image, { type: "text", text: 'Resource "a" at file:///a' }]);
    expect(content._meta).toEqual({ origin: "db" });
    const blind = openaiAgents(
      source([], async () => result),
      { images: false },
    );
    expect((await blind.callToolResult("a", {})).content.map(({ type }) => type)).toEqual(["text", "text"]);
  });

  it("gives content as an array with the rest beside it, and reports the call", async () => {
    const records: CallRecord[] = [];
    const result = { ...text("no"), isError: true, structuredContent: { rows: 1 } };
    const server = openaiAgents(
      source([], async () => result),
      { onCall: (record) => records.push(record) },
    );
    const content = await server.callTool("a", null);
    expect([...content]).toEqual(result.content);
    expect(content).toMatchObject({ isError: true, structuredContent: { rows: 1 } });
    expect(records).toMatchObject([{ tool: "a", ok: false, arguments: {} }]);
  });

  it("passes the signal on", async () => {
    const abort = new AbortController();
    const seen: (AbortSignal | undefined)[] = [];
    const server = openaiAgents(source([], async (_name, _args, { signal }) => (seen.push(signal), text("ok"))));
    await server.callTool("a", {}, null, { signal: abort.signal });
    expect(seen).toEqual([abort.signal]);
  });
});
