/** How every demo server is served: on stdio, or with `--port N` over Streamable HTTP on loopback; both protocol eras on either. */

import { parseArgs } from "node:util";
import type { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { listen } from "./listen.ts";

export interface ServeOptions {
  /** Port where `--port` is not given (0: a free one); without it the server speaks stdio. */
  readonly port?: number;
  /** Ends what the server holds, after the last client is gone. */
  readonly close?: () => Promise<void>;
}

/** Serves the MCP server that `make` builds, until stdin ends (stdio) or a signal comes (HTTP). */
export async function serve(make: () => McpServer, options: ServeOptions = {}): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  const port = values.port === undefined ? options.port : readPort(values.port);
  if (port === undefined) {
    serveStdio(make);
    return;
  }
  const listening = await listen(make, port).catch((error: Error) =>
    refuse(1, `Port ${port}: ${error.message}. Choose another with --port.`),
  );
  stopWhenAsked(async () => {
    await listening.close();
    await options.close?.();
  });
  console.log(JSON.stringify({ url: listening.url, pid: process.pid }));
}

/** A signal asks, or the end of whoever started us with a channel to it (`start-server.ts`). */
function stopWhenAsked(stop: () => Promise<void>): void {
  let asked = false;
  const once = (): void => {
    if (asked) return;
    asked = true;
    if (process.connected) process.disconnect();
    void stop();
  };
  for (const reason of ["SIGTERM", "SIGINT", "disconnect"]) process.on(reason, once);
}

function readPort(text: string): number {
  const port = Number(text);
  const isPort = text.trim() !== "" && Number.isInteger(port) && port >= 0 && port <= 65535;
  return isPort ? port : refuse(2, `--port "${text}": give a number from 0 (a free port) to 65535.`);
}

function refuse(exitCode: number, message: string): never {
  console.error(message);
  process.exit(exitCode);
}
