/** The official SDK of the legacy era, `@modelcontextprotocol/sdk`. With a command it also stands for what speaks stdio alone. */

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { attempt, ENDLESS, expect, FILLED, FORM, givenUp, leave, LONG, SAMPLE, SAMPLED, serversIn, SUM, target, TASK } from "./kit.mjs";

const client = new Client({ name: "interop-v1", version: "1" }, { capabilities: { elicitation: {}, sampling: {}, roots: {} } });
client.setRequestHandler(ElicitRequestSchema, () => FILLED);
client.setRequestHandler(CreateMessageRequestSchema, () => SAMPLED);
client.setNotificationHandler(ToolListChangedNotificationSchema, () => {});
const call = ({ name, args }, options) => client.callTool({ name, arguments: args }, CallToolResultSchema, options);

const transport = target.url === undefined ? new StdioClientTransport(target) : new StreamableHTTPClientTransport(new URL(target.url));
const connected = await attempt("connect", async () => {
  await client.connect(transport);
  return `${client.getServerVersion().name} ${transport.protocolVersion ?? ""}`;
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
  await attempt("task", async () => {
    const seen = [];
    const stream = client.experimental.tasks.callToolStream({ name: TASK.name, arguments: TASK.args }, CallToolResultSchema, {
      task: { ttl: 60_000 },
    });
    for await (const { type, task, result, error } of stream) {
      if (type === "error") throw error;
      seen.push(task?.status ?? type);
      if (type === "result") expect(result, "bridges");
    }
    return seen.join(" ");
  });
  await attempt("cancel", () => givenUp((signal) => call(ENDLESS, { signal })));
  await attempt("after", async () => expect(await call(SUM), SUM.says));
}
await client.close().catch(() => {});
leave();
