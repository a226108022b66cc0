/** The tool `progress`, honest or not. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { wait } from "../process.ts";
import type { Request } from "./receive.ts";

const ended = new Set<string | number>();

/** Sends `steps` reports, `ms` apart; 0 steps: until it is cancelled. */
export async function sendProgress({ steps, ms, bytes }: JsonObject, request: Request): Promise<JsonObject> {
  const { server, connection, id, params, signal } = request;
  const own = objectOr(params["_meta"])["progressToken"] as string | number | undefined;
  const kind = server.switches.values.progress;
  const total = Number(steps ?? 3);
  const message = "p".repeat(Number(bytes ?? 0)) || undefined;
  const last = total === 0 ? Infinity : total;
  for (let step = 1; step <= last && !signal.aborted; step++) {
    const token = tokenFor(kind, own);
    const progress = kind === "not-increasing" ? total - step + 1 : step;
    const sent = { progressToken: token, progress, ...(total > 0 && { total }), ...(message && { message }) };
    if (token !== undefined) connection.notify("notifications/progress", sent, id);
    if (Number(ms ?? 0) > 0) await wait(Number(ms), signal);
    else if (step % 100 === 0) await new Promise(setImmediate);
  }
  if (own !== undefined) ended.add(own);
  return { content: [{ type: "text", text: `${total} steps` }] };
}

function tokenFor(kind: string, own: string | number | undefined): string | number | undefined {
  if (kind === "foreign") return "made-up-token";
  if (kind === "finished") return [...ended][0] ?? own;
  if (kind === "without-token") return own ?? "nobody-asked";
  return own;
}
