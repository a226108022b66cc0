/** The official SDK of both eras, `@modelcontextprotocol/client`, as it comes to an address of which it knows nothing. */

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { attempt, ENDLESS, expect, FILLED, FORM, givenUp, leave, LONG, SAMPLE, SAMPLED, serversIn, SUM, target } from "./kit.mjs";

const mode = target.mode ?? "auto";
const client = new Client(
  { name: "interop-v2", version: "1" },
  { capabilities: { elicitation: {}, sampling: {} }, versionNegotiation: { mode }, listChanged: { tools: { onChanged: () => {} } } },
);
client.setRequestHandler("elicitation/create", async () => FILLED);
client.setRequestHandler("sampling/createMessage", async () => SAMPLED);
const call = ({ name, args }, options) => client.callTool({ name, arguments: args }, options);

const transport = target.url === undefined ? new StdioClientTransport(target) : new StreamableHTTPClientTransport(new URL(target.url));
const connected = await attempt("connect", async () => {
  await client.connect(transport);
  return `${client.getServerVersion()?.name} ${client.getNegotiatedProtocolVersion?.() ?? client.getProtocolEra()}`;
});
if (connected) {
  await attempt("list", async () => {
    const { tools } = await client.listTools();
    const { resources } = await client.listResources();
    const { prompts } = await client.listPrompts();
    return `${tools.length} tools, ${resources.length} resources, ${prompts.length} prompts of ${serversIn(tools.map(({ name }) => name))}`;
  });
  await attempt("call", async () => expect(await call(SUM), SUM.says));
  await attempt("progress", async () => {
    const seen = [];
    await call(LONG, { onprogress: ({ progress }) => seen.push(progress) });
    if (seen.length < 3) throw new Error(`only ${seen.length} of 4 seen`);
    return seen.join(" ");
  });
  await attempt("form", async () => expect(await call(FORM), "Ann"));
  await attempt("sampling", async () => expect(await call(SAMPLE), "four"));
  await attempt("cancel", () => givenUp((signal) => call(ENDLESS, { signal })));
  await attempt("after", async () => expect(await call(SUM), SUM.says));
}
await client.close().catch(() => {});
leave();
