/** The library's own path: `callTool`, beside the client of the official SDK on the same server. */

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { openToolyard as openToolyardInSource } from "../../src/index.ts";
import type { Server } from "../gateways/gateway.ts";
import { inTurns, oneByOne } from "../load.ts";
import { fixtureCommand } from "../process.ts";
import type { Row } from "../row.ts";
import { httpFixture, type Scenario, type Setting } from "./scenario.ts";

/** What `npm run build` made, as users get it. */
const built = "../../dist/index.js";

interface Built {
  readonly openToolyard: typeof openToolyardInSource;
}

export const library: Scenario = async (setting) => {
  const { url } = await httpFixture();
  return [...(await measure("stdio", fixtureCommand("--stdio"), setting)), ...(await measure("HTTP", { url }, setting))];
};

async function measure(carrier: string, server: Server, { rounds, effort }: Setting): Promise<Row[]> {
  const { openToolyard } = (await import(built)) as Built;
  await using yard = await openToolyard({ mcpServers: { alpha: { ...server } } });
  await yard.ready();
  const sdk = new Client({ name: "bench", version: "1" });
  await sdk.connect(
    server.url === undefined ? new StdioClientTransport(commandOf(server)) : new StreamableHTTPClientTransport(new URL(server.url)),
  );
  const times = 1000 * effort;
  const p50 = await inTurns(rounds, {
    reference: async () => (await oneByOne(() => sdk.callTool({ name: "tool_3", arguments: { text: "hello" } }), times)).p50,
    toolyard: async () => (await oneByOne(() => yard.callTool("alpha__tool_3", { text: "hello" }), times)).p50,
  });
  await sdk.close();
  return [
    {
      figure: `callTool over ${carrier}, beside the SDK's client, p50`,
      unit: "ms",
      ...p50,
      bound: { on: "ratio", sense: "at most", limit: 1.05 },
    },
  ];
}

function commandOf({ command = "", args = [] }: Server): { command: string; args: string[] } {
  return { command, args };
}
