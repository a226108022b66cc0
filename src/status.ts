/** How each server stands, as people and programs see it. */

import type { ErrorCode } from "./base/errors.ts";
import type { Snapshot } from "./catalog/item.ts";
import type { Config } from "./config/config.ts";
import type { Pool } from "./upstream/pool.ts";
import type { Upstream } from "./upstream/upstream.ts";

export interface ServerStatus {
  readonly name: string;
  /** `idle`, `connecting`, `ready`, `backoff`, `auth-required`, `failed`, `disabled` or `closed`. */
  readonly state: string;
  /** Why it is not ready, or what is wrong although it is. */
  readonly reason?: string;
  /** Of the reason, for programs: it stays when the words change. */
  readonly code?: ErrorCode;
  /** What can be done about it. */
  readonly mend?: string;
  readonly transport: string;
  readonly era?: string;
  readonly protocolVersion?: string;
  readonly pid?: number;
  /** How many times it was started again. */
  readonly restarts: number;
  /** How many of its tools are offered. */
  readonly tools: number;
  /** Where its lists come from: `live`, `cached` or `none`. */
  readonly lists: string;
  readonly inFlight: number;
  /** What came from it and was dropped: lines that a program prints, answers that nobody asked for, requests that it may not send. */
  readonly noise?: { readonly count: number; readonly first: string };
  /** Of its last calls, in ms. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
  /** Until the next attempt, in ms. */
  readonly retryAfterMs?: number;
}

/** All servers in the order of the configuration, those with a broken entry last. */
export function statusOf(config: Config, pool: Pool, snapshot: Snapshot): ServerStatus[] {
  const valid = [...config.servers.keys()].flatMap((name) => {
    const upstream = pool.get(name);
    return upstream === undefined ? [] : [upstreamStatus(upstream, snapshot)];
  });
  const rejected = [...config.rejected].map(([name, error]) => {
    const reason = `${error.details.at === undefined ? "" : `${error.details.at}: `}${error.message}`;
    const nothing = { transport: "unknown", restarts: 0, tools: 0, lists: "none", inFlight: 0 };
    return { name, state: "disabled", reason, code: error.code, mend: error.mend, ...nothing };
  });
  return [...valid, ...rejected];
}

function upstreamStatus(upstream: Upstream, snapshot: Snapshot): ServerStatus {
  const { name, state, reason, retryAfterMs } = upstream;
  const section = snapshot.sections.get(name);
  const latencyMs = upstream.latency.summary();
  return {
    name,
    state,
    ...(reason === undefined ? {} : { reason: reason.message, code: reason.code, mend: reason.mend }),
    ...connectionStatus(upstream),
    restarts: upstream.restarts,
    tools: section?.items.filter((item) => item.kind === "tool").length ?? 0,
    lists: section?.source ?? "none",
    inFlight: upstream.inFlight,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(retryAfterMs === 0 ? {} : { retryAfterMs }),
  };
}

function connectionStatus({ connection, server }: Upstream): Pick<ServerStatus, "transport" | "era" | "protocolVersion" | "pid" | "noise"> {
  if (connection === undefined) return { transport: server.transport.kind };
  const { spoken, link, noise } = connection;
  return {
    transport: link.kind,
    ...(spoken === undefined ? {} : { era: spoken.era, protocolVersion: spoken.version }),
    ...(link.pid === undefined ? {} : { pid: link.pid }),
    ...(noise === undefined ? {} : { noise }),
  };
}
