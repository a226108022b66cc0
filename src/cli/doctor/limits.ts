/** Every limit that is in force: what the file sets, and the defaults where it sets nothing. */

import type { Config } from "../../config/config.ts";
import { parseConfig } from "../../config/load.ts";

export interface Limit {
  /** Where it stands in the file. */
  readonly key: string;
  readonly value: string;
  /** The default, where the file says something else. */
  readonly otherwise?: string;
}

type Read = (config: Config) => string;

/** In the words of the file. */
const LIMITS: Readonly<Record<string, Read>> = {
  "limits.message": ({ limits }) => size(limits.messageBytes),
  "limits.body": ({ limits }) => size(limits.bodyBytes),
  "limits.starts": ({ limits }) => `${limits.starts.count}/${duration(limits.starts.windowMs)}`,
  "limits.stable": ({ limits }) => duration(limits.stableMs),
  "limits.backoff.first": ({ limits }) => duration(limits.backoff.firstMs),
  "limits.backoff.max": ({ limits }) => duration(limits.backoff.maxMs),
  "limits.breaker.failures": ({ limits }) => String(limits.breaker.failures),
  "limits.breaker.open": ({ limits }) => duration(limits.breaker.openMs),
  "limits.probe": ({ limits }) => duration(limits.probeMs),
  "limits.drain": ({ limits }) => duration(limits.drainMs),
  "limits.keepAlive": ({ limits }) => duration(limits.keepAliveMs),
  "limits.sessionIdle": ({ limits }) => duration(limits.sessionIdleMs),
  "limits.sendBuffer": ({ limits }) => size(limits.sendBufferBytes),
  "limits.queue": ({ limits }) => String(limits.queue),
  "limits.queueWait": ({ limits }) => duration(limits.queueWaitMs),
  "limits.parked": ({ limits }) => String(limits.parked),
  "limits.input": ({ limits }) => duration(limits.inputMs),
  "limits.pages": ({ limits }) => String(limits.pages),
  "limits.listDebounce": ({ limits }) => duration(limits.listDebounceMs),
  "discovery.wait": ({ discovery }) => duration(discovery.waitMs),
  "naming.maxLength": ({ naming }) => String(naming.maxLength),
  "results.maxBytes": ({ results }) => size(results.maxBytes),
};

/** What each server has for itself; the default is that of an entry that says nothing. */
const PER_SERVER: Readonly<Record<string, (server: ServerConfig) => string>> = {
  "timeouts.connect": ({ timeouts }) => duration(timeouts.connectMs),
  "timeouts.list": ({ timeouts }) => duration(timeouts.listMs),
  "timeouts.call": ({ timeouts }) => duration(timeouts.callMs),
  "timeouts.callMax": ({ timeouts }) => duration(timeouts.callMaxMs),
  "timeouts.idle": ({ timeouts }) => duration(timeouts.idleMs),
  concurrency: ({ concurrency }) => String(concurrency),
};

type ServerConfig = Config["servers"] extends ReadonlyMap<string, infer Server> ? Server : never;

/** @param config undefined: the defaults alone */
export function limitsOf(config: Config | undefined): Limit[] {
  const plain = parseConfig({ mcpServers: { any: { command: "any" } } });
  const own = Object.entries(LIMITS).map(([key, read]) => limit(key, read(config ?? plain), read(plain)));
  const [any] = plain.servers.values();
  const servers = any === undefined ? [] : Object.entries(PER_SERVER).flatMap(([key, read]) => perServer(key, read, any, config));
  return [...own, ...servers];
}

function perServer(key: string, read: (server: ServerConfig) => string, any: ServerConfig, config: Config | undefined): Limit[] {
  const special = [...(config?.servers.values() ?? [])].filter((server) => read(server) !== read(any));
  const named = special.map((server) => limit(`mcpServers.${server.name}.${key}`, read(server), read(any)));
  return [limit(`mcpServers.*.${key}`, read(any), read(any)), ...named];
}

function limit(key: string, value: string, normal: string): Limit {
  return value === normal ? { key, value } : { key, value, otherwise: normal };
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** As the file has it: the largest unit that goes into it without a rest; seconds up to two minutes. */
function duration(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ["ms", 1];
  return unit === "m" && ms <= 60_000 ? "60s" : `${ms / length}${unit}`;
}

function size(bytes: number): string {
  for (const [unit, length] of [
    ["MB", 1024 * 1024],
    ["KB", 1024],
  ] as const)
    if (bytes >= length && bytes % length === 0) return `${bytes / length}${unit}`;
  return `${bytes}B`;
}
