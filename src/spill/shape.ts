/** The shape of JSON values in the words of TypeScript, which models read well: what there is, not how much. */

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";

const DEEPEST = 4;
const MOST_KEYS = 40;
const MOST_ELEMENTS = 20;
/** An object with more members than that, all of one shape, is a table by key. */
const TABLE = 20;

/** The type that all of these values have. */
export function shapeOf(values: readonly JsonValue[], depth: number = DEEPEST): string {
  const kinds = new Set<string>();
  const objects: JsonObject[] = [];
  const arrays: JsonValue[][] = [];
  for (const value of values) {
    if (Array.isArray(value)) arrays.push(value);
    else if (isObject(value)) objects.push(value);
    else kinds.add(value === null ? "null" : typeof value);
  }
  if (objects.length > 0) kinds.add(depth === 0 ? "object" : objectShape(objects, depth));
  if (arrays.length > 0) kinds.add(depth === 0 ? "array" : arrayShape(arrays, depth));
  return [...kinds].join(" | ");
}

function arrayShape(arrays: readonly JsonValue[][], depth: number): string {
  const elements = arrays.flatMap((array) => array.slice(0, MOST_ELEMENTS)).slice(0, 10 * MOST_ELEMENTS);
  const shape = elements.length === 0 ? "unknown" : shapeOf(elements, depth - 1);
  return shape.includes(" | ") && !shape.startsWith("{") ? `(${shape})[]` : `${shape}[]`;
}

function objectShape(objects: readonly JsonObject[], depth: number): string {
  const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const shapes = keys.slice(0, MOST_KEYS).map((key): [string, string] => {
    const values = objects.filter((object) => Object.hasOwn(object, key)).map((object) => object[key] ?? null);
    return [key, shapeOf(values, depth - 1)];
  });
  const isTable = objects.length === 1 && keys.length > TABLE && new Set(shapes.map(([, shape]) => shape)).size === 1;
  if (isTable) return `{ [key]: ${shapes[0]?.[1] ?? "unknown"} }`;
  const members = shapes.map(
    ([key, shape]) => `${nameOf(key)}${objects.every((object) => Object.hasOwn(object, key)) ? "" : "?"}: ${shape}`,
  );
  const more = keys.length > MOST_KEYS ? [`… ${keys.length - MOST_KEYS} more`] : [];
  return keys.length === 0 ? "{}" : `{ ${[...members, ...more].join("; ")} }`;
}

function nameOf(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? key : JSON.stringify(key);
}
