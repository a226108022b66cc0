/** supergateway: one stdio server behind HTTP. `npm install supergateway`. */

import type { Gateway } from "./gateway.ts";
import { startPeer } from "./peer.ts";

export const supergateway: Gateway = {
  name: "supergateway",
  toolName: (_, tool) => tool,
  http(servers) {
    const [{ command = "", args = [] } = {}] = Object.values(servers);
    const line = [command, ...args].join(" ");
    const listen = (port: number): string[] => [
      "--stdio",
      line,
      "--outputTransport",
      "streamableHttp",
      "--stateful",
      "--port",
      String(port),
      "--logLevel",
      "none",
    ];
    return startPeer("supergateway/dist/index.js", listen);
  },
  stdio() {
    throw new Error("supergateway has no stdio on its near side.");
  },
};
