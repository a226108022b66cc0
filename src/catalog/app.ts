/**
 * MCP Apps: a tool may have a page of its own, a resource of its server (extension `io.modelcontextprotocol/ui`). Pages
 * are addressed `ui://…`, without a word of the server; where two servers use the same address, the later one in the
 * configuration gets another for it, in the resource, which need not be listed, and in the tools alike.
 */

import { isObject, objectOr, type JsonObject } from "../base/json.ts";
import type { Item, Section } from "./item.ts";

const SCHEME = "ui://";

/** The URI of the tool's page (`_meta.ui.resourceUri`, once `ui/resourceUri`); undefined where it has none. */
export function pageOf({ definition }: Pick<Item, "definition">): string | undefined {
  const meta = objectOr(definition["_meta"]);
  const uri = objectOr(meta["ui"])["resourceUri"] ?? meta["ui/resourceUri"];
  return typeof uri === "string" ? uri : undefined;
}

/** A page that its server does not list, as it would be listed. @param uri where clients find it */
export function unlistedPage({ server, ownPage = "" }: Pick<Item, "server" | "ownPage">, uri: string): Item {
  return { kind: "resource", server, origin: ownPage, id: `${server}/${ownPage}`, name: uri, definition: { uri, name: uri } };
}

/** The sections, with addresses of pages that no two of them share. */
export function partPages(sections: readonly Section[]): readonly Section[] {
  const taken = new Set<string>();
  return sections.map((section) => {
    const moved = new Map<string, string>();
    for (const page of pagesIn(section)) {
      if (!taken.has(page)) taken.add(page);
      else moved.set(page, `${SCHEME}${section.server}/${page.slice(SCHEME.length)}`);
    }
    return moved.size === 0 ? section : { ...section, items: section.items.map((item) => atNewAddress(item, moved)) };
  });
}

function pagesIn({ items }: Section): Set<string> {
  const pages = items.flatMap((item) => (item.kind === "resource" ? item.name : item.kind === "tool" ? (pageOf(item) ?? []) : []));
  return new Set(pages.filter((page) => page.startsWith(SCHEME)));
}

function atNewAddress(item: Item, moved: ReadonlyMap<string, string>): Item {
  if (item.kind === "resource") {
    const uri = moved.get(item.name);
    return uri === undefined ? item : { ...item, name: uri, definition: { ...item.definition, uri } };
  }
  const ownPage = item.kind === "tool" ? (pageOf(item) ?? "") : "";
  const resourceUri = moved.get(ownPage);
  return resourceUri === undefined ? item : { ...item, ownPage, definition: withPage(item.definition, resourceUri) };
}

function withPage(definition: JsonObject, resourceUri: string): JsonObject {
  const meta = objectOr(definition["_meta"]);
  const ui = isObject(meta["ui"]) ? { ui: { ...meta["ui"], resourceUri } } : {};
  const flat = meta["ui/resourceUri"] === undefined ? {} : { "ui/resourceUri": resourceUri };
  return { ...definition, _meta: { ...meta, ...ui, ...flat } };
}
