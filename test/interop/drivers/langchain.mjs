/** LangChain's adapters, `@langchain/mcp-adapters`. */

import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { attempt, cannot, ENDLESS, expect, givenUp, leave, LONG, serversIn, SUM, target } from "./kit.mjs";

const seen = [];
const yard = target.url === undefined ? { transport: "stdio", ...target } : { transport: "http", url: target.url };
const client = new MultiServerMCPClient({ mcpServers: { yard }, onProgress: ({ progress }) => seen.push(progress) });
let tools = [];
const run = ({ name, args }, options) => tools.find((tool) => tool.name === name).invoke(args, options);
if (await attempt("connect", () => client.initializeConnections().then(() => ""))) {
  await attempt("list", async () => {
    tools = await client.getTools();
    const { yard: resources } = await client.listResources();
    return `${tools.length} tools, ${resources.length} resources of ${serversIn(tools.map(({ name }) => name))}`;
  });
  await attempt("call", async () => expect(await run(SUM), SUM.says));
  await attempt("progress", async () => {
    await run(LONG);
    if (seen.length < 3) throw new Error(`only ${seen.length} of 4 seen`);
    return seen.join(" ");
  });
  cannot("form", "not offered by this client");
  await attempt("cancel", () => givenUp((signal) => run(ENDLESS, { signal })));
  await attempt("after", async () => expect(await run(SUM), SUM.says));
}
await client.close().catch(() => {});
leave();
