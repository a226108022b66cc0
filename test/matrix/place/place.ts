/** One gateway before every server of the matrix. */

import { randomBytes } from "node:crypto";
import type { ConfigInput, ServerInput } from "../../../src/config/input.ts";
import { openGateway, type Gateway } from "../../../src/gateway/http.ts";
import { openToolyard } from "../../../src/open.ts";
import type { Toolyard } from "../../../src/toolyard.ts";
import { tempDir } from "../../support/fixture.ts";
import { eraOf, SERVERS } from "../columns.ts";
import { CONFIGURED_ROOT, ownName, rootedName, startServer } from "./servers.ts";

export interface Place extends AsyncDisposable {
  readonly yard: Toolyard;
  readonly gateway: Gateway;
  /** Path of its local socket. */
  readonly socket: string;
  /** What the gateway did against the protocol, by server. */
  violations(): Readonly<Record<string, readonly unknown[]>>;
}

/** Where each server is reached, and for those of the newest revisions a twin that has roots, and one for each client. */
function configFor(entries: ReadonlyMap<string, ServerInput>): ConfigInput {
  const twins = SERVERS.filter(({ revision, carrier }) => carrier !== "local" && revision >= "2025-11-25").flatMap((kind) => [
    [rootedName(kind), { ...entries.get(kind.name), roots: [CONFIGURED_ROOT] }] as const,
    ...(eraOf(kind.revision) === "legacy" ? [[ownName(kind), { ...entries.get(kind.name), sharing: "per-client" }] as const] : []),
  ]);
  const mcpServers = Object.fromEntries([...entries, ...twins]);
  const toolsets = Object.fromEntries(Object.keys(mcpServers).map((name) => [name, { servers: [name] }]));
  return { mcpServers, toolsets, selection: { mode: "all" }, discovery: { wait: "20s" } };
}

/** Each server has a toolset of its name, so that a client sees one server under exposed names. @throws Error when a server is not ready in time */
export async function openPlace(): Promise<Place> {
  const directory = tempDir();
  const running = await Promise.all(SERVERS.map(async (kind) => [kind.name, await startServer(kind, directory)] as const));
  const config = configFor(new Map(running.map(([name, { entry }]) => [name, entry])));
  const paths = { config: directory.path, cache: directory.file("cache"), state: directory.file("state"), runtime: directory.path };
  const socket = directory.file("socket");
  const yard = await openToolyard(config, { paths, clientsAnswer: true });
  const gateway = await openGateway(yard, { host: "127.0.0.1", port: 0, key: randomBytes(32), socket });
  const place: Place = {
    yard,
    gateway,
    socket,
    violations: () => Object.fromEntries(running.map(([name, { violations }]) => [name, violations()])),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await yard.close();
      for (const [, { close }] of running) close();
      directory[Symbol.dispose]();
    },
  };
  const bad = Object.entries(await yard.ready({ timeoutMs: 20_000 })).filter(([, { state }]) => state !== "ready");
  if (bad.length === 0) return place;
  await place[Symbol.asyncDispose]();
  throw new Error(`Servers of the matrix that are not ready: ${JSON.stringify(bad)}`);
}
