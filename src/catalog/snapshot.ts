/**
 * The sections of all servers as one immutable state. Whatever two servers could fight over is decided by the
 * order of the configuration, never by who came first; what loses is hidden with its reason.
 */

import type { Naming } from "../config/config.ts";
import { partPages } from "./app.ts";
import type { Hidden, Item, Section, Snapshot } from "./item.ts";
import { hashedName, nameLimit } from "./name.ts";

type ConflictRules = Pick<Naming, "onConflict" | "maxLength" | "hostPrefix">;

interface Part {
  readonly items: readonly Item[];
  readonly hidden: readonly Hidden[];
}

/**
 * The catalog made of these sections.
 *
 * @param sections one for each enabled server, in the order of the configuration
 */
export function buildSnapshot(sections: readonly Section[], naming: ConflictRules, version: number): Snapshot {
  const parted = partPages(sections);
  const tools = settleNames("tool", parted, naming);
  const prompts = settleNames("prompt", sections, naming);
  const resources = settleAddresses("resource", parted);
  const templates = settleAddresses("template", sections);
  return snapshotOf({
    version,
    sections: new Map(sections.map((section) => [section.server, section])),
    tools: tools.items,
    prompts: prompts.items,
    resources: resources.items,
    templates: templates.items,
    hidden: [tools, prompts, resources, templates].flatMap((part) => part.hidden),
  });
}

/** A Snapshot of items whose names are settled: adds the look-up. */
export function snapshotOf(content: Omit<Snapshot, "tool" | "prompt" | "resource">): Snapshot {
  const byName = (items: readonly Item[]): ReadonlyMap<string, Item> => new Map(items.map((item) => [item.name, item]));
  const tools = byName(content.tools);
  const prompts = byName(content.prompts);
  const resources = byName(content.resources);
  return {
    ...content,
    tool: (name) => tools.get(name),
    prompt: (name) => prompts.get(name),
    resource: (uri) => resources.get(uri),
  };
}

/** The item under another name. Of a resource or template, whose name is its address, only the same. */
export function renamed(item: Item, name: string): Item {
  return name === item.name ? item : { ...item, name, definition: { ...item.definition, name } };
}

/**
 * Names under a namespace are nobody else's and come first, so that only names that a user chose can clash:
 * with one another, or by standing in another server's namespace.
 */
function settleNames(kind: "tool" | "prompt", sections: readonly Section[], rules: ConflictRules): Part {
  const entries = sections.flatMap((section) => section.items.filter((item) => item.kind === kind).map((item) => ({ item, section })));
  const owners = new Map(entries.filter(({ item, section }) => !isChosen(item, section)).map(({ item }) => [item.name, item]));
  const items: Item[] = [];
  const hidden: Hidden[] = [];
  for (const { item, section } of entries) {
    const settled = isChosen(item, section) ? settle(item, landlordOf(item, section, sections), owners, rules) : item;
    if (typeof settled === "string") hidden.push({ kind, id: item.id, reason: settled });
    else items.push(settled);
  }
  return { items, hidden };
}

function isChosen(item: Item, section: Section): boolean {
  return section.prefix === "" || item.chosen !== undefined;
}

/** The other server in whose namespace the item's name stands. */
function landlordOf(item: Item, own: Section, sections: readonly Section[]): Section | undefined {
  return sections.find(({ server, prefix }) => server !== own.server && prefix !== "" && item.name.startsWith(prefix));
}

/** The item under the name that it gets, which is then its own; a string says why it gets none. */
function settle(item: Item, landlord: Section | undefined, owners: Map<string, Item>, rules: ConflictRules): Item | string {
  if (landlord !== undefined) {
    return `Its name \`${item.name}\` begins as those of the server ${landlord.server} do; give it another with \`tools.override\`.`;
  }
  const name = freeName(item, owners, rules);
  if (name === undefined) {
    const holder = owners.get(item.name)?.id ?? "another";
    return `Its name \`${item.name}\` is held by ${holder}; give one of them another with \`tools.override\`, or its server a \`namespace\`.`;
  }
  const settled = renamed(item, name);
  owners.set(name, settled);
  return settled;
}

function freeName(item: Item, owners: ReadonlyMap<string, Item>, rules: ConflictRules): string | undefined {
  if (!owners.has(item.name)) return item.name;
  if (rules.onConflict !== "suffix") return undefined;
  const name = hashedName(item.name, item.id, { limit: nameLimit(rules), prefix: "" });
  return name === undefined || owners.has(name) ? undefined : name;
}

/** URIs and templates are routed as they are: the first server by configuration that lists one is asked for it. */
function settleAddresses(kind: "resource" | "template", sections: readonly Section[]): Part {
  const owners = new Map<string, Item>();
  const hidden: Hidden[] = [];
  for (const item of sections.flatMap((section) => section.items.filter((each) => each.kind === kind))) {
    const holder = owners.get(item.name);
    if (holder === undefined) owners.set(item.name, item);
    else
      hidden.push({
        kind,
        id: item.id,
        reason: `The server ${holder.server} offers the same address and comes first in the configuration.`,
      });
  }
  return { items: [...owners.values()], hidden };
}
