import { join } from "node:path";
import { start } from "../process.ts";
import type { Gateway, Server } from "./gateway.ts";

const program = join(import.meta.dirname, "../bare.mjs");

function only(servers: Record<string, Server>): Server {
  const [server] = Object.values(servers);
  if (server === undefined) throw new Error("The bare pass-through needs one server.");
  return server;
}

export const bare: Gateway = {
  name: "bare",
  http(servers) {
    const { url, command, args = [] } = only(servers);
    const target = url === undefined ? ["http-stdio", command ?? "", ...args] : ["http-http", url];
    return start(process.execPath, [program, ...target]);
  },
  stdio(servers) {
    return start(process.execPath, [program, "stdio-http", only(servers).url ?? ""]);
  },
};
