/** The MCP client of the AI SDK, `@ai-sdk/mcp`. */

import { createMCPClient, ElicitationRequestSchema } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { attempt, cannot, ENDLESS, expect, FILLED, FORM, givenUp, leave, serversIn, SUM, target } from "./kit.mjs";

const transport = target.url === undefined ? new StdioTransport(target) : { type: "http", url: target.url };
let client;
const connected = await attempt("connect", async () => {
  client = await createMCPClient({ transport, capabilities: { elicitation: {} } });
  return client.initializeResult?.protocolVersion;
});
if (connected) {
  client.onElicitationRequest(ElicitationRequestSchema, () => FILLED);
  let tools = {};
  const run = ({ name, args }, abortSignal) => tools[name].execute(args, { toolCallId: "1", messages: [], abortSignal });
  await attempt("list", async () => {
    tools = await client.tools();
    const names = Object.keys(tools);
    const { resources } = await client.listResources();
    return `${names.length} tools, ${resources.length} resources of ${serversIn(names)}`;
  });
  await attempt("call", async () => expect(await run(SUM), SUM.says));
  cannot("progress", "not offered by this client");
  await attempt("form", async () => expect(await run(FORM), "Ann"));
  await attempt("cancel", () => givenUp((signal) => run(ENDLESS, signal)));
  await attempt("after", async () => expect(await run(SUM), SUM.says));
  await client.close().catch(() => {});
}
leave();
