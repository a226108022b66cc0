/** The works behind a Toolyard: configuration → pool → catalog → router, kept in step. Knows no caller and no View. */

import type { Answer, Call, Caller } from "./base/call.ts";
import { sleep, type Cancel, type Clock } from "./base/clock.ts";
import { Emitter } from "./base/emitter.ts";
import type { Ear } from "./base/hearing.ts";
import type { Logger } from "./base/log.ts";
import type { Changed, Watch } from "./base/watch.ts";
import type { ListCache } from "./catalog/cache.ts";
import { Catalog } from "./catalog/catalog.ts";
import type { Snapshot } from "./catalog/item.ts";
import { cautionsFor } from "./config/cautions.ts";
import type { Config, ServerConfig } from "./config/config.ts";
import { ending } from "./router/limits.ts";
import { queued } from "./router/queue.ts";
import { retrying } from "./router/retry.ts";
import { answeringRounds } from "./router/rounds.ts";
import type { Middleware } from "./router/route.ts";
import { Router } from "./router/router.ts";
import { FaultLog } from "./telemetry/fault-log.ts";
import { logOfServer } from "./telemetry/server-log.ts";
import { sparing } from "./telemetry/sparing-log.ts";
import { statusOf, type ServerStatus } from "./status.ts";
import type { Listener } from "./upstream/news/audience.ts";
import { Pool } from "./upstream/pool.ts";
import type { ListName } from "./upstream/listing/raw-lists.ts";
import type { Upstream, UpstreamOptions } from "./upstream/upstream.ts";

export interface WorksParts {
  readonly config: Config;
  readonly upstream: UpstreamOptions;
  readonly cache: ListCache;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Wrapped around every call, outermost first. */
  readonly middlewares: readonly Middleware[];
  /** True: servers are started when something is asked of one of them, or of the whole. */
  readonly startWhenUsed: boolean;
}

export interface WorksEvents {
  /** What is offered has changed. */
  change: Snapshot;
  /** A server's state has changed. */
  server: ServerStatus;
  /** The configuration was replaced. */
  reload: Config;
}

/** How long a server whose lists are known is left alone at the start. */
const REVALIDATE_MS = 1_000;

export class Works {
  readonly events: Emitter<WorksEvents>;
  readonly openedAt: number;
  readonly #parts: WorksParts;
  readonly #pool: Pool;
  readonly #catalog: Catalog;
  readonly #router: Router;
  readonly #end = new AbortController();
  #config: Config;
  #inUse = false;
  #discovered: Promise<void> = Promise.resolve();
  #isDiscovered = false;
  #closing: Promise<void> | undefined;
  #cancelRevalidation: Cancel = () => {};

  private constructor(parts: WorksParts) {
    this.#parts = parts;
    this.#config = parts.config;
    this.openedAt = parts.clock.now();
    this.events = new Emitter((error) => parts.logger.error("A listener failed.", { error }));
    this.#pool = new Pool(parts.upstream);
    this.#catalog = new Catalog(parts.config);
    const { clock, config, upstream } = parts;
    const { limits } = config;
    const lastly = [queued(limits, clock), answeringRounds(limits, clock), retrying(clock, upstream.random)];
    const middlewares = [ending(clock), ...parts.middlewares, ...lastly];
    this.#router = new Router(this.#pool, middlewares);
    this.#listen();
    this.#caution();
    this.#pool.apply(parts.config);
  }

  /** Reads what servers listed last time, starts the others, and returns. */
  static async open(parts: WorksParts): Promise<Works> {
    const works = new Works(parts);
    await works.#loadLists();
    if (!parts.startWhenUsed) works.#use();
    return works;
  }

  get config(): Config {
    return this.#config;
  }

  /** Everything that is offered. */
  get snapshot(): Snapshot {
    return this.#catalog.snapshot;
  }

  /** Over when each server has lists or has had its chance, or after `discovery.wait`; those that had none last time are not waited for. */
  get discovered(): Promise<void> {
    this.#use();
    return this.#discovered;
  }

  /** Is {@link Works.discovered} over? */
  get isDiscovered(): boolean {
    return this.#isDiscovered;
  }

