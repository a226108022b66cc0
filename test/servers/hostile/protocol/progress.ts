/** The tool `progress`, honest or not. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { wait } from "../process.ts";
import type { RpcId } from "./message.ts";
import type { Request } from "./request.ts";

/** Tokens of calls that are over. */
const ended: (RpcId | undefined)[] = [];

/** Sends `steps` reports, `ms` apart, each with a message of `bytes`; 0 steps: until it is cancelled. */
export async function sendProgress({ steps = 3, ms = 0, bytes = 0 }: JsonObject, request: Request): Promise<JsonObject> {
  const { server, connection, id, params, signal } = request;
  const own = objectOr(params["_meta"])["progressToken"] as RpcId | undefined;
  const kind = server.switches.values.progress;
  const total = Number(steps);
  const token = tokenFor(kind, own);
  const message = "p".repeat(Number(bytes)) || undefined;
  for (let step = 1; step <= (total || Infinity) && !signal.aborted; step++) {
    const progress = kind === "not-increasing" ? total - step + 1 : step;
    const report = { progressToken: token, progress, total: total || undefined, message };
    if (token !== undefined) connection.notify("notifications/progress", report, id);
    await (ms === 0 ? breathe(step) : wait(Number(ms), signal));
  }
  ended.push(own);
  return { content: [{ type: "text", text: `${total} steps` }] };
}

function tokenFor(kind: string, own: RpcId | undefined): RpcId | undefined {
  if (kind === "foreign") return "made-up-token";
  if (kind === "finished") return ended[0] ?? own;
  if (kind === "without-token") return own ?? "nobody-asked";
  return own;
}

/** Lets a flood be cancelled. */
async function breathe(step: number): Promise<void> {
  if (step % 100 === 0) await new Promise(setImmediate);
}
