/** What a model is shown of one View: everything while that fits the budget, else a few tools and the means to find the rest. */

import type { JsonObject } from "../base/json.ts";
import type { Item, Snapshot } from "../catalog/item.ts";
import type { OwnTool, Surface } from "./own-tool.ts";
import { costOf, fits, pinned, rest, within, type Budget, type Plan } from "./plan.ts";
import type { SurfaceMemory } from "./surface-memory.ts";

/** The tools that one model is shown now. */
export interface ActiveSet {
  readonly surface: Surface;
  /** Definitions as clients get them: those of servers, then Toolyard's own. */
  readonly tools: readonly JsonObject[];
}

export interface SelectionParts {
  /** In the order in which they are shown. */
  readonly own: readonly OwnTool[];
  readonly memory: SurfaceMemory;
  /** Everything that the View may see, now. */
  snapshot(): Snapshot;
  /** The same object while the configuration stays. */
  plan(): Plan;
  /** Told when a list is first a search. */
  searched(): void;
}

/** Of a budget for one task, the tools that find others get no more. */
const OWN_SHARE = 0.3;

/** What was made of one state of the catalog and of the configuration. */
interface Made {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly sets: Map<Surface, ActiveSet>;
  /** Where the plan leaves it to the budget. */
  auto?: Surface;
}

export class Selection {
  readonly #parts: SelectionParts;
  readonly #own: ReadonlyMap<string, OwnTool>;
  #made: Made | undefined;

  constructor(parts: SelectionParts) {
    this.#parts = parts;
    this.#own = new Map(parts.own.map((tool) => [tool.name, tool]));
  }

  /** The own tool of this name, shown or not. */
  own(name: string): OwnTool | undefined {
    return this.#own.get(name);
  }

  /** The same object while nothing changes. @param defers the client looks up tools itself */
  active(defers: boolean): ActiveSet {
    const made = this.#now();
    const surface = this.#surface(made, defers);
    const set = made.sets.get(surface) ?? this.#make(surface, made);
    made.sets.set(surface, set);
    return set;
  }

  /**
   * What is to be shown for one task: the pinned tools, the best for it, and the means to find others where they leave
   * room for the best; everything where that fits.
   *
   * @param best tools for the task, best first
   * @param budget what stands otherwise than in the configuration
   */
  select(best: readonly Item[], budget: Partial<Budget>): ActiveSet {
    const { snapshot, plan } = this.#now();
    const room = { ...plan.budget, ...budget };
    const [all, own] = [this.#ownOn("all", snapshot), this.#ownOn("search", snapshot)];
    const everything = [...definitionsOf(snapshot), ...all];
    if (fits(everything, room)) return { surface: "all", tools: everything };
    const isRoom = own.length <= room.tools * OWN_SHARE && costOf(own) <= room.tokens * OWN_SHARE;
    const beside = isRoom ? own : all;
    const wanted = [...new Set([...pinned(snapshot, plan.pins), ...best])].map((item) => item.definition);
    return { surface: "search", tools: [...within(wanted, rest(room, beside)), ...beside] };
  }

  #now(): Made {
    const [snapshot, plan] = [this.#parts.snapshot(), this.#parts.plan()];
    if (this.#made?.snapshot !== snapshot || this.#made.plan !== plan) this.#made = { snapshot, plan, sets: new Map() };
    return this.#made;
  }

  #surface(made: Made, defers: boolean): Surface {
    if (made.plan.mode !== "auto") return made.plan.mode;
    if (defers) return "all";
    made.auto ??= this.#decide(made);
    return made.auto;
  }

  /** Once there was more than fits, it is the search, until the configuration changes. */
  #decide({ snapshot, plan }: Made): Surface {
    const { memory } = this.#parts;
    if (memory.has(plan.key)) return "search";
    if (fits([...definitionsOf(snapshot), ...this.#ownOn("all", snapshot)], plan.budget)) return "all";
    memory.add(plan.key);
    return "search";
  }

  #make(surface: Surface, { snapshot, plan }: Made): ActiveSet {
    const own = this.#ownOn(surface, snapshot);
    if (surface === "all") return { surface, tools: [...definitionsOf(snapshot), ...own] };
    this.#parts.searched();
    const pins = pinned(snapshot, plan.pins).map((item) => item.definition);
    return { surface, tools: [...within(pins, rest(plan.budget, own)), ...own] };
  }

  #ownOn(surface: Surface, snapshot: Snapshot): JsonObject[] {
    return this.#parts.own.filter((tool) => tool.isShownOn(surface)).map((tool) => tool.definition(snapshot));
  }
}

function definitionsOf({ tools }: Snapshot): JsonObject[] {
  return tools.map((item) => item.definition);
}
