/** What a model is shown of a View's tools, and the tools of Toolyard's own among them. */

import type { JsonObject } from "../base/json.ts";
import type { Snapshot } from "../catalog/item.ts";
import type { OwnTool, Surface } from "./own-tool.ts";

/** The tools that one model is shown now. */
export interface ActiveSet {
  readonly surface: Surface;
  /** Definitions as clients get them: those of servers, then Toolyard's own. */
  readonly tools: readonly JsonObject[];
}

export class ActiveSets {
  readonly #own: readonly OwnTool[];
  readonly #byName: ReadonlyMap<string, OwnTool>;
  #made: { readonly snapshot: Snapshot; readonly sets: Map<Surface, ActiveSet> } | undefined;

  /** @param own in the order in which they are shown */
  constructor(own: readonly OwnTool[]) {
    this.#own = own;
    this.#byName = new Map(own.map((tool) => [tool.name, tool]));
  }

  /** The own tool of this name, shown or not. */
  own(name: string): OwnTool | undefined {
    return this.#byName.get(name);
  }

  /** The same object for the same Snapshot. */
  of(snapshot: Snapshot, surface: Surface): ActiveSet {
    if (this.#made?.snapshot !== snapshot) this.#made = { snapshot, sets: new Map() };
    const { sets } = this.#made;
    const set = sets.get(surface) ?? this.#make(snapshot, surface);
    sets.set(surface, set);
    return set;
  }

  #make(snapshot: Snapshot, surface: Surface): ActiveSet {
    const own = this.#own.filter((tool) => tool.isShownOn(surface)).map((tool) => tool.definition(snapshot));
    return { surface, tools: [...snapshot.tools.map((item) => item.definition), ...own] };
  }
}