  servers(): ServerStatus[] {
    return statusOf(this.#config, this.#pool, this.#catalog.snapshot);
  }

  call(call: Call, visible: Snapshot): Promise<Answer> {
    return this.#router.call(call, visible);
  }

  /** Somebody reads a list of these servers: parts of it that may no longer be right are read anew, in the background. */
  listed(list: ListName, { sections }: Snapshot): void {
    for (const server of sections.keys()) this.#pool.get(server)?.listed(list);
  }

  /** A client wants to hear what servers log. */
  hear(listener: Listener): Ear {
    return this.#pool.hear(listener);
  }

  /** A client has other roots than before. */
  rootsChanged(caller: Caller): void {
    this.#pool.rootsChanged(caller);
  }

  /** Tells of changes of a resource. @param call a `resources/subscribe` @throws as {@link Router.watch} */
  watch(call: Call, visible: Snapshot, changed: Changed): Watch {
    return this.#router.watch(call, visible, changed);
  }

  /** Resolves when each server that is to be started has had its chance, or after `ms`; `each` is told of every outcome. */
  async settled(ms: number | undefined, each: (server: string) => void): Promise<void> {
    this.#use();
    this.#revalidate();
    const started = this.#pool.all().filter(({ server }) => this.#wanted(server));
    await this.#within(Promise.all(started.map(async (upstream) => tellWhenSettled(upstream, each))), ms);
  }

  /** Reads the lists of one server, or of all, again. Resolves when done, whatever came of it. */
  async refresh(server: string | undefined): Promise<void> {
    const chosen = this.#pool.all().filter(({ name }) => server === undefined || name === server);
    await Promise.all(chosen.map((upstream) => upstream.refresh()));
  }

  async restart(server: string): Promise<void> {
    await this.#pool.get(server)?.restart();
  }

  /** Takes a new configuration: unchanged servers keep their process, changed rules restart nothing. */
  apply(config: Config): void {
    if (this.#closing !== undefined) return;
    this.#config = config;
    this.#caution();
    this.#pool.apply(config);
    this.#catalog.configure(config);
    this.events.emit("reload", config);
    void this.#loadLists().then(() => {
      if (this.#closing === undefined && this.#inUse) this.#start();
    });
  }

  /** Ends every process, session, socket and timer. Never rejects; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#end.abort();
    this.#cancelRevalidation();
    await this.#pool.close();
    await this.#parts.cache.flush();
    this.events.clear();
  }

  #caution(): void {
    for (const server of this.#config.servers.values()) for (const text of cautionsFor(server)) this.#parts.logger.warn(text);
  }

  #use(): void {
    if (this.#inUse || this.#closing !== undefined) return;
    this.#inUse = true;
    this.#start();
    this.#discovered = this.#untilDiscovered().then(() => {
      this.#isDiscovered = true;
    });
  }

  /**
   * A server whose lists are known need not be started before the first list is out: processes that boot would take the
   * cores from whoever waits for it. It is started a moment later, or by its first call.
   */
  #start(): void {
    const known = (name: string): boolean => this.snapshot.sections.get(name)?.source === "cached";
    this.#pool.start((server) => this.#wanted(server) && !known(server.name));
    this.#cancelRevalidation();
    this.#cancelRevalidation = this.#parts.clock.after(REVALIDATE_MS, () => this.#revalidate());
  }

  #revalidate(): void {
    this.#cancelRevalidation();
    this.#pool.start((server) => this.#wanted(server));
  }

  /** A lazy server is started once without a call: to learn what it offers. */
  #wanted({ name, connect }: ServerConfig): boolean {
    return connect === "eager" || this.snapshot.sections.get(name)?.source === "none";
  }

  async #loadLists(): Promise<void> {
    const unknown = ({ name }: ServerConfig): boolean => this.snapshot.sections.get(name)?.source === "none";
    const servers = [...this.#config.servers.values()].filter((server) => server.cache && !server.disabled && unknown(server));
    await Promise.all(
      servers.map(async (server) => {
        const cached = await this.#parts.cache.read(server);
        if (cached !== undefined && unknown(server)) this.#catalog.update(server.name, cached, "cached");
      }),
    );
  }

  #listen(): void {
    const { cache } = this.#parts;
    const logger = sparing(this.#parts.logger, this.#parts.clock);
    const faults = new FaultLog(logger);
    this.#pool.events.on("lists", ({ server, lists }) => {
      this.#catalog.update(server, lists, "live");
      const config = this.#config.servers.get(server);
      if (config?.cache) cache.write(config, lists);
    });
    this.#pool.events.on("state", ({ server }) => this.#tellState(server));
    this.#pool.events.on("log", ({ server, params }) => {
      const config = this.#config.servers.get(server);
      if (config !== undefined) logOfServer(logger, config, params);
    });
    this.#pool.events.on("notice", ({ server, text }) => logger.warn(`Server "${server}": ${text}`, { server }));
    this.#catalog.events.on("change", (snapshot) => {
      for (const section of snapshot.sections.values()) faults.tell(this.#config.servers.get(section.server), section);
      this.events.emit("change", snapshot);
    });
  }

  #tellState(server: string): void {
    const status = this.servers().find(({ name }) => name === server);
    if (status !== undefined) this.events.emit("server", status);
  }

  async #untilDiscovered(): Promise<void> {
    const { cache } = this.#parts;
    const unknown = ({ name }: Upstream): boolean => this.snapshot.sections.get(name)?.source === "none";
    const waiting = this.#pool.all().filter((upstream) => unknown(upstream) && !cache.missed(upstream.server));
    await this.#within(Promise.all(waiting.map((upstream) => upstream.settled)), this.#config.discovery.waitMs);
    if (this.#closing !== undefined) return;
    for (const upstream of waiting) if (unknown(upstream)) cache.noteMissed(upstream.server);
  }

  async #within(work: Promise<unknown>, ms: number | undefined): Promise<void> {
    if (ms === undefined) return void (await work);
    const stop = new AbortController();
    const limit = sleep(this.#parts.clock, ms, AbortSignal.any([stop.signal, this.#end.signal]));
    await Promise.race([work, limit]);
    stop.abort();
  }
}

async function tellWhenSettled(upstream: Upstream, each: (server: string) => void): Promise<void> {
  await upstream.settled;
  each(upstream.name);
}
