/** Keeps the Snapshot current: takes what servers list and what the configuration says, and tells of real changes only. */

import { isDeepStrictEqual } from "node:util";
import { Emitter } from "../base/emitter.ts";
import type { Config, ServerConfig } from "../config/config.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import type { Section, Snapshot } from "./item.ts";
import { buildSection, nothingListed } from "./section.ts";
import { buildSnapshot } from "./snapshot.ts";

type Rules = Pick<Config, "servers" | "naming">;

/** What a server listed; kept raw, so that changed rules need no new listing. */
interface Listed {
  readonly lists: RawLists;
  readonly source: Section["source"];
}

/** A section with all that it was made of. */
interface Made {
  readonly section: Section;
  readonly from: readonly [ServerConfig, Rules["naming"], Listed];
}

const unknown: Listed = { lists: nothingListed, source: "none" };

export interface CatalogEvents {
  /** What is offered is no longer what it was at the last event. */
  change: Snapshot;
}

/** Everything that is offered. Several changes at once make one event. */
export class Catalog {
  readonly events: Emitter<CatalogEvents>;
  #rules: Rules;
  readonly #listed = new Map<string, Listed>();
  #made = new Map<string, Made>();
  #snapshot: Snapshot;
  #stale = false;
  #announced: number;

  /**
   * @param rules the servers in the order of the configuration, and how they are named
   * @param report told of what a listener throws
   */
  constructor(rules: Rules, report?: (error: unknown) => void) {
    this.events = new Emitter(report);
    this.#rules = rules;
    this.#snapshot = buildSnapshot(this.#sections(), rules.naming, 1);
    this.#announced = this.#snapshot.version;
  }

  /** The current state. Its version stays while what is offered does. */
  get snapshot(): Snapshot {
    if (!this.#stale) return this.#snapshot;
    this.#stale = false;
    const { version } = this.#snapshot;
    const next = buildSnapshot(this.#sections(), this.#rules.naming, version + 1);
    this.#snapshot = isDeepStrictEqual(contentOf(this.#snapshot), contentOf(next)) ? { ...next, version } : next;
    return this.#snapshot;
  }

  /** Takes what a server lists, or what it listed last; of a server that is not configured, nothing. */
  update(server: string, lists: RawLists, source: "live" | "cached"): void {
    if (!this.#rules.servers.has(server)) return;
    this.#listed.set(server, { lists, source });
    this.#touch();
  }

  /** Forgets what a server listed. */
  remove(server: string): void {
    if (this.#listed.delete(server)) this.#touch();
  }

  /** Takes new rules, and forgets the servers that are no longer among them. */
  configure(rules: Rules): void {
    this.#rules = rules;
    for (const server of this.#listed.keys()) if (!rules.servers.has(server)) this.#listed.delete(server);
    this.#touch();
  }

  #touch(): void {
    if (this.#stale) return;
    this.#stale = true;
    queueMicrotask(() => {
      const { snapshot } = this;
      if (snapshot.version === this.#announced) return;
      this.#announced = snapshot.version;
      this.events.emit("change", snapshot);
    });
  }

  /** The sections of the enabled servers; those of which nothing changed are the same objects as before. */
  #sections(): Section[] {
    const { servers, naming } = this.#rules;
    const enabled = [...servers.values()].filter((server) => !server.disabled);
    const made = enabled.map((server) => this.#make([server, naming, this.#listed.get(server.name) ?? unknown]));
    this.#made = new Map(made.map((each) => [each.section.server, each]));
    return made.map((each) => each.section);
  }

  #make(from: Made["from"]): Made {
    const [server, naming, { lists, source }] = from;
    const old = this.#made.get(server.name);
    if (old?.from.every((part, index) => part === from[index])) return old;
    return { section: buildSection(server, naming, lists, source), from };
  }
}

/** What of a Snapshot makes it another one: all but its version, where its sections come from, and until when they are good. */
function contentOf(snapshot: Snapshot): unknown {
  const sections = [...snapshot.sections.values()].map(({ source: _, keeping: __, ...content }) => content);
  const names = [snapshot.tools, snapshot.prompts].map((items) => items.map((item) => item.name));
  return { sections, names, hidden: snapshot.hidden };
}
