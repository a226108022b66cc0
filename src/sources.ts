/** Cuts what Views are made of out of the works: what is visible, what a model is shown of it, and what a call meets on its way. */

import type { Answer, Call } from "./base/call.ts";
import type { Clock } from "./base/clock.ts";
import { canonicalJson } from "./base/digest.ts";
import { stringOr } from "./base/json.ts";
import type { Logger } from "./base/log.ts";
import { mergeInstructions } from "./catalog/instructions.ts";
import type { Snapshot } from "./catalog/item.ts";
import { hintsOf } from "./catalog/keeping.ts";
import type { Config } from "./config/config.ts";
import { cut, missing, type ViewRules } from "./rules.ts";
import type { Finder } from "./selection/finder.ts";
import type { SurfaceMemory } from "./selection/surface-memory.ts";
import type { Usage } from "./selection/usage.ts";
import { selectionFor } from "./shown.ts";
import type { SpillStore } from "./spill/store.ts";
import { Spilling } from "./spill/spilling.ts";
import type { ViewSource } from "./view-source.ts";
import { whyOf } from "./why.ts";
import type { Works } from "./works.ts";

export interface SourceParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly finder: Finder;
  /** Which Views have outgrown their budget. */
  readonly surfaces: SurfaceMemory;
  /** Which tools are used. */
  readonly usage: Usage;
  /** Where large results are kept. */
  readonly spill: SpillStore;
}

export class Sources {
  readonly #works: Works;
  readonly #parts: SourceParts;

  constructor(works: Works, parts: SourceParts) {
    this.#works = works;
    this.#parts = parts;
  }

  /** What a View with these rules is cut out of. */
  of(rules: ViewRules): ViewSource {
    const works = this.#works;
    const snapshot = cutting(works, rules);
    const spilling = this.#spilling(rules, snapshot);
    const { selection, find } = selectionFor({
      rules,
      works,
      snapshot,
      finder: this.#parts.finder,
      memory: this.#parts.surfaces,
      usage: this.#parts.usage,
      more: [spilling.tool],
    });
    const send = (call: Call, visible: Snapshot): Promise<Answer> => {
      const isTold = works.isDiscovered || isKnown(call, visible);
      return isTold ? this.#send(call, visible, rules) : works.discovered.then(() => this.#send(call, snapshot(), rules));
    };
    return {
      snapshot,
      active: (defers) => spilling.advertised(selection.active(defers)),
      forModel: () => this.of({ ...rules, forModel: true }),
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
  #send(call: Call, visible: Snapshot, { toolset }: ViewRules): Promise<Answer> {
    const answer = this.#works.call(call, visible);
    if (call.method === "tools/call") {
      void answer.then(({ result }) => {
        const item = visible.tool(stringOr(call.params.get("name")) ?? "");
        if (item !== undefined && result !== undefined && result.get("isError") !== true) this.#parts.usage.note(toolset, item.id);
      });
    }
    return answer;
  }

  #spilling({ toolset, server, within, forModel = false }: ViewRules, snapshot: () => Snapshot): Spilling {
    const { spill: store, logger } = this.#parts;
    const view = canonicalJson({ toolset, server, within });
    return new Spilling({ store, view, forModel, logger, snapshot, config: () => this.#works.config });
  }
}

/** What is not known yet may be offered by a server that is only starting. */
function isKnown({ params }: Call, visible: Snapshot): boolean {
  const name = stringOr(params.get("name")) ?? stringOr(params.get("uri")) ?? "";
  return [visible.tool(name), visible.prompt(name), visible.resource(name)].some((item) => item !== undefined);
}

/** The part of the newest Snapshot that the rules leave; the same object while nothing changes. */
function cutting(works: Works, rules: ViewRules): () => Snapshot {
  let made: { from: Snapshot; config: Config; snapshot: Snapshot } | undefined;
  return () => {
    const { snapshot: from, config } = works;
    if (made?.from !== from || made.config !== config) made = { from, config, snapshot: cut(from, rules, config) };
    return made.snapshot;
  };
}
