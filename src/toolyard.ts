/** The composed object, as hosts and faces hold it: what is offered, how servers stand, Views, changes at run time. */

import type { Emitter } from "./base/emitter.ts";
import { ToolyardError } from "./base/errors.ts";
import type { JsonObject } from "./base/json.ts";
import type { Snapshot } from "./catalog/item.ts";
import type { Config, EmbeddingsConfig } from "./config/config.ts";
import { checkRules, isThere, type ViewRules } from "./rules.ts";
import { CurrentMeaning } from "./selection/embeddings/current.ts";
import type { Meaning } from "./selection/embeddings/meaning.ts";
import { Finder } from "./selection/finder.ts";
import type { SurfaceMemory } from "./selection/surface-memory.ts";
import type { Usage } from "./selection/usage.ts";
import type { SpillStore } from "./spill/store.ts";
import { Sources } from "./sources.ts";
import type { ServerStatus } from "./status.ts";
import { View } from "./view.ts";
import type { CallOptions, Handlers, ToolDefinition, ToolHit, ToolResult } from "./host.ts";
import type { Why } from "./view-source.ts";
import { Works, type WorksEvents, type WorksParts } from "./works.ts";

export interface ToolyardParts extends WorksParts {
  readonly handlers: Handlers;
  /** Which Views have outgrown their budget. */
  readonly surfaces: SurfaceMemory;
  /** Which tools are used. */
  readonly usage: Usage;
  /** Opens an endpoint for embeddings. */
  meaning(config: EmbeddingsConfig): Meaning;
  /** Makes a configuration of an entry for {@link Toolyard.add}: the present one with it, or (undefined) without it. */
  edit(config: Config, name: string, entry: unknown): Config;
  /** Where large results are kept. */
  readonly spill: SpillStore;
}

export type ToolyardEvents = WorksEvents;
export type { Scope, ViewRules } from "./rules.ts";

/** One server's outcome in {@link Toolyard.ready}. */
export interface Readiness {
  readonly state: string;
  readonly reason?: string;
  /** Since the opening, in ms. */
  readonly ms: number;
  readonly tools: number;
}

export class Toolyard {
  readonly #parts: ToolyardParts;
  readonly #works: Works;
  readonly #finder: Finder;
  readonly #sources: Sources;
  readonly #meaning: CurrentMeaning;
  readonly #view: View;

  private constructor(parts: ToolyardParts, works: Works) {
    this.#parts = parts;
    this.#works = works;
    this.#meaning = new CurrentMeaning((config) => parts.meaning(config));
    this.#finder = new Finder(
      () => works.snapshot,
      () => this.#meaning.of(works.config.selection.embeddings),
    );
    works.events.on("change", () => this.#finder.refresh());
    this.#sources = new Sources(works, { ...parts, finder: this.#finder });
    this.#view = this.view();
  }

  /** Starts the servers and returns at once; lists of the last run are there already. */
  static async open(parts: ToolyardParts): Promise<Toolyard> {
    return new Toolyard(parts, await Works.open(parts));
  }

  get config(): Config {
    return this.#works.config;
  }

  /** Milliseconds since the epoch. */
  get startedAt(): number {
    return this.#works.openedAt;
  }

  get events(): Emitter<ToolyardEvents> {
    return this.#works.events;
  }

  /** As {@link View.forModel}, of everything that is offered. */
  forModel(): View {
    return this.#view.forModel();
  }

  /** Everything that is offered, before any toolset. */
  snapshot(): Snapshot {
    return this.#works.snapshot;
  }

