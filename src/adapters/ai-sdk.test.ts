import { describe, expect, it } from "vitest";
import type { ToolDefinition, ToolResult } from "../host.ts";
import { activeTools, aiSdk, growing } from "./ai-sdk.ts";
import type { ToolSource } from "./source.ts";

const inputSchema = { type: "object" };
const tools = (...names: string[]): ToolDefinition[] => names.map((name) => ({ name, inputSchema }));

function source(shown: ToolDefinition[], callTool: ToolSource["callTool"] = async () => ({ content: [] })): ToolSource {
  return { tools: () => shown, callTool };
}

async function output(result: ToolResult, options = {}): Promise<unknown> {
  const { a } = await aiSdk(source(tools("a")), options);
  return a?.toModelOutput({ output: result });
}

describe("aiSdk", () => {
  it("waits for the first list", async () => {
    const shown: ToolDefinition[] = [];
    const discovered = async (): Promise<void> => void shown.push(...tools("a"));
    expect(Object.keys(await aiSdk({ ...source(shown), discovered }))).toEqual(["a"]);
  });

  it("yields progress as preliminary results and last the result, and passes the signal on", async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const { a } = await aiSdk(
      source(tools("a"), async (name, args, { signal: given, onProgress }) => {
        seen.push(name, args, given);
        onProgress?.({ progress: 1, total: 2 });
        onProgress?.({ progress: 2, message: "nearly" });
        return { content: [{ type: "text", text: "done" }] };
      }),
    );
    const yielded: unknown[] = [];
    for await (const each of a?.execute({ x: 1 }, { abortSignal: signal }) ?? []) yielded.push(each.content[0]?.["text"]);
    expect(yielded).toEqual(["1 of 2", "nearly", "done"]);
    expect(seen).toEqual(["a", { x: 1 }, signal]);
  });

  it("gives the model text, an error as an error, and media as files", async () => {
    const image = { type: "image", data: "AAAA", mimeType: "image/png" };
    expect(await output({ content: [{ type: "text", text: "one" }] })).toEqual({ type: "text", value: "one" });
    expect(await output({ content: [{ type: "text", text: "no" }], isError: true })).toEqual({ type: "error-text", value: "no" });
    const file = { type: "file", mediaType: "image/png", data: { type: "data", data: "AAAA" } };
    expect(await output({ content: [image] })).toEqual({ type: "content", value: [file] });
    expect(await output({ content: [image] }, { media: false })).toMatchObject({ type: "text" });
  });

  it("lets the set of active tools grow within a run, and only grow", async () => {
    const all = await aiSdk(source(tools("a", "b-1", "c")));
    const now = [tools("a"), tools("b-1"), tools("unknown")];
    const step = growing(all, { ...source([]), tools: () => now.shift() ?? [] });
    expect([step(), step(), step()].map((each) => each.activeTools)).toEqual([["a"], ["a", "b_1"], ["a", "b_1"]]);
    expect(activeTools(all, source(tools("c", "a")))).toEqual(["a", "c"]);
  });
});
