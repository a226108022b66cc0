/** How a Toolyard is opened: from a file, from an object, or over a gateway that runs already. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { systemClock } from "./base/clock.ts";
import { ToolyardError } from "./base/errors.ts";
import { Slots } from "./base/flight.ts";
import { isObject, type JsonObject } from "./base/json.ts";
import { silentLogger, type Logger } from "./base/log.ts";
import { pathsFrom, type Paths } from "./base/paths.ts";
import { VERSION } from "./base/version.ts";
import { openListCache, type ListCache } from "./catalog/cache.ts";
import type { Config, ServerConfig } from "./config/config.ts";
import type { ConfigInput } from "./config/input.ts";
import { loadConfig, parseConfig, type ConfigOptions } from "./config/load.ts";
import { withEntry } from "./config/with-entry.ts";
import { ownEnvironment } from "./config/values/lookup.ts";
import { capabilitiesOf, clientCapabilitiesToward } from "./era/capabilities.ts";
import type { Middleware } from "./router/route.ts";
import { loadKey } from "./store/key.ts";
import { FileSurfaces, type SurfaceMemory } from "./selection/surface-memory.ts";
import { Meaning } from "./selection/embeddings/meaning.ts";
import { openCarrier } from "./wire/http/open-carrier.ts";
import { Usage } from "./selection/usage.ts";
import { SpillStore } from "./spill/store.ts";
import { Toolyard, type ToolyardParts } from "./toolyard.ts";
import { FileLedger } from "./upstream/links/ledger.ts";
import type { UpstreamOptions } from "./upstream/upstream.ts";
import type { Handlers } from "./host.ts";
import { STOP_LADDER, type StopLadder } from "./wire/child.ts";

export interface OpenOptions extends Handlers {
  readonly logger?: Logger;
  /** Where caches and state are kept; default: the user's XDG directories. */
  readonly paths?: Paths;
  /** The environment that `${env:…}` and the children's allow-list read; default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values of `${input:x}`. */
  readonly inputs?: ReadonlyMap<string, string>;
  /** Wrapped around every call, outermost first. */
  readonly middlewares?: readonly Middleware[];
  /** True: a server is started when something is asked of it, or of the whole, and not before. Default false. */
  readonly startWhenUsed?: boolean;
  /**
   * True: servers may ask, as clients of a gateway over this yard will answer. Default false: they are told of what the
   * handlers given here can answer, and of nothing else.
   */
  readonly clientsAnswer?: boolean;
  /** Takes each chunk that a server writes to stderr. */
  stderr?(server: string, chunk: Buffer): void;
  /** How long a server's process gets for each step of its end; asked when it is to end. Default: 2 s, then SIGTERM, 3 s, then SIGKILL. */
  patience?(): StopLadder;
}

/** The same tools over a gateway that runs already. */
export interface GatewayInput {
  /** Its MCP address, `http://127.0.0.1:8808/mcp`, for a toolset `…/mcp/NAME`; `?surface=all` or `search` says what a model is shown. */
  gateway: string;
  /** A key for it, where it asks for one. */
  key?: string;
}

/** The name by which a gateway stands in the configuration made for it; its tools keep their names. */
export const GATEWAY = "gateway";

/**
 * Opens a yard and returns as soon as lists of an earlier run are read: servers start in the background.
 *
 * @param source path of a configuration file, a configuration, or `{ gateway, key }`
 * @throws CONFIG_NOT_FOUND, CONFIG_INVALID for what is wrong elsewhere than in one server's entry, USAGE
 */
export async function openToolyard(source: string | ConfigInput | GatewayInput, options: OpenOptions = {}): Promise<Toolyard> {
  const env = options.env ?? ownEnvironment();
  const paths = options.paths ?? pathsFrom(env);
  const key = await loadKey(paths.state);
  const configOptions: ConfigOptions = {
    env,
    stateDir: paths.state,
    fingerprintKey: key,
    ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
  };
  const config = await configFrom(source, configOptions);
  const ledger = new FileLedger(join(paths.state, "processes"));
  void ledger.reap();
  const logger = options.logger ?? silentLogger;
  const surfaces = await FileSurfaces.open(join(paths.cache, "surfaces.json"), logger);
  const usage = await Usage.open({ file: join(paths.cache, "usage.json"), clock: systemClock, logger });
  const cache = openListCache({ folder: join(paths.cache, "lists"), clock: systemClock, logger });
  const spill = new SpillStore({ folder: join(paths.state, "spill"), clock: systemClock });
  void spill.sweep();
  return await Toolyard.open(
    partsOf({ config, options, env, ledger, cache, surfaces, usage, embeddings: join(paths.cache, "embeddings"), spill, configOptions }),
  );
}

