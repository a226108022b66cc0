/** mcp-proxy: one stdio server behind HTTP. `npm install mcp-proxy`. */

import type { Gateway } from "./gateway.ts";
import { startPeer } from "./peer.ts";

export const mcpProxy: Gateway = {
  name: "mcp-proxy",
  toolName: (_, tool) => tool,
  http(servers) {
    const [{ command = "", args = [] } = {}] = Object.values(servers);
    const listen = (port: number): string[] => [
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--server",
      "stream",
      "--",
      command,
      ...args,
    ];
    return startPeer("mcp-proxy/dist/bin/mcp-proxy.mjs", listen);
  },
  stdio() {
    throw new Error("mcp-proxy has no stdio on its near side.");
  },
};
