/** The servers of the matrix, running, and as they stand under `mcpServers`. */

import { fileURLToPath } from "node:url";
import type { JsonObject } from "../../../src/base/json.ts";
import type { LocalContext } from "../../../src/config/config.ts";
import type { ServerInput } from "../../../src/config/input.ts";
import { serveHttp } from "../../servers/hostile/carriers/http.ts";
import type { WriteEvent } from "../../servers/hostile/log.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import { give } from "../../servers/hostile/protocol/offer.ts";
import { HostileServer } from "../../servers/hostile/server.ts";
import { parseFlags, Switchboard, toArguments } from "../../servers/hostile/switchboard.ts";
import { EventLog } from "../../support/events.ts";
import type { Flags, TempDir } from "../../support/fixture.ts";
import { eraOf, type ServerKind } from "../columns.ts";
import { CONTENTS, CONTENTS_RESULT, FAILING, FAILING_RESULT, TOOL, wholeResult } from "../server/data.ts";
import { offerFor } from "../server/offer.ts";

export interface Running {
  readonly entry: ServerInput;
  /** What the gateway did against the protocol. */
  violations(): readonly unknown[];
  close(): void;
}

/** A root that the configuration names, for the twin of a server. */
export const CONFIGURED_ROOT = "file:///of/the/configuration";

export const rootedName = ({ name }: ServerKind): string => `${name}_rooted`;

/** The twin of a server of which each client has its own instance. */
export const ownName = ({ name }: ServerKind): string => `${name}_own`;

export const INSTRUCTIONS = "Ask the matrix.";

/** How long modern servers let their lists and resources be kept. */
export const KEPT_MS = 300_000;

const PROGRAM = fileURLToPath(new URL("../server/stdio.ts", import.meta.url));

export async function startServer(kind: ServerKind, directory: TempDir): Promise<Running> {
  if (kind.carrier === "local") return { entry: localServer(), violations: () => [], close() {} };
  return kind.carrier === "stdio" ? stdioServer(kind, directory) : await httpServer(kind);
}

function flagsOf({ name, revision, carrier }: ServerKind): Flags {
  const era = eraOf(revision);
  return {
    name,
    era,
    instructions: INSTRUCTIONS,
    pages: "three",
    ...(era === "legacy" ? { "protocol-version": revision } : { "ttl-ms": KEPT_MS, "cache-scope": "public" }),
    ...(carrier === "http" ? { http: 0, session: era === "legacy" } : {}),
    ...(carrier === "sse" ? { sse: 0 } : {}),
  };
}

function stdioServer(kind: ServerKind, directory: TempDir): Running {
  const log = new EventLog(directory.file(`${kind.name}.jsonl`));
  const args = [PROGRAM, ...toArguments({ ...flagsOf(kind), log: log.file })];
  return { entry: { command: process.execPath, args }, violations: () => log.violations(), close() {} };
}

async function httpServer(kind: ServerKind): Promise<Running> {
  const broken: unknown[] = [];
  const log: WriteEvent = (what, details) => void (what === "violation" && broken.push(details));
  const server = new HostileServer(new Switchboard(parseFlags(toArguments(flagsOf(kind)))), log);
  give(server, offerFor(kind.name, eraOf(kind.revision)));
  const { url, close } = await serveHttp(server);
  const entry = kind.carrier === "sse" ? { type: "sse" as const, url } : { url };
  return { entry, violations: () => broken, close };
}

/** What functions can do of what the others do. */
function localServer(): ServerInput {
  const fates = new Map<string, PromiseWithResolvers<string>>();
  const fateOf = (key: unknown): PromiseWithResolvers<string> => {
    const known = fates.get(String(key)) ?? Promise.withResolvers<string>();
    fates.set(String(key), known);
    return known;
  };
  const act = (name: string, call: (args: JsonObject, context: LocalContext) => unknown) => ({
    name,
    inputSchema: { type: "object" },
    call,
  });
  return {
    tools: [
      { ...TOOL, name: "whole", call: ({ text }: JsonObject) => wholeResult(plain(text)) },
      { ...CONTENTS, name: "contents", call: () => CONTENTS_RESULT },
      { ...FAILING, name: "failing", call: () => FAILING_RESULT },
      act("steps", async (_, { progress }) => {
        for (const step of [1, 2.5, 4, 4, 3]) {
          progress(step, 4, `at ${step}`);
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        return "done";
      }),
      act("hang", async ({ key }, { signal, progress }) => {
        progress(1);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        fateOf(key).resolve("cancelled");
      }),
      act("fate", async ({ key }) => JSON.stringify(await fateOf(key).promise)),
    ],
  };
}
