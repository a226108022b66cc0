/** An agent of Mastra with the tools of two servers. Checks itself; see examples/README.md. */

import { Agent } from "@mastra/core/agent";
import { mastra } from "../../src/adapters/mastra.ts";
import { openai, tell } from "../framework.ts";

await tell(async (view, question, { url, apiKey, model }, options) => {
  const agent = new Agent({
    id: "support",
    name: "support",
    instructions: "Look things up; do not guess. Answer briefly.",
    model: { id: `example/${model}`, url, apiKey },
    tools: () => mastra(view, options),
  });
  return (await agent.generate(question)).text;
}, openai(process.env));
