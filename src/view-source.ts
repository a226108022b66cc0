/** What a View is cut out of, as seen from it. */

import type { Answer, Call, Caller } from "./base/call.ts";
import type { Ear, Hearing } from "./base/hearing.ts";
import type { Changed, Watch } from "./base/watch.ts";
import type { Item, Snapshot } from "./catalog/item.ts";
import type { CacheHints } from "./era/results.ts";
import type { Found } from "./selection/finder.ts";
import type { OwnTool } from "./selection/own-tool.ts";
import type { Budget } from "./selection/plan.ts";
import type { ActiveSet } from "./selection/selection.ts";
import type { ListName } from "./upstream/listing/raw-lists.ts";

export type { ActiveSet } from "./selection/selection.ts";

/** What a View is cut out of; the Toolyard is one. */
export interface ViewSource {
  /** The catalog as this View may see it, now. */
  snapshot(): Snapshot;
  instructions(snapshot: Snapshot): string | undefined;
  call(call: Call, snapshot: Snapshot): Promise<Answer>;
  watch(call: Call, changed: Changed): Promise<Watch>;
  rootsChanged(caller: Caller): void;
  hear(hearing: Hearing): Ear;
  listed(list: ListName): void;
  keeping(list: ListName): CacheHints;
  /** Resolves once the first list need not wait any longer. */
  discovered(): Promise<void>;
  /** Servers that should be in the list and are not, with the reason. */
  missing(): Missing[];
  onChange(listener: () => void): () => void;
  /** What a model is shown. @param defers the client looks up tools itself */
  active(defers: boolean): ActiveSet;
  /** A tool of Toolyard's own in this View. */
  own(name: string): OwnTool | undefined;
  /** The visible tools that fit best, best first. */
  search(query: string, limit: number): Promise<readonly Found[]>;
  /** What a model is shown for one task. @param best tools for it, best first */
  select(best: readonly Item[], budget: Partial<Budget>): ActiveSet;
  why(name: string, snapshot: Snapshot): Why;
  /** The same for whoever puts results straight into a model's window. */
  forModel(): ViewSource;
}

export interface Missing {
  readonly server: string;
  readonly state: string;
  readonly reason?: string;
}

/** Everything that is known about a name. */
export interface Why {
  readonly name: string;
  /** Can it be called now? */
  readonly callable: boolean;
  readonly server?: string;
  readonly tool?: string;
  /** Sentences, the most telling one first. */
  readonly reasons: string[];
}

/** The same source with a list of tools that never changes. */
export function frozen(source: ViewSource, choose: (source: ViewSource) => ActiveSet): ViewSource {
  const active = choose(source);
  return { ...source, active: () => active, onChange: () => () => {}, forModel: () => frozen(source.forModel(), choose) };
}
