/** `x-mcp-header` in a tool's input schema: which arguments a client must repeat in `Mcp-Param-*` headers, and whether that is legal. */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";

const ANNOTATION = "x-mcp-header";
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: ReadonlySet<unknown> = new Set(["string", "integer", "boolean"]);
/** Deeper than any schema of a real tool; a bound for hostile ones. */
const MAX_DEPTH = 100;

/** Keywords that hold one schema or a list of them, off the chain of `properties`. */
const ASIDE: readonly string[] = [
  "items",
  "prefixItems",
  "additionalItems",
  "contains",
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "propertyNames",
  "oneOf",
  "anyOf",
  "allOf",
  "not",
  "if",
  "then",
  "else",
];
/** Keywords that hold schemas by name, off the chain of `properties`. */
const ASIDE_BY_NAME: readonly string[] = ["patternProperties", "dependentSchemas", "$defs", "definitions"];

/** One argument that travels in a header too. */
export interface HeaderParam {
  /** `X` of `Mcp-Param-X`. */
  readonly name: string;
  /** The property names that lead to the argument. */
  readonly path: readonly string[];
  readonly type: string;
}

interface Scan {
  readonly params: readonly HeaderParam[];
  readonly fault: string | undefined;
}

const NONE: Scan = { params: [], fault: undefined };

/** Definitions are immutable, so each schema is walked once. */
const scans = new WeakMap<object, Scan>();

/** The annotated arguments of a tool; none where an annotation is not legal. */
export function headerParams(inputSchema: unknown): readonly HeaderParam[] {
  const { params, fault } = scan(inputSchema);
  return fault === undefined ? params : [];
}

/**
 * Why a tool with this input schema must not be offered by a client on HTTP; undefined where every annotation
 * is legal (spec 2026-07-28: Streamable HTTP, Schema Extension).
 */
export function headerParamFault(inputSchema: unknown): string | undefined {
  return scan(inputSchema).fault;
}

function scan(schema: unknown): Scan {
  if (!isObject(schema)) return NONE;
  const known = scans.get(schema);
  if (known !== undefined) return known;
  const params: HeaderParam[] = [];
  const fault = visit(schema, [], true, params);
  const result = { params, fault };
  scans.set(schema, result);
  return result;
}

/** Collects the annotations at and below `node`; returns the first fault. */
function visit(node: JsonValue | undefined, path: readonly string[], reachable: boolean, found: HeaderParam[]): string | undefined {
  if (!isObject(node)) return undefined;
  if (path.length > MAX_DEPTH) return `The input schema is nested deeper than ${MAX_DEPTH} levels.`;
  const fault = Object.hasOwn(node, ANNOTATION) ? take(node, path, reachable, found) : undefined;
  return fault ?? firstFault(childrenOf(node), ([name, child, onChain]) => visit(child, [...path, name], reachable && onChain, found));
}

/** Adds one annotation to `found`, or says what is wrong with it. */
function take(node: JsonObject, path: readonly string[], reachable: boolean, found: HeaderParam[]): string | undefined {
  const name = node[ANNOTATION];
  const type = node["type"];
  const at = `${ANNOTATION} at ${path.length === 0 ? "the root" : path.join(".")}`;
  if (!reachable || path.length === 0) return `${at} is not reached through "properties" alone.`;
  if (typeof name !== "string" || !TOKEN.test(name)) return `${at} is not a header name (RFC 9110 token).`;
  if (typeof type !== "string" || !TYPES.has(type)) return `${at} stands on a property that is neither string, integer nor boolean.`;
  if (found.some((other) => other.name.toLowerCase() === name.toLowerCase())) return `${at} repeats the name ${name}.`;
  found.push({ name, path, type });
  return undefined;
}

type Child = readonly [name: string, schema: JsonValue | undefined, onChain: boolean];

function* childrenOf(node: JsonObject): Generator<Child> {
  const { properties } = node;
  if (isObject(properties)) for (const [name, child] of Object.entries(properties)) yield [name, child, true];
  for (const keyword of ASIDE) {
    const held = node[keyword];
    for (const child of Array.isArray(held) ? held : [held]) yield [keyword, child, false];
  }
  for (const keyword of ASIDE_BY_NAME) {
    const held = node[keyword];
    if (isObject(held)) for (const child of Object.values(held)) yield [keyword, child, false];
  }
}

function firstFault<T>(items: Iterable<T>, check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
