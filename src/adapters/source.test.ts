import { describe, expect, it } from "vitest";
import type { ToolDefinition } from "../host.ts";
import { caller, offer, type CallRecord, type ToolSource } from "./source.ts";

const tool = (name: string): ToolDefinition => ({ name, inputSchema: { type: "object" } });
const ok = { content: [{ type: "text", text: "ok" }] };

function source(shown: string[], all?: string[]): ToolSource {
  return {
    tools: () => shown.map(tool),
    callTool: async () => ok,
    ...(all === undefined ? {} : { active: () => ({ tools: all.map(tool) }) }),
  };
}

const offered = (...args: Parameters<typeof offer>): string[] =>
  offer(...args).map((each) => `${each.tool.name}${each.deferred ? " later" : ""}`);

describe("offer", () => {
  it("is what a model is shown", () => {
    expect(offered(source(["a", "find_tools"], ["a", "b"]))).toEqual(["a", "find_tools"]);
  });

  it("defers what the View would not show, and leaves out its means of finding that", () => {
    expect(offered(source(["a", "find_tools"], ["a", "b"]), true)).toEqual(["a", "b later"]);
    expect(offered(source(["a", "b"], ["a", "b"]), true)).toEqual(["a", "b"]);
  });

  it("defers what it is told to", () => {
    const only = ({ name }: ToolDefinition): boolean => name === "a";
    expect(offered(source(["a", "b"], ["a", "b"]), only)).toEqual(["a later", "b"]);
    expect(offered(source(["a", "b"]), only)).toEqual(["a later", "b"]);
  });
});

describe("caller", () => {
  it("makes a result of what is thrown, and reports it", async () => {
    const records: CallRecord[] = [];
    const broken = { ...source([]), callTool: () => Promise.reject(new Error("the arguments must be an object.")) };
    const result = await caller(broken, { onCall: (record) => void records.push(record) })("db__query", "text");
    expect(result).toEqual({
      content: [{ type: "text", text: '"db__query" could not be called: the arguments must be an object.' }],
      isError: true,
    });
    expect(records).toMatchObject([{ tool: "db__query", ok: false }]);
  });

  it("throws the reason of an abort", async () => {
    const reason = new Error("enough");
    const aborted = { ...source([]), callTool: () => Promise.reject(reason) };
    await expect(caller(aborted, {})("a", {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
