/** Hostile servers of every carrier and era, with one face for tests that must hold for all of them. */

import type { EventLog, HostileEvent, Pattern } from "../support/events.ts";
import { startHttp, watchedServer, type Flags } from "../support/fixture.ts";

export type Carrier = "stdio" | "http";
export type Era = "legacy" | "modern";

export interface AnyServer extends AsyncDisposable {
  readonly carrier: Carrier;
  readonly era: Era;
  /** `stdio_legacy` and so on. */
  readonly name: string;
  /** As it stands under `mcpServers`. */
  readonly entry: object;
  readonly log: EventLog;
  executions(): number;
  set(flags: Flags): Promise<void>;
  /** What its log shows when a client gives up a request: a notice, but on modern HTTP the closed stream (spec 2026-07-28: Cancellation). */
  toldToStop(id: HostileEvent["id"]): Pattern;
}

export async function openServer(carrier: Carrier, era: Era, flags: Flags = {}): Promise<AnyServer> {
  const closes = carrier === "http" && era === "modern";
  const face = {
    carrier,
    era,
    name: `${carrier}_${era}`,
    toldToStop:
      (id: HostileEvent["id"]): Pattern =>
      (event) =>
        event.id === id && (closes ? event.what === "closed" : event.what === "cancelled" && event["running"] === true),
  };
  if (carrier === "http") {
    const { url, log, executions, set, stop } = await startHttp({ ...flags, era });
    return { ...face, entry: { url }, log, executions, set, [Symbol.asyncDispose]: () => stop() };
  }
  const server = watchedServer({ ...flags, era });
  const { entry, log, executions } = server;
  const set = async (more: Flags): Promise<void> => server.set(more);
  return { ...face, entry, log, executions, set, [Symbol.asyncDispose]: async () => server[Symbol.dispose]() };
}

export interface Servers extends AsyncDisposable {
  readonly all: readonly AnyServer[];
  /** For `mcpServers`, by name; each with `more` in its entry. */
  entries(more?: object): Record<string, object>;
  /** Does the same with each, side by side; an error names the server. */
  each(action: (server: AnyServer) => Promise<void>): Promise<void>;
}

/** One server of each carrier and era. */
export async function openServers(flags: (carrier: Carrier, era: Era) => Flags = () => ({})): Promise<Servers> {
  const kinds = (["stdio", "http"] as const).flatMap((carrier) => (["legacy", "modern"] as const).map((era) => ({ carrier, era })));
  const all = await Promise.all(kinds.map(({ carrier, era }) => openServer(carrier, era, flags(carrier, era))));
  return {
    all,
    entries: (more) => Object.fromEntries(all.map(({ name, entry }) => [name, { ...entry, ...more }])),
    async each(action) {
      await Promise.all(all.map((server) => action(server).catch((error: unknown) => named(server.name, error))));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

function named(server: string, error: unknown): never {
  if (error instanceof Error) error.message = `${server}: ${error.message}`;
  throw error;
}
