/** One attempt to reach a server: open a link, shake hands, remember the era. */

import type { Era } from "../../base/call.ts";
import { toToolyardError, ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ServerConfig } from "../../config/config.ts";
import { maySpeakSse } from "../../era/probe.ts";
import { Connection } from "../connection/connection.ts";
import type { ConnectionEvents } from "../connection/notifications.ts";
import { childEnv, withheld } from "../links/child-env.ts";
import { negotiate } from "../connection/negotiate.ts";
import { openLink, type LinkOptions } from "../links/open-link.ts";

/** Port: which era a server spoke last time. */
export interface EraMemory {
  /** Undefined: never met, or too long ago to be sure. */
  recall(server: ServerConfig): Era | undefined;
  remember(server: ServerConfig, era: Era, version: string): void;
}

export interface DialOptions extends LinkOptions {
  readonly probeMs: number;
  readonly eras: EraMemory;
  readonly clientInfo: JsonObject;
  /** ClientCapabilities to declare to this server; `client`: those of the only one that it is for. */
  capabilities(server: ServerConfig, client?: JsonObject): JsonObject;
  /** Roots that this server is told; undefined: none. */
  roots(server: ServerConfig): Promise<readonly JsonObject[] | undefined>;
}

interface Attempt {
  readonly remembered: Era | undefined;
  /** The old HTTP+SSE transport. */
  readonly old: boolean;
  readonly signal: AbortSignal;
}

export interface Dialling {
  /** Gives the attempt up. */
  readonly signal: AbortSignal;
  /** May the process be started a second time? If so, it counts. */
  mayStartAgain(): boolean;
}

/** How many withheld variables are named; those that look like credentials first. */
const NAMED = 8;
const TELLING = /KEY|TOKEN|SECRET|PASS|AUTH|CREDENTIAL|URL|HOST/i;

/** @throws the reason why the server cannot be used, with every process and stream of the attempt ended */
export async function dial(server: ServerConfig, options: DialOptions, events: ConnectionEvents, dialling: Dialling): Promise<Connection> {
  const { signal } = dialling;
  const remembered = server.transport.kind === "local" ? "legacy" : options.eras.recall(server);
  try {
    return await attempt(server, options, events, { remembered, old: false, signal });
  } catch (error) {
    const failure = toToolyardError(error);
    const again = signal.aborted ? undefined : otherWay(server, failure, remembered, dialling);
    if (again === undefined) throw failure;
    return await attempt(server, options, events, again).catch((second: unknown) => {
      throw again.old ? failure : toToolyardError(second);
    });
  }
}

/** Some servers die of a question that they do not know; others speak only the transport of 2024. */
function otherWay(server: ServerConfig, failure: ToolyardError, remembered: Era | undefined, dialling: Dialling): Attempt | undefined {
  const { kind } = server.transport;
  const { signal } = dialling;
  const mayBeTheQuestion = kind === "stdio" && remembered !== "legacy" && failure.code === "SERVER_EXITED";
  if (mayBeTheQuestion && dialling.mayStartAgain()) return { remembered: "legacy", old: false, signal };
  const old = kind === "http" && maySpeakSse(failure.details.status ?? 0, undefined);
  return old ? { remembered: "legacy", old: true, signal } : undefined;
}

async function attempt(server: ServerConfig, options: DialOptions, events: ConnectionEvents, how: Attempt): Promise<Connection> {
  const { clock, clientInfo, probeMs } = options;
  const capabilities = options.capabilities(server);
  const questions = { ask: server.ask, hasRoots: server.roots !== undefined, roots: () => options.roots(server) };
  let live = false;
  const guarded: ConnectionEvents = { ...events, closed: (failure) => (live ? events.closed(failure) : undefined) };
  const connection = new Connection({ server: server.name, clock, questions, capabilities, clientInfo }, guarded);
  connection.attach(await openLink(server, options, connection.linkEvents, how));
  const giveUp = (): void => void connection.close();
  how.signal.addEventListener("abort", giveUp, { once: true });
  try {
    if (how.signal.aborted) throw how.signal.reason;
    const { connectMs } = server.timeouts;
    const { next } = await negotiate(connection, { remembered: how.remembered, probeMs, connectMs, clock, capabilities, clientInfo });
    if (connection.ended !== undefined) throw new ToolyardError(connection.ended.code, connection.ended.message);
    if (server.transport.kind !== "local") options.eras.remember(server, next.era, next.version);
    live = true;
    return connection;
  } catch (error) {
    await connection.close();
    throw withWithheld(toToolyardError(error), server, options);
  } finally {
    how.signal.removeEventListener("abort", giveUp);
  }
}

/** A program that ends at its start often misses a variable: the names of those that it did not get. */
function withWithheld(failure: ToolyardError, { transport }: ServerConfig, { env }: DialOptions): ToolyardError {
  if (transport.kind !== "stdio" || failure.code !== "SERVER_EXITED") return failure;
  const names = withheld(env, childEnv(env, transport.inheritEnv, transport.env)).toSorted(
    (a, b) => Number(TELLING.test(b)) - Number(TELLING.test(a)),
  );
  if (names.length === 0) return failure;
  const rest = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  const mend = `Variables that it did not get: ${names.slice(0, NAMED).join(", ")}${rest}. Let one through with "inheritEnv", or set it in "env".`;
  return new ToolyardError(failure.code, failure.message, { ...failure.details, mend }, failure.cause);
}
