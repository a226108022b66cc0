/**
 * What clients of older revisions cannot take, in a form that they can. Until 2025-11-25 `outputSchema` and
 * `structuredContent` are objects, from 2026-07-28 on any JSON: what is no object is put under one key, `result`,
 * in both. Content blocks that a revision does not know become text, forms lose what it cannot show (spec: changelogs).
 */

import { Body } from "../base/body.ts";
import { isObject, objectOr, stringOr, type JsonObject, type JsonValue } from "../base/json.ts";
import { without } from "./meta.ts";
import { atLeast, eraOf } from "./revisions.ts";

const KEY = "result";
const ROOT = `#/properties/${KEY}`;

/** Keywords whose value is data, not schemas. */
const DATA: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);
/** Keywords whose value is schemas by name. */
const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
/** Deeper schemas go out as they are; a bound for hostile ones. */
const MAX_DEPTH = 100;

/** Must a tool with this output schema be wrapped for legacy clients? They take `type: "object"` alone. */
export function needsWrap(outputSchema: unknown): boolean {
  return isObject(outputSchema) && outputSchema["type"] !== "object";
}

/** The schema of the wrapped value; references into itself lead to their new place. */
export function wrapSchema(outputSchema: JsonObject): JsonObject {
  const { $schema } = outputSchema;
  return {
    ...($schema === undefined ? {} : { $schema }),
    type: "object",
    properties: { [KEY]: rebase(outputSchema, 0) },
    required: [KEY],
  };
}

export function wrapValue(value: Body): Body {
  return Body.empty.with({ [KEY]: value });
}

/** A schema that moved one step down. Below an `$id` of its own, references are relative to that and stay. */
function rebase(schema: JsonValue, depth: number): JsonValue {
  if (depth > MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item) => rebase(item, depth + 1));
  if (!isObject(schema) || hasOwnBase(schema)) return schema;
  return mapMembers(schema, (keyword, value) => {
    if (DATA.has(keyword)) return value;
    if (keyword === "$ref" || keyword === "$dynamicRef") return rebaseReference(value);
    if (NAMED.has(keyword) && isObject(value)) return mapMembers(value, (_, named) => rebase(named, depth + 2));
    return rebase(value, depth + 1);
  });
}

/** An `$id` that is a fragment alone is only a name (JSON Schema draft 7). */
function hasOwnBase({ $id }: JsonObject): boolean {
  return typeof $id === "string" && !$id.startsWith("#");
}

function rebaseReference(reference: JsonValue): JsonValue {
  if (reference === "#") return ROOT;
  return typeof reference === "string" && reference.startsWith("#/") ? ROOT + reference.slice(1) : reference;
}

function mapMembers(object: JsonObject, change: (key: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === undefined ? value : change(key, value)]));
}

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

const FULL_FORMS_SINCE = "2025-11-25";

/**
 * A server's question as a client of this revision gets it; undefined where it cannot be put in a way that the
 * client knows. Before 2025-11-25, forms have no `mode`, no titled choices but `enumNames`, no choice of several,
 * and defaults for booleans alone; modern clients have no `elicitationId`.
 */
export function questionFor(version: string, method: string, params: Body): Body | undefined {
  if (method !== "elicitation/create") return params;
  if (eraOf(version) === "modern") return params.get("elicitationId") === undefined ? params : params.with({ elicitationId: undefined });
  if (atLeast(version, FULL_FORMS_SINCE) || params.get("mode") === "url") return params;
  const requestedSchema = olderForm(objectOr(params.get("requestedSchema")));
  return requestedSchema === undefined ? undefined : params.with({ mode: undefined, requestedSchema });
}

function olderForm(requested: JsonObject): JsonObject | undefined {
  const form = without(requested, (key) => key === "$schema");
  const fields = Object.entries(objectOr(form["properties"])).map(([name, field]) => [name, olderField(objectOr(field))] as const);
  if (fields.some(([, field]) => field === undefined)) return undefined;
  return { ...form, properties: Object.fromEntries(fields) };
}

function olderField(field: JsonObject): JsonObject | undefined {
  if (field["type"] === "array") return undefined;
  const { default: preset, oneOf, ...rest } = field;
  const kept = typeof preset === "boolean" ? { ...rest, default: preset } : rest;
  if (!Array.isArray(oneOf)) return kept;
  const choices = oneOf.map((choice) => objectOr(choice));
  return { ...kept, enum: choices.map((choice) => choice["const"] ?? null), enumNames: choices.map((choice) => choice["title"] ?? null) };
}
