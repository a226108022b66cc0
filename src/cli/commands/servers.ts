/** `toolyard servers`: how each server stands. */

import type { ServerStatus } from "../../status.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../command.ts";
import { findPlace, type Place } from "../place.ts";
import { serversBehind } from "../running/lists.ts";
import { findRunning } from "../running/record.ts";
import { paint, type Output, type Word } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";

export interface ServersOptions extends CommonOptions {
  readonly timeout?: number;
}

const WAIT_MS = 10_000;
const BAD: ReadonlySet<string> = new Set(["failed", "backoff", "auth-required"]);
const COLUMNS = [
  { title: "SERVER" },
  { title: "STATE" },
  { title: "TOOLS", right: true },
  { title: "TRANSPORT" },
  { title: "ERA" },
  { title: "RESTARTS", right: true },
  { title: "P50", right: true },
  { title: "P99", right: true },
];

export async function run(output: Output, options: ServersOptions): Promise<number> {
  const { timeout: timeoutMs = WAIT_MS } = options;
  const place = await findPlace(options);
  const running = await findRunning(place);
  const all = running === undefined ? await ownServers(place, timeoutMs) : await serversBehind(running);
  if (output.json) output.value(all, 2);
  else show(all, output);
  const late = running === undefined && all.some(({ state }) => state === "connecting");
  return late || all.some(isDown) ? EXIT.failed : EXIT.good;
}

async function ownServers(place: Place, timeoutMs: number): Promise<ServerStatus[]> {
  const { withOwnYard } = await import("../yard.ts");
  return await withOwnYard(place, {}, async (yard) => {
    await yard.ready({ timeoutMs });
    return yard.servers();
  });
}

/** So is an entry that is wrong, or a server that is started for the second time; not one that is disabled. */
function isDown({ state, reason }: ServerStatus): boolean {
  return BAD.has(state) || (state !== "ready" && state !== "idle" && reason !== undefined);
}

function show(servers: readonly ServerStatus[], output: Output): void {
  const [head = [], ...lines] = table(COLUMNS, servers.map(rowOf), output.width);
  output.data(...head);
  for (const [index, line] of lines.entries()) {
    output.data(...line);
    const { reason, mend } = servers[index] ?? {};
    for (const text of [reason, mend]) if (text !== undefined) output.note(text, 4, "stdout");
  }
}

function rowOf(status: ServerStatus): Word[] {
  const { name, state, tools, transport, era = "", restarts, latencyMs } = status;
  const colour = state === "ready" ? "green" : isDown(status) ? "red" : "dim";
  const latency = latencyMs === undefined ? ["", ""] : [milliseconds(latencyMs.p50), milliseconds(latencyMs.p99)];
  return [name, paint(colour, state), String(tools), transport, era, String(restarts), ...latency];
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
