/** `mcp-use`, the last release with a client of its own. */

import { MCPClient } from "mcp-use";
import { attempt, ENDLESS, expect, FILLED, FORM, givenUp, leave, LONG, SAMPLE, SAMPLED, serversIn, SUM, target } from "./kit.mjs";

const client = new MCPClient(
  { mcpServers: { yard: target } },
  { elicitationCallback: async () => FILLED, samplingCallback: async () => SAMPLED },
);
let session;
const run = ({ name, args }, options) => session.callTool(name, args, options);
if (await attempt("connect", async () => void (session = await client.createSession("yard")))) {
  await attempt("list", async () => {
    const tools = await session.listTools();
    const { resources } = await session.listAllResources();
    return `${tools.length} tools, ${resources.length} resources of ${serversIn(tools.map(({ name }) => name))}`;
  });
  await attempt("call", async () => expect(await run(SUM), SUM.says));
  await attempt("progress", async () => {
    const seen = [];
    await run(LONG, { onprogress: ({ progress }) => seen.push(progress) });
    if (seen.length < 3) throw new Error(`only ${seen.length} of 4 seen`);
    return seen.join(" ");
  });
  await attempt("form", async () => expect(await run(FORM), "Ann"));
  await attempt("sampling", async () => expect(await run(SAMPLE), "four"));
  await attempt("cancel", () => givenUp((signal) => run(ENDLESS, { signal })));
  await attempt("after", async () => expect(await run(SUM), SUM.says));
}
await client.closeAllSessions().catch(() => {});
leave();
