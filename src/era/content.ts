/** Content blocks for clients of revisions that do not know them yet (spec: changelogs of 2025-03-26 and 2025-06-18). */

import { isObject, stringOr, type JsonObject, type JsonValue } from "../base/json.ts";
import { atLeast } from "./revisions.ts";

const AUDIO_SINCE = "2025-03-26";
const LINK_SINCE = "2025-06-18";

/** True where every kind of content can go to a client of this revision as it is. */
export function takesAllContent(version: string): boolean {
  return atLeast(version, LINK_SINCE);
}

/** A content block, or a list of them; the same value where nothing changes. */
export function contentFor(version: string, content: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(content)) return content.map((block) => blockFor(version, block));
  return content === undefined ? undefined : blockFor(version, content);
}

function blockFor(version: string, block: JsonValue): JsonValue {
  if (!isObject(block)) return block;
  if (block["type"] === "audio" && !atLeast(version, AUDIO_SINCE)) return asText(block, audioNote(block, version));
  if (block["type"] === "resource_link" && !atLeast(version, LINK_SINCE)) return asText(block, linkText(block));
  return block;
}

function asText({ annotations, _meta }: JsonObject, text: string): JsonObject {
  return { type: "text", text, ...(annotations === undefined ? {} : { annotations }), ...(_meta === undefined ? {} : { _meta }) };
}

function audioNote({ mimeType }: JsonObject, version: string): string {
  return `[Audio (${stringOr(mimeType) ?? "of unknown type"}) is left out: MCP ${version}, which this client speaks, has none.]`;
}

function linkText({ uri, name, title, description }: JsonObject): string {
  const label = stringOr(title) ?? stringOr(name);
  const head = label === undefined ? "Resource" : `Resource "${label}"`;
  const tail = typeof description === "string" ? ` (${description})` : "";
  return `${head}: ${stringOr(uri) ?? "(no URI)"}${tail}`;
}
