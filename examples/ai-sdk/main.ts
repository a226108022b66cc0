/** An agent of the AI SDK with the tools of two servers. Checks itself; see examples/README.md. */

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, isStepCount } from "ai";
import { aiSdk, growing } from "../../src/adapters/ai-sdk.ts";
import { openai, tell } from "../framework.ts";

await tell(async (view, prompt, { url, apiKey, model }, options) => {
  const provider = createOpenAICompatible({ name: "example", baseURL: url, apiKey });
  const tools = await aiSdk(view, options);
  const { text } = await generateText({
    model: provider(model),
    prompt,
    tools,
    prepareStep: growing(tools, view),
    stopWhen: isStepCount(20),
  });
  return text;
}, openai(process.env));