  /**
   * What one caller may see and call.
   *
   * @throws ROUTE_UNKNOWN when there is no such toolset or server
   */
  view(rules: ViewRules = {}, handlers: Handlers = this.#parts.handlers): View {
    checkRules(rules, this.config);
    return new View(this.#sources.of(rules), handlers);
  }

  /** Is there (still) a View for these rules? */
  has(rules: ViewRules): boolean {
    return isThere(rules, this.config);
  }

  /** Every tool of servers, with exposed names, in a stable order; a View says which of them a model is shown. Never waits. */
  tools(filter: { server?: string } = {}): ToolDefinition[] {
    return this.#view.allTools(filter);
  }

  prompts(filter: { server?: string } = {}): JsonObject[] {
    return this.#view.prompts(filter);
  }

  resources(filter: { server?: string } = {}): JsonObject[] {
    return this.#view.resources(filter);
  }

  /** What the servers say of themselves, under one heading each. */
  instructions(): string | undefined {
    return this.#view.instructions();
  }

  /** As {@link View.callTool}, on everything that is offered. */
  callTool(name: string, args: Record<string, unknown> = {}, options: CallOptions = {}): Promise<ToolResult> {
    return this.#view.callTool(name, args, options);
  }

  /** As {@link View.search}, among everything that is offered. */
  search(query: string, options: { limit?: number } = {}): Promise<ToolHit[]> {
    return this.#view.search(query, options);
  }

  /** Which tool of which server an exposed name stands for. */
  resolve(name: string): { server: string; tool: string } | undefined {
    return this.#view.resolve(name);
  }

  /** Why a name can, or cannot, be called. */
  why(name: string): Why {
    return this.#view.why(name);
  }

  /** Told of changes; returns the listener's remover. */
  on<K extends keyof ToolyardEvents>(name: K, listener: (event: ToolyardEvents[K]) => void): () => void {
    return this.#works.events.on(name, listener);
  }

  /** How each server stands, in the order of the configuration. */
  servers(): ServerStatus[] {
    return this.#works.servers();
  }

  /**
   * Waits for all servers, good or bad; never rejects.
   *
   * @param options `timeoutMs`: how long at the most; without it, until each has had its chance
   */
  async ready(options: { timeoutMs?: number } = {}): Promise<Record<string, Readiness>> {
    const took = new Map<string, number>();
    await this.#works.settled(options.timeoutMs, (server) => took.set(server, this.#sinceOpening()));
    const outcomes = this.servers().map(({ name, state, reason, tools }) => {
      const ms = took.get(name) ?? this.#sinceOpening();
      return [name, { state, ...(reason === undefined ? {} : { reason }), ms, tools }] as const;
    });
    return Object.fromEntries(outcomes);
  }

  /** Adds a server, or replaces the one of that name. @throws CONFIG_INVALID when the entry is wrong */
  add(name: string, entry: unknown): void {
    this.apply(this.#parts.edit(this.config, name, entry));
  }

  /** Removes a server; its calls in flight may end. @throws UNKNOWN_NAME when there is none of that name */
  remove(name: string): void {
    const { servers, rejected } = this.config;
    if (!servers.has(name) && !rejected.has(name)) {
      throw new ToolyardError("UNKNOWN_NAME", `There is no server "${name}".`, { mend: `There are: ${[...servers.keys()].join(", ")}.` });
    }
    this.apply(this.#parts.edit(this.config, name, undefined));
  }

  /** Reads the lists of one server, or of all, again. Resolves when done, whatever came of it. */
  refresh(server?: string): Promise<void> {
    return this.#works.refresh(server);
  }

  /** Starts a server anew and forgets its failures. */
  restart(server: string): Promise<void> {
    return this.#works.restart(server);
  }

  /** Takes a new configuration: unchanged servers keep their process, changed rules restart nothing. */
  apply(config: Config): void {
    this.#works.apply(config);
  }

  /** Ends every process, session, socket and timer. Never rejects; a second call waits for the first. */
  async close(): Promise<void> {
    this.#finder.close();
    await Promise.all([this.#works.close(), this.#parts.spill.close()]);
    await Promise.all([this.#parts.surfaces.flush(), this.#parts.usage.close(), this.#meaning.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #sinceOpening(): number {
    return this.#parts.clock.now() - this.startedAt;
  }
}
