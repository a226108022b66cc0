/** MCP Apps: a tool may have a page of its own, a resource of its server (extension `io.modelcontextprotocol/ui`). */

import { objectOr } from "../base/json.ts";
import type { Item } from "./item.ts";

/** The URI of the tool's page (`_meta.ui.resourceUri`, once `ui/resourceUri`); undefined where it has none. */
export function pageOf({ definition }: Item): string | undefined {
  const meta = objectOr(definition["_meta"]);
  const uri = objectOr(meta["ui"])["resourceUri"] ?? meta["ui/resourceUri"];
  return typeof uri === "string" ? uri : undefined;
}
