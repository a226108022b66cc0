/** Tools that say something while they run. */

import { setTimeout as sleep } from "node:timers/promises";
import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import { text } from "./content.ts";

/** Between two words of one call (ms): messages that share a chunk with the result are lost by some clients. */
const PAUSE = 50;

export function offerWork(server: McpServer): void {
  server.registerTool("test_tool_with_logging", { description: "Logs three lines while it runs." }, async (context) => {
    await log(context, ["Tool execution started", "Tool processing data", "Tool execution completed"]);
    return text("Logged.");
  });
  server.registerTool("test_logging_tool", { description: "Logs one line." }, async (context) => {
    await log(context, ["Only for those who asked for it"]);
    return text("Logged.");
  });
  server.registerTool("test_tool_with_progress", { description: "Reports progress." }, async (context) => {
    await progress(context, [0, 50, 100]);
    return text("Done.");
  });
  server.registerTool("test_reconnection", { description: "Hangs up, and answers when the client is back." }, async ({ http }) => {
    http?.closeSSE?.();
    await sleep(PAUSE);
    return text("Answered after the connection was cut.");
  });
}

async function log({ mcpReq }: ServerContext, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await mcpReq.log("info", line);
    await sleep(PAUSE);
  }
}

async function progress({ mcpReq }: ServerContext, steps: readonly number[]): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  for (const step of steps) {
    const params = { progressToken, progress: step, total: 100 };
    if (progressToken !== undefined) await mcpReq.notify({ method: "notifications/progress", params });
    await sleep(PAUSE);
  }
}
