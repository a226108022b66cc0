/** From a configured transport to a link. */

import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { reveal, type Secret } from "../../base/secret.ts";
import type { ServerConfig, StdioTransport } from "../../config/config.ts";
import { childEnv } from "./child-env.ts";
import { HttpLink } from "./http-link.ts";
import type { Ledger } from "./ledger.ts";
import type { Link, LinkEvents } from "./link.ts";
import { LocalLink } from "./local-link.ts";
import { redacted, redactedError, redactorFor, type Redact } from "./redact.ts";
import { SseLink } from "./sse-link.ts";
import type { Slots } from "../../base/flight.ts";
import { sleep } from "../../base/clock.ts";
import type { StopLadder } from "../../wire/child.ts";
import { StdioLink } from "./stdio-link.ts";

export interface LinkOptions {
  readonly clock: Clock;
  readonly messageBytes: number;
  /** Our own environment, from which a child gets an allow-list. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many processes may be starting at once. */
  readonly starting: Slots;
  readonly ledger: Ledger;
  stderr(server: string, chunk: Buffer): void;
  /** How long a process gets for each step of its end; asked when it is to end. */
  patience(): StopLadder;
}

interface SecretOptions extends LinkOptions {
  readonly redact: Redact;
}

export interface OpenHow {
  readonly old: boolean;
  readonly signal: AbortSignal;
}

/** For streams, notifications and answers beside the calls. */
const SPARE_CONNECTIONS = 8;

/** A slot is held until a process shows a first sign of life, never for its handshake. */
const SLOT_MS = 100;

/**
 * Opens a link for one server.
 *
 * @param how `old`: an http URL is to be taken for the old HTTP+SSE transport; `signal` gives the attempt up
 * @throws SPAWN_ENOENT, SPAWN_EACCES, CWD_MISSING, SERVER_UNREACHABLE, SERVER_PROTOCOL
 */
export async function openLink(server: ServerConfig, options: LinkOptions, told: LinkEvents, how: OpenHow): Promise<Link> {
  const redact = redactorFor(server);
  try {
    return await open(server, { ...options, redact }, redacted(told, redact), how);
  } catch (error) {
    throw error instanceof ToolyardError ? redactedError(error, redact) : error;
  }
}

async function open(server: ServerConfig, options: SecretOptions, events: LinkEvents, how: OpenHow): Promise<Link> {
  const { transport } = server;
  if (transport.kind === "local") return new LocalLink(transport.tools, events);
  if (transport.kind === "stdio") return await spawnLink(server, transport, options, events);
  const { messageBytes, clock, env, redact } = options;
  const headers = revealed(transport.headers);
  const connections = server.concurrency + SPARE_CONNECTIONS;
  const common = { url: transport.url, headers, messageBytes, clock, env, redact, connections };
  if (how.old || transport.kind === "sse") {
    return await SseLink.open({ ...common, connectMs: server.timeouts.connectMs, signal: how.signal }, events);
  }
  return new HttpLink(common, events);
}

async function spawnLink(server: ServerConfig, transport: StdioTransport, options: SecretOptions, events: LinkEvents): Promise<Link> {
  const release = await options.starting.take();
  try {
    const { command, args, cwd } = transport;
    const env = childEnv(options.env, transport.inheritEnv, transport.env);
    const { clock, messageBytes, ledger, patience, redact } = options;
    const stderr = (chunk: Buffer): void => options.stderr(server.name, chunk);
    const gone = (pid: number): void => ledger.forget(pid);
    const link = await StdioLink.open({ spec: { command, args, env, cwd }, messageBytes, clock, stderr, patience, gone, redact }, events);
    ledger.note(link.pid);
    void holdSlot(link, clock, release);
    return link;
  } catch (error) {
    release();
    throw error;
  }
}

async function holdSlot(link: StdioLink, clock: Clock, release: () => void): Promise<void> {
  const waited = new AbortController();
  await Promise.race([link.firstOutput, sleep(clock, SLOT_MS, waited.signal)]);
  waited.abort();
  release();
}

function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), reveal(value)]));
}
