/** Small catalogs for tests of the selection. */

import type { JsonObject } from "../base/json.ts";
import type { Item, Section, Snapshot } from "../catalog/item.ts";
import { snapshotOf } from "../catalog/snapshot.ts";

export interface ToolText extends JsonObject {
  name: string;
}

/** A server's part of the catalog, with its tools under the server's own prefix. */
export function sectionOf(server: string, tools: readonly ToolText[], instructions?: string): Section {
  const items = tools.map((tool): Item => ({
    kind: "tool",
    server,
    origin: tool.name,
    id: `${server}/${tool.name}`,
    name: `${server}__${tool.name}`,
    definition: { inputSchema: { type: "object" }, ...tool, name: `${server}__${tool.name}` },
  }));
  return { server, prefix: `${server}__`, source: "live", items, hidden: [], instructions, capabilities: {} };
}

export function snapshotFrom(...sections: readonly Section[]): Snapshot {
  const tools = sections.flatMap((section) => section.items);
  const bySection = new Map(sections.map((section) => [section.server, section]));
  return snapshotOf({ version: 1, sections: bySection, tools, prompts: [], resources: [], templates: [], hidden: [] });
}
