/** Whether a tool's JSON Schema can be given to clients. Nothing is ever fetched, and nothing is changed. */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";

/** Keywords whose value is a map from names to schemas. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
/** Keywords whose value is data, whatever it looks like. */
const DATA = new Set(["const", "enum", "default", "examples"]);

/** @param resource the schema that `#` means here: the root, or the nearest one above with an `$id` of its own */
type Visit = (schema: JsonObject, resource: JsonObject) => void;

/** The first reference that leads nowhere or out of the schema, or pattern that is no regular expression, as a sentence. */
export function schemaFault(root: JsonObject): string | undefined {
  const known = new Map<string, JsonObject>();
  visit(root, root, (schema) => {
    if (typeof schema["$id"] === "string") known.set(schema["$id"].replace(/#$/, ""), schema);
    for (const key of ["$anchor", "$dynamicAnchor"]) if (typeof schema[key] === "string") known.set(`#${schema[key]}`, schema);
  });
  let fault: string | undefined;
  visit(root, root, (schema, resource) => {
    fault ??= referenceFault(schema["$ref"], resource, known) ?? patternFault(schema);
  });
  return fault;
}

function visit(node: JsonValue | undefined, resource: JsonObject, action: Visit): void {
  if (Array.isArray(node)) for (const each of node) visit(each, resource, action);
  if (!isObject(node)) return;
  const own = typeof node["$id"] === "string" && !node["$id"].startsWith("#") ? node : resource;
  action(node, own);
  for (const key of Object.keys(node)) {
    const child = node[key];
    if (DATA.has(key) || typeof child !== "object") continue;
    visit(MAPS.has(key) && isObject(child) ? Object.values(child).filter((each) => each !== undefined) : child, own, action);
  }
}

function referenceFault(reference: unknown, resource: JsonObject, known: ReadonlyMap<string, JsonObject>): string | undefined {
  if (typeof reference !== "string" || known.has(reference)) return undefined;
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

function patternFault(schema: JsonObject): string | undefined {
  const patterns = isObject(schema["patternProperties"]) ? Object.keys(schema["patternProperties"]) : [];
  if (typeof schema["pattern"] === "string") patterns.push(schema["pattern"]);
  const broken = patterns.find((pattern) => !isPattern(pattern, "u") && !isPattern(pattern, ""));
  return broken === undefined ? undefined : `Its schema has the pattern ${JSON.stringify(broken)}, which is no regular expression.`;
}

function isPattern(pattern: string, flags: string): boolean {
  try {
    RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