interface Ingredients {
  readonly config: Config;
  readonly options: OpenOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ledger: FileLedger;
  readonly cache: ListCache;
  readonly surfaces: SurfaceMemory;
  readonly usage: Usage;
  /** Where vectors are kept. */
  readonly embeddings: string;
  readonly spill: SpillStore;
  readonly configOptions: ConfigOptions;
}

function partsOf({ config, options, env, ledger, cache, surfaces, usage, embeddings, spill, configOptions }: Ingredients): ToolyardParts {
  const { logger = silentLogger, middlewares = [], startWhenUsed = false } = options;
  const upstream: UpstreamOptions = {
    clock: systemClock,
    env,
    ledger,
    limits: config.limits,
    messageBytes: config.limits.messageBytes,
    probeMs: config.limits.probeMs,
    starting: new Slots(2 * availableParallelism()),
    eras: cache,
    clientInfo: { name: "toolyard", version: VERSION },
    capabilities: declaredBy(options),
    roots: rootsFor(options),
    stderr: (server, chunk) => options.stderr?.(server, chunk),
    patience: () => options.patience?.() ?? STOP_LADDER,
    random: Math.random,
  };
  const edit = (present: Config, name: string, entry: unknown): Config => withEntry(present, name, entry, configOptions);
  return {
    config,
    upstream,
    cache,
    surfaces,
    usage,
    meaning: (endpoint) =>
      new Meaning({
        config: endpoint,
        carrier: openCarrier(endpoint.url, { connections: 2, env }),
        folder: embeddings,
        clock: systemClock,
        logger,
      }),
    spill,
    clock: systemClock,
    logger,
    handlers: options,
    middlewares,
    startWhenUsed,
    edit,
  };
}

/** What we declare to a legacy server: what it may ask, fixed for its connection. */
function declaredBy(options: OpenOptions): (server: ServerConfig, client?: JsonObject) => JsonObject {
  const host = options.clientsAnswer === true ? undefined : capabilitiesOf(options);
  return ({ ask, roots }, client) =>
    clientCapabilitiesToward({ asks: ask !== "none", hasRoots: roots !== undefined, caller: client ?? host });
}

/** Configured roots, else those of the host, who is the only caller of a yard that has such a handler. */
function rootsFor(handlers: Handlers): (server: ServerConfig) => Promise<readonly JsonObject[] | undefined> {
  const ofHost = async (): Promise<readonly string[] | undefined> =>
    typeof handlers.roots === "function" ? await handlers.roots() : handlers.roots;
  return async ({ roots, ask }) => {
    const uris = roots ?? (ask === "none" ? undefined : await ofHost());
    return uris?.map((uri) => ({ uri }));
  };
}

async function configFrom(source: string | ConfigInput | GatewayInput, options: ConfigOptions): Promise<Config> {
  if (typeof source === "string") return await loadConfig(source, options);
  if (!isObject(source))
    throw new ToolyardError("USAGE", "openToolyard takes the path of a configuration, a configuration, or { gateway }.");
  if ("gateway" in source && typeof source["gateway"] === "string")
    return parseConfig(overGateway(source["gateway"], source["key"]), options);
  return parseConfig(source, options);
}

/** All tools of the gateway, of which the View here chooses as one there would. */
function overGateway(address: string, key: unknown): JsonObject {
  const headers: JsonObject = typeof key === "string" ? { authorization: `Bearer ${key}` } : {};
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const surface = url?.searchParams.get("surface");
  url?.searchParams.set("surface", "all");
  return {
    mcpServers: { [GATEWAY]: { url: url?.href ?? address, headers, namespace: "", sharing: "shared" } },
    ...(surface === undefined || surface === null ? {} : { selection: { mode: surface } }),
  };
}
