/** All upstreams, and the further instances of those that are not shared. Starts, swaps and ends them. */

import type { Call, Caller } from "../base/call.ts";
import { sleep } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { ToolyardError } from "../base/errors.ts";
import type { Ear } from "../base/hearing.ts";
import type { JsonObject } from "../base/json.ts";
import type { Config, ServerConfig } from "../config/config.ts";
import { Audience, type Listener, type Place } from "./news/audience.ts";
import type { State } from "./life/lifecycle.ts";
import { OwnClient } from "./own-client.ts";
import type { RawLists } from "./listing/raw-lists.ts";
import { Upstream, type Origin, type UpstreamOptions } from "./upstream.ts";

export interface PoolEvents {
  state: { readonly server: string; readonly state: State };
  lists: { readonly server: string; readonly lists: RawLists };
  /** A message that belongs to no call, of an instance that is no single client's. */
  log: { readonly server: string; readonly params: JsonObject };
  notice: { readonly server: string; readonly text: string };
}

/** The instance that every caller shares, and that is asked for lists. */
const SHARED = "";
const LOCAL_IDENTITY = "local";

/** What calls are told that are in flight when their server is taken away from them. */
const ENDING = "Toolyard is ending.";
const REMOVED = "It has been removed from the configuration.";
const CHANGED = "Its entry in the configuration has changed.";
const DISABLED = "It has been disabled.";
const UNUSED = "Nobody used it.";

export class Pool {
  readonly events: Emitter<PoolEvents> = new Emitter();
  readonly #options: UpstreamOptions;
  /** By server, then by instance. */
  readonly #upstreams = new Map<string, Map<string, Upstream>>();
  /** What is on its way out; waited for at the end. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #audience = new Audience(() => this.#setLevels());
  #closed = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /** The instance that lists; undefined for a server that is not configured. */
  get(server: string): Upstream | undefined {
    return this.#upstreams.get(server)?.get(SHARED);
  }

  /** The listing instance of every server, in no order. */
  all(): Upstream[] {
    return [...this.#upstreams.keys()].flatMap((server) => this.get(server) ?? []);
  }

  /**
   * The instance that serves this call.
   *
   * @throws SERVER_REMOVED, or SERVER_BUSY where no further instance may be made
   */
  for(server: string, call: Call | undefined): Upstream {
    const instances = this.#upstreams.get(server);
    const first = instances?.get(SHARED);
    if (instances === undefined || first === undefined) throw new ToolyardError("SERVER_REMOVED", "It has been removed.", { server });
    const key = instanceOf(first.server, call?.caller);
    const found = instances.get(key);
    if (call !== undefined) found?.options.client?.meet(call);
    return found ?? this.#further(first, key, call, instances);
  }

  /** One more instance. @throws SERVER_BUSY where none may be made */
  #further(first: Upstream, key: string, call: Call | undefined, instances: Map<string, Upstream>): Upstream {
    const { maxInstances, name } = first.server;
    if (instances.size >= maxInstances && !this.#forgetIdle(instances)) {
      throw new ToolyardError("SERVER_BUSY", `All of its ${maxInstances} instances are taken.`, { server: name });
    }
    const isOwn = call !== undefined && key !== SHARED && first.server.sharing === "per-client";
    const made = this.#instance(first.server, key, { options: isOwn ? new OwnClient(call).optionsFrom(this.#options) : this.#options });
    instances.set(key, made);
    return made;
  }

  /** A client has other roots than before: its own instances are told. */
  rootsChanged(caller: Caller): void {
    for (const instances of this.#upstreams.values()) {
      const { server } = instances.get(SHARED) ?? {};
      if (server?.sharing === "per-client") instances.get(instanceOf(server, caller))?.rootsChanged();
    }
  }

  /** A client wants to hear what servers log. */
  hear(listener: Listener): Ear {
    return this.#audience.add(listener);
  }

  /** Makes the pool what the configuration says. A changed server is connected first, then swapped; the old one drains. */
  apply(config: Config): void {
    for (const server of [...this.#upstreams.keys()]) if (!config.servers.has(server)) this.#remove(server);
    for (const server of config.servers.values()) this.#applyServer(server);
  }

  /** Starts those servers that `wanted` says. */
  start(wanted: (server: ServerConfig) => boolean): void {
    for (const upstream of this.all()) if (wanted(upstream.server)) upstream.start();
  }

  /** Ends everything: processes, sockets, timers. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#upstreams.values()].flatMap((instances) => [...instances.values()]);
    this.#upstreams.clear();
    await Promise.all([...all.map((upstream) => upstream.close(ENDING)), ...this.#leaving]);
    this.events.clear();
  }

  /** Makes room: an instance that rests anyway is forgotten. False when all are in use. */
  #forgetIdle(instances: Map<string, Upstream>): boolean {
    for (const [key, upstream] of instances) {
      if (key === SHARED || upstream.state !== "idle" || upstream.inFlight > 0 || upstream.watches.size > 0) continue;
      instances.delete(key);
      this.#keep(upstream.close(UNUSED));
      return true;
    }
    return false;
  }

  #applyServer(server: ServerConfig): void {
    const present = this.get(server.name);
    if (present === undefined) return this.#put(server, this.#make(server));
    const same = present.server.fingerprint === server.fingerprint && present.server.disabled === server.disabled;
    if (same) return this.#setRules(server);
    if (server.reload === "stop-first" || server.disabled || present.state !== "ready") {
      const gone = this.#retire(server.name, server.disabled ? DISABLED : CHANGED);
      return this.#put(server, this.#make(server, { gone, watches: present.watches }));
    }
    this.#keep(this.#swap(server));
  }

