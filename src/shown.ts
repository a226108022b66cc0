/** What a model is shown of a View: the selection, with the tools of Toolyard's own, made of the works of a yard. */

import type { Item, Snapshot } from "./catalog/item.ts";
import type { Config } from "./config/config.ts";
import { missing, planOf, type ViewRules } from "./rules.ts";
import type { Finder, Found } from "./selection/finder.ts";
import { CallTool, ReadTool } from "./selection/meta/call-tool.ts";
import { DescribeTool } from "./selection/meta/describe-tool.ts";
import { FindTools } from "./selection/meta/find-tools.ts";
import type { OwnTool } from "./selection/own-tool.ts";
import type { Plan } from "./selection/plan.ts";
import { Selection } from "./selection/selection.ts";
import type { SurfaceMemory } from "./selection/surface-memory.ts";
import type { Usage } from "./selection/usage.ts";
import type { Works } from "./works.ts";

export interface ShownParts {
  readonly rules: ViewRules;
  readonly works: Works;
  /** What the View may see, now. */
  snapshot(): Snapshot;
  readonly finder: Finder;
  readonly memory: SurfaceMemory;
  readonly usage: Usage;
  /** Other tools of Toolyard's own. */
  readonly more: readonly OwnTool[];
}

/** Characters of what is said of the servers for each token of the budget: an eighth of it at the most. */
const ROOM_PER_TOKEN = 0.5;
const MOST_ROOM = 2_400;

export interface Shown {
  readonly selection: Selection;
  /** The visible tools that fit best, best first. */
  find(query: string, limit: number, visible: Snapshot): Promise<readonly Found[]>;
}

export function selectionFor({ rules, works, snapshot, finder, memory, usage, more }: ShownParts): Shown {
  const plan = planFor(rules, works);
  const mayRead = ({ server, definition }: Item): boolean => trusts(works.config, server) && isReadOnly(definition);
  const find: Shown["find"] = (query, limit, visible) => finder.find(query, { limit, visible, usage: usage.of(rules.toolset) });
  const own: OwnTool[] = [
    new FindTools({
      find,
      mayRead,
      missing: () =>
        missing(works.servers(), rules, works.config).map(({ server, state, reason }) => `${server} is ${state}. ${reason ?? ""}`),
      room: () => Math.min(MOST_ROOM, plan().budget.tokens * ROOM_PER_TOKEN),
    }),
    new DescribeTool(),
    new CallTool(),
    new ReadTool({ mayRead, isOfUse: () => [...snapshot().sections.keys()].some((server) => trusts(works.config, server)) }),
    ...more,
  ];
  return { selection: new Selection({ own, memory, snapshot, plan, searched: () => finder.prepare() }), find };
}

/** The plan is made once for each configuration. */
function planFor(rules: ViewRules, works: Works): () => Plan {
  let made: { readonly config: Config; readonly plan: Plan } | undefined;
  return () => {
    const { config } = works;
    if (made?.config !== config) made = { config, plan: planOf(rules, config) };
    return made.plan;
  };
}

function trusts({ servers }: Config, server: string): boolean {
  return servers.get(server)?.trust === "annotations";
}

function isReadOnly({ annotations }: Item["definition"]): boolean {
  return typeof annotations === "object" && annotations !== null && "readOnlyHint" in annotations && annotations["readOnlyHint"] === true;
}
