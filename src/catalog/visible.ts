/** Parts of a Snapshot: what a toolset shows of it, and one server under its own names. */

import type { Toolset } from "../config/config.ts";
import { pageOf } from "./app.ts";
import { compilePatterns } from "./filter.ts";
import type { Hidden, Item, Section, Snapshot } from "./item.ts";
import { OWN_NAMES } from "./own-names.ts";
import { renamed, snapshotOf } from "./snapshot.ts";

/** Whether a toolset shows an entry of this server. */
type Sees = (server: string, entry: Pick<Hidden, "kind" | "id">) => boolean;

/** What a caller with this toolset sees: all of its servers, and the single tools beside them, with the apps that those show. */
export function visibleSnapshot(snapshot: Snapshot, toolset: Toolset | undefined): Snapshot {
  if (toolset === undefined || (toolset.servers === undefined && toolset.tools === undefined)) return snapshot;
  const whole = new Set(toolset.servers);
  const sees = seesOf(snapshot, whole, compilePatterns(toolset.tools ?? []));
  const keep = (items: readonly Item[]): Item[] => items.filter((item) => sees(item.server, item));
  const sections = [...snapshot.sections.values()].map((section) => cutSection(section, sees));
  return snapshotOf({
    version: snapshot.version,
    sections: new Map(
      sections.filter(({ server, items }) => whole.has(server) || items.length > 0).map((section) => [section.server, section]),
    ),
    tools: keep(snapshot.tools),
    prompts: keep(snapshot.prompts),
    resources: keep(snapshot.resources),
    templates: keep(snapshot.templates),
    hidden: snapshot.hidden.filter((entry) => sees(entry.id.slice(0, entry.id.indexOf("/")), entry)),
  });
}

/** May this toolset show anything of the server, whatever that lists? */
export function mayShow(toolset: Toolset | undefined, server: string): boolean {
  if (toolset === undefined || (toolset.servers === undefined && toolset.tools === undefined)) return true;
  if (toolset.servers?.includes(server)) return true;
  return compilePatterns((toolset.tools ?? []).map((id) => id.split("/", 1)[0] ?? ""))(server);
}

function seesOf(snapshot: Snapshot, whole: ReadonlySet<string>, picks: (id: string) => boolean): Sees {
  const pages = new Set(snapshot.tools.filter(({ id }) => picks(id)).map((tool) => `${tool.server} ${pageOf(tool) ?? ""}`));
  const apps = new Set(snapshot.resources.filter(({ server, name }) => pages.has(`${server} ${name}`)).map(({ id }) => id));
  return (server, { kind, id }) => whole.has(server) || (kind === "tool" && picks(id)) || (kind === "resource" && apps.has(id));
}

function cutSection(section: Section, sees: Sees): Section {
  const items = section.items.filter((item) => sees(section.server, item));
  const hidden = section.hidden.filter((entry) => sees(section.server, entry));
  return { ...section, items, hidden };
}

/** One server alone, under its own names or those that the configuration chose; nothing where it is not enabled. */
export function serverSnapshot(snapshot: Snapshot, server: string): Snapshot {
  const section = snapshot.sections.get(server);
  const bare = section === undefined ? undefined : bareSection(section);
  const of = (kind: Item["kind"]): Item[] => bare?.items.filter((item) => item.kind === kind) ?? [];
  return snapshotOf({
    version: snapshot.version,
    sections: new Map(bare === undefined ? [] : [[server, bare]]),
    tools: of("tool"),
    prompts: of("prompt"),
    resources: of("resource"),
    templates: of("template"),
    hidden: [],
  });
}

/** A chosen name goes before another tool's own. */
function bareSection(section: Section): Section {
  const chosen = new Set(section.items.flatMap((item) => item.chosen ?? []));
  const loses = (item: Item): boolean => item.kind === "tool" && item.chosen === undefined && chosen.has(item.origin);
  const hidden = section.items
    .filter(loses)
    .map(({ kind, id, origin }) => ({ kind, id, reason: `\`tools.override\` gives the name \`${origin}\` to another tool.` }));
  const items = section.items.filter((item) => !loses(item)).map((item) => renamed(item, item.chosen ?? ownNameOf(item)));
  return { ...section, prefix: "", items, hidden: [...section.hidden, ...hidden] };
}

/** The server's own name for it, unless that is one of Toolyard's own tools, which then keeps the name that it has everywhere. */
function ownNameOf({ kind, origin, name }: Item): string {
  return kind === "tool" && OWN_NAMES.has(origin) ? name : origin;
}
