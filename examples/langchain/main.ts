/** An agent of LangChain with the tools of two servers. Checks itself; see examples/README.md. */

import { ChatOpenAI } from "@langchain/openai";
import { createAgent, DynamicStructuredTool } from "langchain";
import { langchain } from "../../src/adapters/langchain.ts";
import { openai, tell } from "../framework.ts";

await tell(async (view, content, { url, apiKey, model }, options) => {
  const agent = createAgent({
    model: new ChatOpenAI({ model, apiKey, configuration: { baseURL: url } }),
    tools: await langchain(view, { DynamicStructuredTool, ...options }),
  });
  const { messages } = await agent.invoke({ messages: [{ role: "user", content }] });
  return messages.at(-1)?.text ?? "";
}, openai(process.env));
