/**
 * Changes of a modern server's lists: asked for by `subscriptions/listen`, and asked for again when that ends
 * (spec 2026-07-28: Subscriptions). A legacy server announces them by itself.
 */

import { Body } from "../base/body.ts";
import { sleep, type Clock } from "../base/clock.ts";
import { isObject, objectOr, type JsonObject } from "../base/json.ts";
import { backoffMs } from "./backoff.ts";
import type { Connection } from "./connection.ts";

export interface AnnouncementOptions {
  readonly clock: Clock;
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  random(): number;
  /** A stream was lost: what changed meanwhile is not known. */
  missed(): void;
}

/** For ever, as far as a request is concerned; the connection's end ends it. */
const FOREVER = { quietMs: 2 ** 31 - 1, totalMs: 2 ** 31 - 1 };
/** A stream that stood so long was a good one. */
const GOOD_MS = 10_000;

/** Listens until the connection ends, or the server says that it cannot be listened to. */
export async function listenForChanges(connection: Connection, options: AnnouncementOptions): Promise<void> {
  const notifications = wanted(connection.spoken?.capabilities ?? {});
  if (connection.spoken?.era !== "modern" || Object.keys(notifications).length === 0) return;
  const { clock } = options;
  for (let failures = 0; connection.ended === undefined; failures++) {
    const startedAt = clock.now();
    const answer = await connection
      .request({ method: "subscriptions/listen", params: Body.of({ notifications }), limits: FOREVER })
      .catch(() => undefined);
    if (answer?.error !== undefined || connection.ended !== undefined) return;
    if (clock.now() - startedAt > GOOD_MS) failures = 0;
    await sleep(clock, backoffMs(failures, options.backoff, options.random()));
    if (connection.ended === undefined) options.missed();
  }
}

function wanted(capabilities: JsonObject): JsonObject {
  const announces = (name: string): boolean => isObject(capabilities[name]) && objectOr(capabilities[name])["listChanged"] === true;
  return {
    ...(announces("tools") ? { toolsListChanged: true } : {}),
    ...(announces("prompts") ? { promptsListChanged: true } : {}),
    ...(announces("resources") ? { resourcesListChanged: true } : {}),
  };
}
