/** Prompts of the conformance suite. */

import {
  completable,
  inputRequired,
  inputResponse,
  type ContentBlock,
  type GetPromptResult,
  type McpServer,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { PNG } from "./content.ts";

const CITIES = ["paris", "park", "party", "testing", "tests"];

function user(...contents: ContentBlock[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: "user", content })) };
}

function words(text: string): ContentBlock {
  return { type: "text", text };
}

export function offerPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "Takes nothing." }, () => user(words("This is a simple prompt for testing.")));
  server.registerPrompt("test_prompt_with_arguments", { description: "Takes two arguments.", argsSchema: twoArguments }, ({ arg1, arg2 }) =>
    user(words(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  const argsSchema = z.object({ resourceUri: z.string().describe("The resource to embed") });
  server.registerPrompt("test_prompt_with_embedded_resource", { description: "Embeds a resource.", argsSchema }, ({ resourceUri }) =>
    user(
      { type: "resource", resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." } },
      words("Please process the embedded resource above."),
    ),
  );
  server.registerPrompt("test_prompt_with_image", { description: "Holds an image." }, () =>
    user({ type: "image", data: PNG, mimeType: "image/png" }, words("Please analyze the image above.")),
  );
  server.registerPrompt("test_input_required_result_prompt", { description: "Asks before it answers." }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "user_context");
    if (answer.kind === "elicit") return user(words(`Use this: ${JSON.stringify(answer.content ?? answer.action)}`));
    return inputRequired({ inputRequests: { user_context: context } });
  });
}

const suggest = (start: string): string[] => CITIES.filter((city) => city.startsWith(start));
const twoArguments = z.object({
  arg1: completable(z.string().describe("First"), suggest),
  arg2: completable(z.string().describe("Second"), suggest),
});

const context = inputRequired.elicit({
  message: "What context should the prompt use?",
  requestedSchema: { type: "object", properties: { context: { type: "string" } }, required: ["context"] },
});
