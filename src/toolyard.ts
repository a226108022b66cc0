/** The composed object: configuration → pool → catalog → router. Opens, reloads and closes them; hands out Views. */

import type { Call } from "./base/call.ts";
import { sleep, type Clock } from "./base/clock.ts";
import { Emitter } from "./base/emitter.ts";
import { ToolyardError } from "./base/errors.ts";
import type { Logger } from "./base/log.ts";
import type { ListCache } from "./catalog/cache.ts";
import { Catalog } from "./catalog/catalog.ts";
import { mergeInstructions } from "./catalog/instructions.ts";
import type { Snapshot } from "./catalog/item.ts";
import { serverSnapshot, visibleSnapshot } from "./catalog/visible.ts";
import type { Config } from "./config/config.ts";
import { queued } from "./router/queue.ts";
import { retrying } from "./router/retry.ts";
import { answeringRounds } from "./router/rounds.ts";
import type { Middleware } from "./router/route.ts";
import { Router } from "./router/router.ts";
import { statusOf, type ServerStatus } from "./status.ts";
import { Pool } from "./upstream/pool.ts";
import type { UpstreamOptions } from "./upstream/upstream.ts";
import {
  View,
  type CallOptions,
  type Handlers,
  type Missing,
  type ToolDefinition,
  type ToolResult,
  type ViewSource,
  type Why,
} from "./view.ts";
import { whyOf } from "./why.ts";
import type { JsonObject } from "./base/json.ts";

export interface ToolyardParts {
  readonly config: Config;
  readonly upstream: UpstreamOptions;
  readonly cache: ListCache;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handlers: Handlers;
  /** Wrapped around every call, outermost first. */
  readonly middlewares: readonly Middleware[];
  /** Makes a configuration of an entry for {@link Toolyard.add}: the present one with it, or (undefined) without it. */
  edit(config: Config, name: string, entry: unknown): Config;
}

export interface ToolyardEvents {
  /** What is offered has changed. */
  change: Snapshot;
  /** A server's state has changed. */
  server: ServerStatus;
  /** A subscribed resource has changed. */
  updated: { readonly server: string; readonly uri: string };
  /** The configuration was replaced. */
  reload: Config;
}

export interface ViewRules {
  /** Name of a toolset of the configuration. */
  readonly toolset?: string;
  /** One server alone, under its own names. */
  readonly server?: string;
}

/** One server's outcome in {@link Toolyard.ready}. */
export interface Readiness {
  readonly state: string;
  readonly reason?: string;
  /** Since the opening, in ms. */
  readonly ms: number;
  readonly tools: number;
}

export class Toolyard {
  readonly events: Emitter<ToolyardEvents>;
  readonly #parts: ToolyardParts;
  readonly #pool: Pool;
  readonly #catalog: Catalog;
  readonly #router: Router;
  readonly #view: View;
  readonly #openedAt: number;
  #discovered: Promise<void> = Promise.resolve();
  readonly #end = new AbortController();
  #config: Config;
  #closing: Promise<void> | undefined;

