/** Claude with the tools of two servers, by the Anthropic SDK's tool runner. Checks itself; see examples/README.md. */

import Anthropic from "@anthropic-ai/sdk";
import { anthropic } from "../../src/adapters/anthropic.ts";
import { claude, tell } from "../framework.ts";

await tell(async (view, content, { url, apiKey, model }, options) => {
  const client = new Anthropic({ baseURL: url.replace(/\/v1$/, ""), apiKey });
  const { runnable } = await anthropic(view, { cache: true, ...options });
  const reply = await client.beta.messages
    .toolRunner({ model, max_tokens: 4000, messages: [{ role: "user", content }], tools: runnable, thread: false })
    .runUntilDone();
  return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}, claude(process.env));
