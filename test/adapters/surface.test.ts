/** What adapters show of a View that shows few tools, and what becomes of a run while its servers come and go. */

import { Agent, OpenAIProvider, Runner } from "@openai/agents";
import { describe, expect, it } from "vitest";
import { openScriptedModel } from "../../examples/model.ts";
import { call, say, scenes } from "../../examples/model/script.ts";
import { activeTools, aiSdk } from "../../src/adapters/ai-sdk.ts";
import { anthropic } from "../../src/adapters/anthropic.ts";
import { openaiAgents } from "../../src/adapters/openai-agents.ts";
import { testPlace } from "../seed/yard.ts";

const echo = (name: string): object => ({
  name,
  description: `Gives ${name} back.`,
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
  call: ({ text }: { text?: unknown }) => `${name}: ${String(text)}`,
});
const tools = (...names: string[]): { tools: never[] } => ({ tools: names.map(echo) as never[] });

describe("a View that shows few tools", () => {
  it("comes through every adapter as the means to find the rest, or leaves that to the framework's own search", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { local: tools("red", "green", "blue") }, selection: { mode: "search" } });
    await yard.ready();
    const view = yard.view();
    const listed = await openaiAgents(view).listTools();
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(["find_tools", "call_tool"]));
    expect(listed.map(({ name }) => name)).not.toContain("local__red");

    const deferred = await aiSdk(view, { deferLoading: true });
    expect(deferred["local__red"]?.deferLoading).toBe(true);
    expect(deferred["find_tools"]?.deferLoading).toBeUndefined();

    const { tools: all } = await anthropic(view, { toolSearch: "bm25" });
    expect(all.find(({ name }) => name === "local__red")).toMatchObject({ defer_loading: true });
    expect(all.at(-1)).toMatchObject({ name: "tool_search_tool_bm25" });

    const chosen = await view.select("something green", { tools: 2 });
    expect(activeTools(await aiSdk(view, { deferLoading: () => false }), chosen)).toContain("local__green");
  });
});

describe("a run of the OpenAI Agents SDK", () => {
  it("outlives a server that is removed under it, and uses one that is added", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { stays: tools("echo"), leaves: tools("echo") } });
    await yard.ready();
    const script = scenes([
      {
        question: "go",
        steps: [
          (talk) => call(talk, ["stays__echo", { text: "one" }]),
          () => ({ calls: [{ name: "leaves__echo", arguments: { text: "gone" } }] }),
          (talk) => call(talk, ["comes__echo", { text: "new" }]),
          (talk) => say(talk.results.map(({ text }) => text).join(" | ")),
        ],
      },
    ]);
    await using model = await openScriptedModel(script);
    const modelProvider = new OpenAIProvider({ baseURL: model.url, apiKey: "none", useResponses: false });
    const runner = new Runner({ modelProvider, model: "scripted", tracingDisabled: true });
    let changed: Promise<unknown> | undefined;
    const onCall = (): void => {
      if (changed !== undefined) return;
      yard.remove("leaves");
      yard.add("comes", tools("echo"));
      changed = yard.ready();
    };
    const agent = new Agent({ name: "agent", mcpServers: [openaiAgents(yard.view(), { onCall })] });
    const { finalOutput } = await runner.run(agent, "go");
    await changed;
    expect(finalOutput).toMatch(/one \| .*leaves.* \| .*new/s);
    const offered = model.requests.map((request) => request.tools.filter((name) => name !== "read_result"));
    for (const [at, names] of offered.slice(1).entries()) expect(names.slice(0, offered[at]?.length)).toEqual(offered[at]);
    expect(offered.at(-1)).toEqual(["stays__echo", "leaves__echo", "comes__echo"]);

    await runner.run(agent, "go").catch(() => undefined);
    expect(model.requests[offered.length]?.tools).not.toContain("leaves__echo");
  });
});
