import { describe, expect, it } from "vitest";
import type { ToolDefinition, ToolResult } from "../host.ts";
import { anthropic } from "./anthropic.ts";
import type { ToolSource } from "./source.ts";

const tools = (...names: string[]): ToolDefinition[] => names.map((name) => ({ name, description: name, inputSchema: { type: "object" } }));

function source(result: ToolResult = { content: [] }): ToolSource {
  return { tools: () => tools("a", "find_tools"), active: () => ({ tools: tools("a", "b-1") }), callTool: async () => result };
}

const failing: ToolResult = { content: [{ type: "text", text: "crm/get: not found" }], isError: true };

describe("anthropic", () => {
  it("lists what a model is shown, as the Messages API has it", async () => {
    const { tools: listed, runnable } = await anthropic(source());
    expect(listed).toEqual([
      { name: "a", description: "a", input_schema: { type: "object" } },
      { name: "find_tools", description: "find_tools", input_schema: { type: "object" } },
    ]);
    expect(runnable.map(({ name }) => name)).toEqual(["a", "find_tools"]);
  });

  it("leaves the search to Anthropic where it is asked to, and marks the end of the cached prefix", async () => {
    const { tools: listed } = await anthropic(source(), { toolSearch: "bm25", cache: "1h" });
    expect(listed).toEqual([
      { name: "a", description: "a", input_schema: { type: "object" } },
      { name: "b_1", description: "b-1", input_schema: { type: "object" }, defer_loading: true },
      {
        type: "tool_search_tool_bm25_20251119",
        name: "tool_search_tool_bm25",
        cache_control: { type: "ephemeral", ttl: "1h" },
      },
    ]);
    const none = await anthropic(source(), { toolSearch: "regex", deferLoading: () => false, cache: true });
    expect(none.tools.map((tool) => ["name" in tool && tool.name, tool.cache_control])).toEqual([
      ["a", undefined],
      ["b_1", { type: "ephemeral" }],
    ]);
  });

  it("answers a tool use, errors too", async () => {
    const content = [
      { type: "text", text: "one" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "image", data: "AAAA", mimeType: "image/tiff" },
      { type: "resource", resource: { blob: "AAAA", mimeType: "application/pdf" } },
    ];
    const { run } = await anthropic(source({ content }));
    expect(await run({ id: "t1", name: "a", input: {} })).toEqual({
      type: "tool_result",
      tool_use_id: "t1",
      content: [
        { type: "text", text: "one" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
        { type: "text", text: "[image/tiff, 3 bytes, which cannot be shown here]" },
        { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AAAA" } },
      ],
    });
    const { run: fail } = await anthropic(source(failing));
    expect(await fail({ id: "t2", name: "a", input: {} })).toMatchObject({ is_error: true, content: failing.content });
  });

  it("throws to the tool runner what it shall give the model as an error, and passes its signal on", async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const spied = source(failing);
    const { runnable } = await anthropic({ ...spied, callTool: (...call) => (seen.push(call[2].signal), spied.callTool(...call)) });
    const [first] = runnable;
    if (first === undefined || !("run" in first)) throw new Error("No tool.");
    await expect(first.run(first.parse(null), { signal })).rejects.toThrow("crm/get: not found");
    expect(seen).toEqual([signal]);
  });
});
