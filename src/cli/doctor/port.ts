/** The gateway of this configuration: does it run, and could it? */

import { createServer } from "node:net";
import type { GatewayConfig } from "../../config/config.ts";
import { askGateway } from "../running/ask.ts";
import type { Running } from "../running/record.ts";
import type { Finding } from "./finding.ts";

const PATIENCE_MS = 500;

export async function examinePort({ host, port, auth }: GatewayConfig, running: Running | undefined): Promise<Finding[]> {
  const keys: Finding[] = [{ about: "callers", level: "good", says: auth.keys ? "need a key (toolyard keys)" : "are asked for nothing" }];
  if (running !== undefined) return [{ about: "gateway", level: "good", says: `runs: process ${running.pid}, ${running.url}` }, ...keys];
  const fault = await tryPort(host, port);
  if (fault === undefined) return [{ about: "gateway", level: "good", says: `does not run; ${host}:${port} is free` }, ...keys];
  const mend = "End what holds it, or give the gateway another: `gateway.port`, or serve --port.";
  return [{ about: "gateway", level: "bad", says: `${host}:${port} ${fault}${await holder(host, port)}`, mend }, ...keys];
}

/** Undefined when it is free. */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "EADDRINUSE" ? "is taken" : `cannot be opened: ${error.message}`),
    );
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function holder(host: string, port: number): Promise<string> {
  const health = await askGateway(`http://${host}:${port}`, "/healthz", { patienceMs: PATIENCE_MS }).catch(() => undefined);
  return typeof health?.["pid"] === "number" ? ` by the gateway of another configuration, process ${health["pid"]}` : "";
}
