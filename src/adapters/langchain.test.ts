import { DynamicStructuredTool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import type { ToolResult } from "../host.ts";
import { langchain } from "./langchain.ts";
import type { ToolSource } from "./source.ts";

const inputSchema = { type: "object", properties: { sql: { type: "string", pattern: "(" } }, required: ["sql"] };

function source(result: ToolResult): ToolSource {
  return { tools: () => [{ name: "my-db__query", inputSchema }], callTool: async () => result };
}

async function invoke(result: ToolResult, args: Record<string, unknown>, images = true): Promise<unknown> {
  const [tool] = await langchain(source(result), { DynamicStructuredTool, images });
  return tool?.invoke({ type: "tool_call", id: "1", name: tool.name, args });
}

describe("langchain", () => {
  it("gives the content to the model and the whole result as the artifact", async () => {
    const result = { content: [{ type: "text", text: "two rows" }], structuredContent: { rows: 2 } };
    expect(await invoke(result, { sql: "" })).toMatchObject({ content: "two rows", artifact: result, name: "my_db__query" });
  });

  it("gives images as what most models of LangChain take", async () => {
    const result = { content: [{ type: "image", data: "AAAA", mimeType: "image/png" }] };
    const block = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    expect(await invoke(result, { sql: "" })).toMatchObject({ content: [block] });
    expect(await invoke(result, { sql: "" }, false)).toMatchObject({ content: "[image/png, 3 bytes, which cannot be shown here]" });
  });

  it("says which argument is wrong, by LangChain's own check", async () => {
    await expect(invoke({ content: [] }, {})).rejects.toThrow(/did not match expected schema\nDetails: .*required/s);
  });
});
