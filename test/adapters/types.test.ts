/** What the adapters give is what the frameworks' own types ask for; that this file compiles is half of the test. */

import type Anthropic from "@anthropic-ai/sdk";
import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { Agent as MastraAgent, type ToolsInput } from "@mastra/core/agent";
import { Agent, type MCPServer } from "@openai/agents";
import { asSchema, type PrepareStepFunction, type ToolSet } from "ai";
import { DynamicStructuredTool } from "langchain";
import { describe, expect, it } from "vitest";
import { activeTools, aiSdk, growing } from "../../src/adapters/ai-sdk.ts";
import { anthropic } from "../../src/adapters/anthropic.ts";
import { langchain } from "../../src/adapters/langchain.ts";
import { mastra } from "../../src/adapters/mastra.ts";
import { openaiAgents } from "../../src/adapters/openai-agents.ts";
import type { ToolSource } from "../../src/adapters/source.ts";
import { openToolyard } from "../../src/index.ts";

const inputSchema = { type: "object", properties: { at: { type: "object", properties: { x: { type: "number" } } } } };
const source: ToolSource = {
  tools: () => [{ name: "db__query", description: "Asks.", inputSchema }],
  callTool: async () => ({ content: [{ type: "text", text: "ok" }] }),
};

describe("types", () => {
  it("of the OpenAI Agents SDK", () => {
    const server: MCPServer = openaiAgents(source);
    expect(new Agent({ name: "a", mcpServers: [server] }).mcpServers).toEqual([server]);
  });

  it("of the AI SDK, which takes the schema as the server wrote it", async () => {
    const tools = await aiSdk(source, { deferLoading: true });
    const set: ToolSet = tools;
    const step: PrepareStepFunction<typeof tools> = growing(tools, source);
    expect(step).toBeTypeOf("function");
    expect(activeTools(tools, source)).toEqual(["db__query"]);
    expect(await asSchema(set["db__query"]?.inputSchema).jsonSchema).toEqual(inputSchema);
  });

  it("of LangChain", async () => {
    const tools = await langchain(source, { DynamicStructuredTool });
    const [tool]: StructuredToolInterface[] = tools;
    expect(tool).toBeInstanceOf(DynamicStructuredTool);
    expect(tool).toMatchObject({ name: "db__query", description: "Asks.", schema: inputSchema });
  });

  it("of the Anthropic SDK", async () => {
    const { tools, runnable, run } = await anthropic(source, { toolSearch: "bm25", deferLoading: () => true, cache: true });
    const plain: Anthropic.ToolUnion[] = tools;
    const beta: (BetaRunnableTool | Anthropic.Beta.BetaToolUnion)[] = runnable;
    const result: Anthropic.ToolResultBlockParam = await run({ id: "1", name: "db__query", input: {} });
    expect([plain.length, beta.length, result.tool_use_id]).toEqual([2, 2, "1"]);
  });

  it("of Mastra", async () => {
    const tools: ToolsInput = await mastra(source);
    const agent = new MastraAgent({ id: "a", name: "a", instructions: "", model: "openai/none", tools: () => mastra(source) });
    expect(Object.keys(await agent.listTools())).toEqual(Object.keys(tools));
  });

  it("of a Toolyard and of a View of it", async () => {
    await using yard = await openToolyard({ mcpServers: { local: { tools: [{ name: "greet", inputSchema, call: () => "hello" }] } } });
    const sources: ToolSource[] = [yard, yard.view()];
    for (const each of sources) expect(Object.keys(await aiSdk(each))).toContain("local__greet");
  });
});
