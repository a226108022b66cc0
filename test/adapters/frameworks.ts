/** The frameworks as their users run them: one agent, one question, one scripted model. */

import Anthropic from "@anthropic-ai/sdk";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { Agent as MastraAgent } from "@mastra/core/agent";
import { Agent, OpenAIProvider, Runner } from "@openai/agents";
import { generateText, isStepCount } from "ai";
import { createAgent, DynamicStructuredTool } from "langchain";
import { aiSdk } from "../../src/adapters/ai-sdk.ts";
import { anthropic } from "../../src/adapters/anthropic.ts";
import { langchain } from "../../src/adapters/langchain.ts";
import { mastra } from "../../src/adapters/mastra.ts";
import { openaiAgents } from "../../src/adapters/openai-agents.ts";
import type { AdapterOptions, ToolSource } from "../../src/adapters/source.ts";

export interface Question {
  readonly source: ToolSource;
  /** Ends in `/v1`. */
  readonly model: string;
  readonly ask: string;
  readonly options?: AdapterOptions;
  readonly signal?: AbortSignal;
}

/** Gives the model's last words. */
export type Framework = (question: Question) => Promise<string>;

export const frameworks: Record<string, Framework> = {
  "openai-agents": async ({ source, model, ask, options, signal }) => {
    const agent = new Agent({ name: "agent", mcpServers: [openaiAgents(source, options)] });
    const modelProvider = new OpenAIProvider({ baseURL: model, apiKey: "none", useResponses: false });
    const runner = new Runner({ modelProvider, model: "scripted", tracingDisabled: true });
    return (await runner.run(agent, ask, signal ? { signal } : {})).finalOutput ?? "";
  },

  "ai-sdk": async ({ source, model, ask, options, signal }) => {
    const provider = createOpenAICompatible({ name: "scripted", baseURL: model });
    const { text } = await generateText({
      model: provider("scripted"),
      prompt: ask,
      tools: await aiSdk(source, options),
      stopWhen: isStepCount(8),
      maxRetries: 0,
      ...(signal ? { abortSignal: signal } : {}),
    });
    return text;
  },

  langchain: async ({ source, model, ask, options, signal }) => {
    const llm = new ChatOpenAI({ model: "scripted", apiKey: "none", configuration: { baseURL: model }, maxRetries: 0 });
    const agent = createAgent({ model: llm, tools: await langchain(source, { DynamicStructuredTool, ...options }) });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: ask }] }, signal ? { signal } : {});
    return messages.at(-1)?.text ?? "";
  },

  "anthropic, its tool runner": async ({ source, model, ask, options, signal }) => {
    const client = new Anthropic({ baseURL: model.replace(/\/v1$/, ""), apiKey: "none", maxRetries: 0 });
    const { runnable } = await anthropic(source, options);
    const runner = client.beta.messages.toolRunner(
      // The scripted model keeps nothing between requests.
      { model: "scripted", max_tokens: 1000, messages: [{ role: "user", content: ask }], tools: runnable, thread: false },
      signal ? { signal } : {},
    );
    return textOf(await runner.runUntilDone());
  },

  "anthropic, a loop of one's own": async ({ source, model, ask, options, signal }) => {
    const client = new Anthropic({ baseURL: model.replace(/\/v1$/, ""), apiKey: "none", maxRetries: 0 });
    const { tools, run } = await anthropic(source, options);
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: ask }];
    for (;;) {
      const reply = await client.messages.create({ model: "scripted", max_tokens: 1000, messages, tools }, signal ? { signal } : {});
      if (reply.stop_reason !== "tool_use") return textOf(reply);
      const uses = reply.content.filter((block) => block.type === "tool_use");
      const content = await Promise.all(uses.map((use) => run(use, signal ? { signal } : {})));
      messages.push({ role: "assistant", content: reply.content }, { role: "user", content });
    }
  },

  mastra: async ({ source, model, ask, options, signal }) => {
    const agent = new MastraAgent({
      id: "agent",
      name: "agent",
      instructions: "Answer.",
      model: { id: "openai-compatible/scripted", url: model, apiKey: "none" },
      tools: () => mastra(source, options),
    });
    const { text } = await agent.generate(ask, signal ? { abortSignal: signal } : {});
    return text;
  },
};

function textOf({ content }: { content: readonly { type: string; text?: string }[] }): string {
  return content.map(({ text }) => text ?? "").join("");
}