  #setRules(server: ServerConfig): void {
    for (const upstream of this.#upstreams.get(server.name)?.values() ?? []) upstream.setRules(server);
  }

  async #swap(server: ServerConfig): Promise<void> {
    const successor = this.#make(server, { watches: this.get(server.name)?.watches });
    successor.start();
    await successor.settled;
    if (this.#closed || this.get(server.name) === undefined) return await successor.close(REMOVED);
    void this.#retire(server.name, CHANGED);
    this.#put(server, successor);
  }

  #remove(server: string): void {
    void this.#retire(server, REMOVED);
    this.#upstreams.delete(server);
  }

  /** Takes all instances of a server out of use: calls in flight get a while to end, then are told why. */
  #retire(server: string, why: string): Promise<void> {
    const instances = [...(this.#upstreams.get(server)?.values() ?? [])];
    const gone = Promise.all(instances.map((upstream) => this.#drain(upstream, why))).then(() => undefined);
    this.#keep(gone);
    return gone;
  }

  async #drain(upstream: Upstream, why: string): Promise<void> {
    const { clock, limits } = this.#options;
    const end = clock.now() + limits.drainMs;
    while (upstream.inFlight > 0 && clock.now() < end && !this.#closed) await sleep(clock, 25);
    await upstream.close(this.#closed ? ENDING : why);
  }

  #keep(promise: Promise<void>): void {
    this.#leaving.add(promise);
    void promise.finally(() => this.#leaving.delete(promise));
  }

  /** Instances on which somebody watches something are made anew with it, the others by their next call. */
  #put(server: ServerConfig, upstream: Upstream): void {
    const instances = new Map([[SHARED, upstream]]);
    for (const [key, { watches, options }] of this.#upstreams.get(server.name) ?? []) {
      if (key !== SHARED && watches.size > 0) instances.set(key, this.#instance(server, key, { watches, options }));
    }
    this.#upstreams.set(server.name, instances);
    for (const each of instances.values()) if (each.watches.size > 0) each.start();
    this.events.emit("state", { server: server.name, state: upstream.state });
  }

  #make(server: ServerConfig, origin?: Origin): Upstream {
    const upstream = this.#instance(server, SHARED, origin);
    const { name } = server;
    const current = (): boolean => this.get(name) === upstream || this.get(name) === undefined;
    upstream.events.on("state", (state) => current() && this.events.emit("state", { server: name, state }));
    upstream.events.on("lists", (lists) => this.events.emit("lists", { server: name, lists }));
    return upstream;
  }

  #instance(
    server: ServerConfig,
    key: string,
    { options = this.#options, ...origin }: Origin & { options?: UpstreamOptions } = {},
  ): Upstream {
    const { name } = server;
    const upstream = new Upstream(server, options, origin);
    upstream.events.on("log", (params) => {
      if (!this.#audience.give(placeOf(upstream.server, key), params)) this.events.emit("log", { server: name, params });
    });
    upstream.events.on("notice", (text) => this.events.emit("notice", { server: name, text }));
    void upstream.logLevel.want(this.#audience.level(placeOf(server, key)));
    return upstream;
  }

  async #setLevels(): Promise<void> {
    const all = [...this.#upstreams.values()].flatMap((instances) => [...instances]);
    const told = all.map(([key, { server, logLevel }]) => logLevel.want(this.#audience.level(placeOf(server, key))));
    await Promise.all(told);
  }
}

function instanceOf(server: ServerConfig, caller: Caller | undefined): string {
  if (caller === undefined || server.sharing === "shared") return SHARED;
  if (server.sharing === "per-client") return caller.instanceKey ?? SHARED;
  return caller.identity === LOCAL_IDENTITY ? SHARED : caller.identity;
}

function placeOf(server: ServerConfig, key: string): Place {
  return {
    server: server.name,
    serves: (caller) => instanceOf(server, caller) === key,
    belongsTo: (caller) => key !== SHARED && server.sharing === "per-client" && caller.instanceKey === key,
  };
}
