/** The servers that are tried, and what is called on each of them that needs no network and no account. */

import { existsSync } from "node:fs";
import type { Installed, Package } from "./packages.ts";

export interface Server extends Package {
  /** In the configuration. */
  readonly key: string;
  entry(installed: Installed, scratch: string): Record<string, unknown>;
  /** A call, and a part of what it answers; without one it only has to start and to list. */
  readonly call?: (
    scratch: string,
    era: string,
  ) => { readonly tool: string; readonly args: Record<string, unknown>; readonly says: string };
  /** Why nothing of it is called. */
  readonly note?: string;
}

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
/** Without a sign of a call for so long, it is over. */
const QUIET = "3s";
const FIRST_START = { timeouts: { connect: "60s", list: "30s" } };

const program =
  (name: string, ...args: string[]) =>
  (installed: Installed): Record<string, unknown> => ({
    command: process.execPath,
    args: [installed.bin(name), ...args],
    ...FIRST_START,
  });

export const SERVERS: readonly Server[] = [
  {
    key: "everything",
    name: "@modelcontextprotocol/server-everything",
    version: "2026.8.31",
    // a call that its client gives up counts for so long as the possible reason of a question, and the next client comes soon
    entry: (installed) => ({ ...program("mcp-server-everything")(installed), timeouts: { call: QUIET } }),
    call: () => ({ tool: "get-sum", args: { a: 19, b: 23 }, says: "42" }),
  },
  {
    key: "filesystem",
    name: "@modelcontextprotocol/server-filesystem",
    version: "2026.8.31",
    entry: (installed, scratch) => program("mcp-server-filesystem", scratch)(installed),
    call: (scratch) => ({ tool: "read_text_file", args: { path: `${scratch}/notes.md` }, says: "offline" }),
  },
  {
    key: "memory",
    name: "@modelcontextprotocol/server-memory",
    version: "2026.8.31",
    entry: (installed, scratch) => ({ ...program("mcp-server-memory")(installed), env: { MEMORY_FILE_PATH: `${scratch}/memory.jsonl` } }),
    call: (_, era) => ({
      tool: "create_entities",
      args: { entities: [{ name: `Gateway ${era}`, entityType: "project", observations: ["runs offline"] }] },
      says: "Gateway",
    }),
  },
  {
    key: "playwright",
    name: "@playwright/mcp",
    version: "0.0.83",
    entry: program(
      "playwright-mcp",
      "--headless",
      "--isolated",
      "--no-sandbox",
      ...(CHROMIUM === undefined ? [] : ["--executable-path", CHROMIUM]),
    ),
    ...(CHROMIUM === undefined
      ? { note: "no Chromium on this machine" }
      : { call: () => ({ tool: "browser_navigate", args: { url: "data:text/html,<title>Offline</title>" }, says: "Offline" }) }),
  },
  {
    key: "shadcn",
    name: "shadcn",
    version: "4.23.0",
    entry: program("shadcn", "mcp"),
    call: () => ({ tool: "get_add_command_for_items", args: { items: ["@shadcn/button"] }, says: "shadcn@latest add @shadcn/button" }),
  },
  { key: "context7", name: "@upstash/context7-mcp", version: "4.1.1", entry: program("context7-mcp"), note: "its tools ask a service" },
  {
    key: "mongodb",
    name: "mongodb-mcp-server",
    version: "3.0.4",
    entry: (installed) => ({ ...program("mongodb-mcp-server")(installed), env: { MDB_MCP_TELEMETRY: "disabled" } }),
    note: "its tools ask a database",
  },
];
