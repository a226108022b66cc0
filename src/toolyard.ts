/** The composed object, as hosts and faces hold it: what is offered, how servers stand, Views, changes at run time. */

import type { Answer, Call } from "./base/call.ts";
import { canonicalJson } from "./base/digest.ts";
import type { Emitter } from "./base/emitter.ts";
import { ToolyardError } from "./base/errors.ts";
import { stringOr, type JsonObject } from "./base/json.ts";
import { mergeInstructions } from "./catalog/instructions.ts";
import type { Snapshot } from "./catalog/item.ts";
import { hintsOf } from "./catalog/keeping.ts";
import type { Config, EmbeddingsConfig } from "./config/config.ts";
import { checkRules, cut, isThere, missing, type ViewRules } from "./rules.ts";
import { CurrentMeaning } from "./selection/embeddings/current.ts";
import type { Meaning } from "./selection/embeddings/meaning.ts";
import { Finder } from "./selection/finder.ts";
import type { SurfaceMemory } from "./selection/surface-memory.ts";
import type { Usage } from "./selection/usage.ts";
import { selectionFor } from "./shown.ts";
import type { SpillStore } from "./spill/store.ts";
import { Spilling } from "./spill/spilling.ts";
import type { ServerStatus } from "./status.ts";
import {
  View,
  type CallOptions,
  type Handlers,
  type ToolDefinition,
  type ToolHit,
  type ToolResult,
  type ViewSource,
  type Why,
} from "./view.ts";
import { whyOf } from "./why.ts";
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
    return new View(this.#source(rules), handlers);
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

  #source(rules: ViewRules): ViewSource {
    const works = this.#works;
    let made: { from: Snapshot; config: Config; snapshot: Snapshot } | undefined;
    const snapshot = (): Snapshot => {
      const { snapshot: from, config } = works;
      if (made?.from !== from || made.config !== config) made = { from, config, snapshot: cut(from, rules, config) };
      return made.snapshot;
    };
    const spilling = this.#spilling(rules, snapshot);
    const { selection, find } = selectionFor({
      rules,
      works,
      snapshot,
      finder: this.#finder,
      memory: this.#parts.surfaces,
      usage: this.#parts.usage,
      more: [spilling.tool],
    });
    const send = (call: Call, visible: Snapshot): Promise<Answer> => {
      if (!works.isDiscovered && !isKnown(call, visible)) return works.discovered.then(() => works.call(call, snapshot()));
      const answer = works.call(call, visible);
      if (call.method === "tools/call") void answer.then((given) => this.#noteUse(call, given, visible, rules));
      return answer;
    };
    return {
      snapshot,
      active: (defers) => spilling.advertised(selection.active(defers)),
      forModel: () => this.#source({ ...rules, forModel: true }),
      own: (name) => selection.own(name),
      search: (query, limit) => find(query, limit, snapshot()),
      select: (best, budget) => spilling.advertised(selection.select(best, budget)),
      instructions: mergeInstructions,
      call: async (call, visible) =>
        spilling.fit(call, await send(call, visible), () => selection.active(call.caller.defers ?? false).surface),
      watch: async (call, changed) => {
        if (!works.isDiscovered && !isKnown(call, snapshot())) await works.discovered;
        return works.watch(call, snapshot(), changed);
      },
      hear: (hearing) => works.hear({ ...hearing, sees: (server) => snapshot().sections.has(server) }),
      rootsChanged: (caller) => works.rootsChanged(caller),
      listed: (list) => works.listed(list, snapshot()),
      keeping: (list) => hintsOf(snapshot(), list, this.#parts.clock.now()),
      discovered: () => works.discovered,
      missing: () => missing(works.servers(), rules, works.config),
      onChange: (listener) => {
        const removers = [works.events.on("change", () => listener()), works.events.on("reload", () => listener())];
        return () => removers.forEach((remove) => remove());
      },
      why: (name, visible) => whyOf(name, { whole: works.snapshot, visible, servers: works.servers() }),
    };
  }

  /** What was called with success is found sooner. */
  #noteUse({ params }: Call, { result }: Answer, visible: Snapshot, { toolset }: ViewRules): void {
    const item = visible.tool(stringOr(params.get("name")) ?? "");
    if (item !== undefined && result !== undefined && result.get("isError") !== true) this.#parts.usage.note(toolset, item.id);
  }

  #spilling({ toolset, server, within, forModel = false }: ViewRules, snapshot: () => Snapshot): Spilling {
    const { spill: store, logger } = this.#parts;
    const view = canonicalJson({ toolset, server, within });
    return new Spilling({ store, view, forModel, logger, snapshot, config: () => this.config });
  }

  #sinceOpening(): number {
    return this.#parts.clock.now() - this.startedAt;
  }
}

/** What is not known yet may be offered by a server that is only starting. */
function isKnown({ params }: Call, visible: Snapshot): boolean {
  const name = stringOr(params.get("name")) ?? stringOr(params.get("uri")) ?? "";
  return [visible.tool(name), visible.prompt(name), visible.resource(name)].some((item) => item !== undefined);
}