  private constructor(parts: ToolyardParts) {
    this.#parts = parts;
    this.#config = parts.config;
    this.#openedAt = parts.clock.now();
    this.events = new Emitter((error) => parts.logger.error("A listener failed.", { error }));
    this.#pool = new Pool(parts.upstream);
    this.#catalog = new Catalog(parts.config);
    const { limits } = parts.config;
    this.#router = new Router(this.#pool, [
      ...parts.middlewares,
      queued(limits, parts.clock),
      answeringRounds(limits, parts.clock),
      retrying(),
    ]);
    this.#view = this.view();
    this.#listen();
    this.#pool.apply(parts.config);
  }

  /** Starts the servers and returns at once; lists of the last run are there already. */
  static async open(parts: ToolyardParts): Promise<Toolyard> {
    const yard = new Toolyard(parts);
    await yard.#loadLists();
    yard.#start();
    yard.#discovered = yard.#untilDiscovered();
    return yard;
  }

  get config(): Config {
    return this.#config;
  }

  get startedAt(): number {
    return this.#openedAt;
  }

  /** Everything that is offered, before any toolset. */
  snapshot(): Snapshot {
    return this.#catalog.snapshot;
  }

  /**
   * What one caller may see and call.
   *
   * @throws ROUTE_UNKNOWN when there is no such toolset or server
   */
  view(rules: ViewRules = {}, handlers: Handlers = this.#parts.handlers): View {
    this.#checkRules(rules);
    return new View(this.#source(rules), handlers);
  }

  tools(filter: { server?: string } = {}): ToolDefinition[] {
    return this.#view.tools(filter);
  }

  prompts(filter: { server?: string } = {}): JsonObject[] {
    return this.#view.prompts(filter);
  }

  resources(filter: { server?: string } = {}): JsonObject[] {
    return this.#view.resources(filter);
  }

  instructions(): string | undefined {
    return this.#view.instructions();
  }

  /** As {@link View.callTool}, on everything that is offered. */
  callTool(name: string, args: Record<string, unknown> = {}, options: CallOptions = {}): Promise<ToolResult> {
    return this.#view.callTool(name, args, options);
  }

  resolve(name: string): { server: string; tool: string } | undefined {
    return this.#view.resolve(name);
  }

  why(name: string): Why {
    return this.#view.why(name);
  }

  /** Told of changes; returns the listener's remover. */
  on<K extends keyof ToolyardEvents>(name: K, listener: (event: ToolyardEvents[K]) => void): () => void {
    return this.events.on(name, listener);
  }

  servers(): ServerStatus[] {
    return statusOf(this.#config, this.#pool, this.#catalog.snapshot);
  }

  /**
   * Waits for all servers, good or bad; never rejects.
   *
   * @param options `timeoutMs`: how long at the most; without it, until each has had its chance
   */
  async ready(options: { timeoutMs?: number } = {}): Promise<Record<string, Readiness>> {
    const took = new Map<string, number>();
    const all = this.#pool.all().map(async (upstream) => {
      await upstream.settled;
      took.set(upstream.name, this.#sinceOpening());
    });
    await this.#within(Promise.all(all), options.timeoutMs);
    return Object.fromEntries(this.servers().map((status) => [status.name, this.#readiness(status, took)]));
  }

  /** Adds a server, or replaces the one of that name. @throws CONFIG_INVALID when the entry is wrong */
  add(name: string, entry: unknown): void {
    const config = this.#parts.edit(this.#config, name, entry);
    const rejected = config.rejected.get(name);
    if (rejected !== undefined) throw rejected;
    this.apply(config);
  }

  /** Removes a server; its calls in flight may end. @throws UNKNOWN_NAME when there is none of that name */
  remove(name: string): void {
    if (!this.#config.servers.has(name) && !this.#config.rejected.has(name)) {
      throw new ToolyardError("UNKNOWN_NAME", `There is no server "${name}".`, {
        mend: `There are: ${[...this.#config.servers.keys()].join(", ")}.`,
      });
    }
    this.apply(this.#parts.edit(this.#config, name, undefined));
  }

  /** Reads the lists of one server, or of all, again. Resolves when done, whatever came of it. */
  async refresh(server?: string): Promise<void> {
    const chosen = this.#pool.all().filter(({ name }) => server === undefined || name === server);
    await Promise.all(chosen.map((upstream) => upstream.refresh()));
  }

  /** Starts a server anew and forgets its failures. */
  async restart(server: string): Promise<void> {
    await this.#pool.get(server)?.restart();
  }

  /** Takes a new configuration: unchanged servers keep their process, changed rules restart nothing. */
  apply(config: Config): void {
    if (this.#closing !== undefined) return;
    this.#config = config;
    this.#pool.apply(config);
    this.#catalog.configure(config);
    this.#start();
    this.events.emit("reload", config);
  }

  /** Ends every process, session, socket and timer. Never rejects; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shut(): Promise<void> {
    this.#end.abort();
    await this.#pool.close();
    await this.#parts.cache.flush();
    this.events.clear();
  }

  #start(): void {
    this.#pool.start((server) => this.#catalog.snapshot.sections.get(server.name)?.source === "none");
  }

  /** What each server listed last time, at once: nobody waits for a server whose lists are known. */
  async #loadLists(): Promise<void> {
    const servers = [...this.#config.servers.values()].filter((server) => server.cache && !server.disabled);
    await Promise.all(
      servers.map(async (server) => {
        const cached = await this.#parts.cache.read(server);
        if (cached !== undefined) this.#catalog.update(server.name, cached, "cached");
      }),
    );
  }

  #listen(): void {
    this.#pool.events.on("lists", ({ server, lists }) => {
      this.#catalog.update(server, lists, "live");
      const config = this.#config.servers.get(server);
      if (config?.cache) this.#parts.cache.write(config, lists);
    });
    this.#pool.events.on("state", ({ server }) => this.#tellState(server));
    this.#pool.events.on("updated", (event) => this.events.emit("updated", event));
    this.#pool.events.on("log", ({ server, params }) => this.#parts.logger.info("A server logged.", { server, ...params }));
    this.#pool.events.on("notice", ({ server, text }) => this.#parts.logger.warn(`Server "${server}": ${text}`, { server }));
    this.#catalog.events.on("change", (snapshot) => this.events.emit("change", snapshot));
  }

  #tellState(server: string): void {
    const status = this.servers().find(({ name }) => name === server);
    if (status !== undefined) this.events.emit("server", status);
  }

  #source(rules: ViewRules): ViewSource {
    let made: { from: Snapshot; config: Config; snapshot: Snapshot } | undefined;
    const snapshot = (): Snapshot => {
      const whole = this.#catalog.snapshot;
      if (made?.from !== whole || made.config !== this.#config)
        made = { from: whole, config: this.#config, snapshot: this.#cut(whole, rules) };
      return made.snapshot;
    };
    return {
      snapshot,
      instructions: (visible) => mergeInstructions(visible),
      call: (call: Call, visible: Snapshot) => this.#router.call(call, visible),
      discovered: () => this.#discovered,
      missing: () => this.#missing(rules),
      onChange: (listener) => this.events.on("change", () => listener()),
      why: (name, visible) => whyOf(name, { whole: this.#catalog.snapshot, visible, servers: this.servers() }),
    };
  }

  #cut(whole: Snapshot, { toolset, server }: ViewRules): Snapshot {
    const one = server === undefined ? whole : serverSnapshot(whole, server);
    return toolset === undefined ? one : visibleSnapshot(one, this.#config.toolsets.get(toolset));
  }

  #checkRules({ toolset, server }: ViewRules): void {
    if (toolset !== undefined && !this.#config.toolsets.has(toolset)) {
      throw new ToolyardError("ROUTE_UNKNOWN", `There is no toolset "${toolset}".`, { mend: "See `toolsets` in the configuration." });
    }
    if (server !== undefined && !this.#config.servers.has(server)) {
      throw new ToolyardError("ROUTE_UNKNOWN", `There is no server "${server}".`, { mend: "See `mcpServers` in the configuration." });
    }
  }

  #missing({ server }: ViewRules): Missing[] {
    return this.servers()
      .filter(({ name, lists, state }) => lists === "none" && state !== "disabled" && (server === undefined || server === name))
      .map(({ name, state, reason }) => ({ server: name, state, ...(reason === undefined ? {} : { reason }) }));
  }

  /** Over when each server has lists or has had its chance, or after `discovery.wait`. */
  async #untilDiscovered(): Promise<void> {
    const waiting = this.#pool.all().filter(({ name }) => this.#catalog.snapshot.sections.get(name)?.source === "none");
    await this.#within(Promise.all(waiting.map((upstream) => upstream.settled)), this.#config.discovery.waitMs);
  }

  async #within(work: Promise<unknown>, ms: number | undefined): Promise<void> {
    if (ms === undefined) return void (await work);
    const stop = new AbortController();
    const limit = sleep(this.#parts.clock, ms, AbortSignal.any([stop.signal, this.#end.signal]));
    await Promise.race([work, limit]);
    stop.abort();
  }

  #readiness({ name, state, reason, tools }: ServerStatus, took: ReadonlyMap<string, number>): Readiness {
    const ms = took.get(name) ?? this.#sinceOpening();
    return { state, ...(reason === undefined ? {} : { reason }), ms, tools };
  }

  #sinceOpening(): number {
    return this.#parts.clock.now() - this.#openedAt;
  }
}
