/** The OpenAI Agents SDK's own MCP servers, `@openai/agents`. */

import { MCPServerStdio, MCPServerStreamableHttp } from "@openai/agents";
import { attempt, cannot, ENDLESS, expect, givenUp, leave, serversIn, SUM, target } from "./kit.mjs";

const server = target.url === undefined ? new MCPServerStdio(target) : new MCPServerStreamableHttp({ url: target.url, name: "toolyard" });
if (await attempt("connect", () => server.connect())) {
  await attempt("list", async () => {
    const tools = await server.listTools();
    const { resources } = await server.listResources();
    return `${tools.length} tools, ${resources.length} resources of ${serversIn(tools.map(({ name }) => name))}`;
  });
  await attempt("call", async () => expect(await server.callTool(SUM.name, SUM.args), SUM.says));
  cannot("progress", "not offered by this client");
  cannot("form", "not offered by this client");
  await attempt("cancel", () => givenUp((signal) => server.callTool(ENDLESS.name, ENDLESS.args, null, { signal })));
  await attempt("after", async () => expect(await server.callTool(SUM.name, SUM.args), SUM.says));
}
await server.close().catch(() => {});
leave();
