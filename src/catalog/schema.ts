/** Whether a tool's JSON Schema can be given to clients. Nothing is ever fetched, and nothing is changed. */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { headerParamFault } from "../era/header-params.ts";

/** Keywords whose value is a map from names to schemas. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
/** Keywords whose value is data, whatever it looks like. */
const DATA = new Set(["const", "enum", "default", "examples"]);

/** What one walk over a schema finds. */
interface Survey {
  /** Schemas that can be referred to by an identifier or anchor. */
  readonly known: Map<string, JsonObject>;
  /** `resource`: what `#` means there, the root or the nearest schema above with an `$id` of its own. */
  readonly references: { readonly reference: string; readonly resource: JsonObject }[];
  readonly patterns: string[];
  /** Something in it is to travel in a header. */
  marked: boolean;
}

/** What keeps a tool with this input schema from being offered, as a sentence; undefined when nothing does. */
export function inputFault(schema: JsonObject): string | undefined {
  const found = survey(schema);
  return faultOf(found) ?? (found.marked ? headerParamFault(schema) : undefined);
}

/** As {@link inputFault}, for what the tool says of its results. */
export function outputFault(schema: JsonObject): string | undefined {
  return faultOf(survey(schema));
}

function survey(root: JsonObject): Survey {
  const found: Survey = { known: new Map(), references: [], patterns: [], marked: false };
  walk(root, root, found);
  return found;
}

function walk(node: JsonValue | undefined, outer: JsonObject, found: Survey): void {
  if (Array.isArray(node)) for (const each of node) walk(each, outer, found);
  if (!isObject(node)) return;
  const resource = typeof node["$id"] === "string" && !node["$id"].startsWith("#") ? node : outer;
  note(node, resource, found);
  for (const key of Object.keys(node)) {
    const child = node[key];
    if (typeof child !== "object" || DATA.has(key)) continue;
    if (MAPS.has(key) && isObject(child)) for (const name of Object.keys(child)) walk(child[name], resource, found);
    else walk(child, resource, found);
  }
}

/** Writes down what one schema says of itself. */
function note(node: JsonObject, resource: JsonObject, found: Survey): void {
  const { $ref: reference, $id: id, $anchor: anchor, $dynamicAnchor: dynamic, pattern, patternProperties } = node;
  if (typeof reference === "string") found.references.push({ reference, resource });
  if (typeof id === "string") found.known.set(id.replace(/#$/, ""), node);
  if (typeof anchor === "string") found.known.set(`#${anchor}`, node);
  if (typeof dynamic === "string") found.known.set(`#${dynamic}`, node);
  if (typeof pattern === "string") found.patterns.push(pattern);
  for (const key of isObject(patternProperties) ? Object.keys(patternProperties) : []) found.patterns.push(key);
  if (node["x-mcp-header"] !== undefined) found.marked = true;
}

/** The first reference that leads nowhere or out of the schema, or pattern that is no regular expression. */
function faultOf({ known, references, patterns }: Survey): string | undefined {
  for (const { reference, resource } of references) {
    const fault = referenceFault(reference, resource, known);
    if (fault !== undefined) return fault;
  }
  const broken = patterns.find((pattern) => !isPattern(pattern, "u") && !isPattern(pattern, ""));
  return broken === undefined ? undefined : `Its schema has the pattern ${JSON.stringify(broken)}, which is no regular expression.`;
}

function referenceFault(reference: string, resource: JsonObject, known: ReadonlyMap<string, JsonObject>): string | undefined {
  if (known.has(reference)) return undefined;
  const [address = "", fragment = ""] = reference.split("#", 2);
  const target = address === "" ? resource : known.get(address);
  if (target !== undefined && (fragment === "" || isThere(target, fragment))) return undefined;
  const outside = target === undefined && /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address);
  return outside
    ? `Its schema refers to ${JSON.stringify(reference)}, and no schema is fetched from a network.`
    : `Its schema refers to ${JSON.stringify(reference)}, which is not in it.`;
}

/** True when a JSON Pointer (RFC 6901), as a URI fragment, leads to something. */
function isThere(root: JsonObject, fragment: string): boolean {
  if (!fragment.startsWith("/")) return false;
  let node: JsonValue | undefined = root;
  for (const step of fragment.slice(1).split("/")) {
    const key = decoded(step)?.replaceAll("~1", "/").replaceAll("~0", "~");
    if (key === undefined || typeof node !== "object" || node === null || !Object.hasOwn(node, key)) return false;
    node = Array.isArray(node) ? node[Number(key)] : node[key];
  }
  return node !== undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isPattern(pattern: string, flags: string): boolean {
  try {
    RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
