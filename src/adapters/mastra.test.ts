import { describe, expect, it } from "vitest";
import type { ToolResult } from "../host.ts";
import { mastra } from "./mastra.ts";
import type { ToolSource } from "./source.ts";

const image = { type: "image", data: "AAAA", mimeType: "image/png" };
const tool = { name: "my-db__query", inputSchema: { type: "object" } };

function source(callTool: ToolSource["callTool"] = async () => ({ content: [] })): ToolSource {
  return { tools: () => [tool], callTool };
}

describe("mastra", () => {
  it("names a tool as its key, and writes progress to the stream of the run", async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const { my_db__query: made } = await mastra(
      source(async (name, args, options) => {
        seen.push(name, args, options.signal);
        options.onProgress?.({ progress: 1, total: 2 });
        return { content: [{ type: "text", text: "done" }] };
      }),
    );
    const writer = { write: (data: unknown) => (seen.push(data), Promise.reject(new Error("The stream has ended."))) };
    expect(await made?.execute({ sql: "" }, { abortSignal: signal, writer })).toMatchObject({ content: [{ text: "done" }] });
    expect(made?.id).toBe("my_db__query");
    expect(seen).toEqual(["my-db__query", { sql: "" }, signal, { type: "progress", progress: 1, total: 2 }]);
  });

  it("gives the model text, and images where there are some", async () => {
    const { my_db__query: made } = await mastra(source());
    const { my_db__query: blind } = await mastra(source(), { images: false });
    const result: ToolResult = { content: [{ type: "text", text: "one" }, image] };
    expect(made?.toModelOutput(result)).toEqual({
      type: "content",
      value: [
        { type: "text", text: "one" },
        { type: "image-data", data: "AAAA", mediaType: "image/png" },
      ],
    });
    expect(blind?.toModelOutput(result)).toEqual({ type: "text", value: "one\n[image/png, 3 bytes, which cannot be shown here]" });
  });
});
