/** What the benchmark knows of a gateway: how to start it in front of servers, and where it keeps what it remembers. */

import type { Program } from "../process.ts";

export interface Server {
  readonly url?: string;
  readonly command?: string;
  readonly args?: string[];
  readonly timeouts?: Record<string, string>;
}

export interface Gateway {
  readonly name: string;
  /** What a server's tool is called through it; `server__tool` where it does not say. */
  toolName?(server: string, tool: string): string;
  /** Starts it with HTTP on its near side; the program prints its URL. `folder` outlives a restart. */
  http(servers: Record<string, Server>, folder: string): Program;
  /** Starts it with stdio on its near side. */
  stdio(servers: Record<string, Server>, folder: string): Program;
}
