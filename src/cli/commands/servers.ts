/** `toolyard servers`: how each server stands. */

import { isObject } from "../../base/json.ts";
import type { ServerStatus } from "../../status.ts";
import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import type { CommonOptions } from "../program.ts";
import { table } from "../table.ts";
import { withYard } from "../yard.ts";

export interface ServersOptions extends CommonOptions {
  readonly timeout?: number;
}

const WAIT_MS = 10_000;
const COLUMNS = [
  { title: "server" },
  { title: "state" },
  { title: "tools" },
  { title: "transport" },
  { title: "era" },
  { title: "restarts" },
  { title: "reason", flexible: true },
];

export async function run(output: Output, options: ServersOptions): Promise<number> {
  const servers = await withYard(options, async ({ yard, gateway }) => {
    if (gateway !== undefined) return await stateOf(gateway);
    await yard.ready({ timeoutMs: options.timeout ?? WAIT_MS });
    return yard.servers();
  });
  if (output.json) output.data(JSON.stringify(servers, undefined, 2));
  else
    for (const line of table(
      COLUMNS,
      servers.map((status) => rowOf(status, output)),
      output.width,
    ))
      output.data(line);
  return servers.some(({ state }) => BAD.has(state)) ? EXIT.failed : EXIT.good;
}

const BAD: ReadonlySet<string> = new Set(["failed", "backoff", "auth-required"]);

async function stateOf(gateway: string): Promise<ServerStatus[]> {
  const state: unknown = await (await fetch(new URL("/api/state", gateway))).json();
  return isObject(state) && Array.isArray(state["servers"]) ? (state["servers"] as unknown as ServerStatus[]) : [];
}

function rowOf(status: ServerStatus, output: Output): string[] {
  const { name, state, tools, transport, era = "", restarts, reason = "" } = status;
  const paint = state === "ready" ? "green" : BAD.has(state) ? "red" : "dim";
  return [name, output.paint(paint, state, "stdout"), String(tools), transport, era, String(restarts), reason.replaceAll(/\s+/g, " ")];
}
