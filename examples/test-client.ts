/** The official SDK's client, pinned to one protocol era: what the demo servers are tested with. */

import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

export type Era = "legacy" | "modern";
export const eras: readonly Era[] = ["legacy", "modern"];

/** Connects to a URL, or starts a server script on stdio. */
export async function connect(target: { url: string } | { script: string }, era: Era): Promise<Client> {
  const negotiation = era === "legacy" ? { mode: "legacy" as const } : { mode: { pin: "2026-07-28" } };
  const client = new Client({ name: "examples-test", version: "1.0.0" }, { versionNegotiation: negotiation });
  const transport: Transport =
    "url" in target
      ? new StreamableHTTPClientTransport(new URL(target.url))
      : new StdioClientTransport({ command: process.execPath, args: [target.script] });
  await client.connect(transport);
  return client;
}

/** What a tool said, as one text; an error is marked. */
export async function callText(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const text = content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
  return isError === true ? `ERROR: ${text}` : text;
}
