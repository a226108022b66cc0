/** One server's lists and rules made into its part of the catalog. Pure; knows nothing of other servers. */

import { isObject, type JsonObject } from "../base/json.ts";
import type { Naming, Override, ServerConfig } from "../config/config.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import { checkDefinition, readEntry, toolFault, type Entry } from "./definition.ts";
import { compileFilter } from "./filter.ts";
import type { Hidden, Item, ItemKind, Section } from "./item.ts";
import { exposedNames, nameLimit, namePrefix } from "./name.ts";
import { overrideTool } from "./override.ts";
import { OWN_NAMES, ownNameFault } from "./own-names.ts";

/** What is known of a server that has never been listed. */
export const nothingListed: RawLists = {
  tools: [],
  prompts: [],
  resources: [],
  templates: [],
  instructions: undefined,
  capabilities: {},
};

interface Part {
  readonly items: readonly Item[];
  readonly hidden: readonly Hidden[];
}

/** What an entry is shown as. */
type Shown = Pick<Item, "name" | "chosen" | "definition" | "arguments" | "ownSchema">;

/** Says how a checked entry is shown; a string says why it is not. */
type Show = (entry: Entry) => Shown | string;

/** The section of one server; an entry that cannot be offered is hidden with its reason, and costs the others nothing. */
export function buildSection(server: ServerConfig, naming: Naming, lists: RawLists, source: Section["source"]): Section {
  const parts = [
    toolsOf(server, naming, lists.tools),
    promptsOf(server, naming, lists.prompts),
    addressesOf("resource", server, lists.resources),
    addressesOf("template", server, lists.templates),
  ];
  return {
    server: server.name,
    prefix: namePrefix({ namespace: server.namespace, separator: naming.separator }),
    source,
    items: parts.flatMap((part) => part.items),
    hidden: parts.flatMap((part) => part.hidden),
    instructions: instructionsOf(server, lists.instructions),
    capabilities: lists.capabilities,
    ...(lists.keeping === undefined ? {} : { keeping: lists.keeping }),
  };
}

function toolsOf(server: ServerConfig, naming: Naming, raw: readonly unknown[]): Part {
  const overrides = server.tools.override;
  const taken = new Set([...OWN_NAMES, ...[...overrides.values()].flatMap(({ name }) => name ?? [])]);
  const filter = compileFilter(server.tools);
  return sift("tool", server, raw, (origins) => {
    const names = exposedNames(origins, { ...naming, server: server.name, namespace: server.namespace, taken });
    return (entry) => filter(entry.origin) ?? showTool(entry, names.get(entry.origin), overrides.get(entry.origin), nameLimit(naming));
  });
}

function showTool(entry: Entry, exposed: string | undefined, override: Override | undefined, limit: number): Shown | string {
  const definition = withType(entry.definition);
  if (override === undefined) return named(definition, exposed);
  const { name: chosen, arguments: changes } = override;
  if (chosen !== undefined && chosen.length > limit) return `The name that \`tools.override\` gives it is longer than ${limit} characters.`;
  const ownName = chosen === undefined ? undefined : ownNameFault(chosen);
  if (ownName !== undefined) return ownName;
  const overridden = overrideTool(definition, override);
  const fault = changes === undefined ? undefined : toolFault(overridden);
  if (fault !== undefined) return `Once \`tools.override\` has changed its arguments: ${fault}`;
  const shown = named(overridden, chosen ?? exposed);
  if (typeof shown === "string") return shown;
  const own = changes === undefined ? {} : { arguments: changes, ownSchema: definition["inputSchema"] };
  return { ...shown, ...(chosen === undefined ? {} : { chosen }), ...own };
}

/** Many clients reject a whole list for one input schema that leaves out the only type it can have (spec: Tool). */
function withType(definition: JsonObject): JsonObject {
  const { inputSchema } = definition;
  if (!isObject(inputSchema) || inputSchema["type"] !== undefined) return definition;
  return { ...definition, inputSchema: { type: "object", ...inputSchema } };
}

function promptsOf(server: ServerConfig, naming: Naming, raw: readonly unknown[]): Part {
  return sift("prompt", server, raw, (origins) => {
    const names = exposedNames(origins, { ...naming, server: server.name, namespace: server.namespace });
    return ({ origin, definition }) => named(definition, names.get(origin));
  });
}

/** Resources and templates keep their addresses: servers and models use them in texts that nobody rewrites. */
function addressesOf(kind: "resource" | "template", server: ServerConfig, raw: readonly unknown[]): Part {
  return sift(kind, server, raw, () => ({ origin, definition }) => ({ name: origin, definition }));
}

function named(definition: JsonObject, name: string | undefined): Shown | string {
  if (name === undefined) return "No name for it fits into `naming.maxLength`; give it one with `tools.override`.";
  return { name, definition: { ...definition, name } };
}

/**
 * Parts what can be offered from what cannot.
 *
 * @param prepare is given every name that there is, so that a name stays when a rule or a fault hides its sibling
 */
function sift(kind: ItemKind, server: ServerConfig, raw: readonly unknown[], prepare: (origins: readonly string[]) => Show): Part {
  const items: Item[] = [];
  const hidden: Hidden[] = [];
  const idOf = (origin: string): string => `${server.name}/${origin}`;
  const hide = (origin: string, reason: string): void => void hidden.push({ kind, id: idOf(origin), reason });
  const entries = new Map<string, Entry>();
  for (const [index, value] of raw.entries()) {
    const entry = readEntry(kind, value);
    if (typeof entry === "string") hide(`#${index + 1}`, entry);
    else if (entries.has(entry.origin)) hide(entry.origin, "Its server lists it twice; the first is offered.");
    else entries.set(entry.origin, entry);
  }
  const show = prepare([...entries.keys()]);
  for (const { origin, definition } of entries.values()) {
    const checked = checkDefinition(kind, definition);
    const shown = typeof checked === "string" ? checked : show({ origin, definition: checked });
    if (typeof shown === "string") hide(origin, shown);
    else items.push({ kind, server: server.name, origin, id: idOf(origin), ...shown });
  }
  return { items, hidden };
}

function instructionsOf({ instructions }: ServerConfig, own: string | undefined): string | undefined {
  if (instructions === "own") return own;
  return instructions === "off" ? undefined : instructions.text;
}
