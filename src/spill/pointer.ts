/** JSON Pointers (RFC 6901): from one to a place, and from places to theirs. */

import { ToolyardError } from "../base/errors.ts";
import { childrenOf, containerAt, rootOf, type Child, type Place } from "./json-walk.ts";

/** Deeper places are named by what they stand in. */
const DEEPEST = 32;
const MOST_KEYS = 30;

/** @throws INVALID_ARGUMENTS when it is no pointer, or leads nowhere: says how far it leads, and what there is */
export function findPointer(bytes: Buffer, pointer: string): Place {
  let place = rootOf(bytes);
  let path = "";
  for (const token of tokensOf(pointer)) {
    const child = childOf(bytes, place, token);
    if (child === undefined) throw leadsNowhere(bytes, place, path, token);
    place = child;
    path = joined(path, token);
  }
  return place;
}

/** The pointer of one step further. */
export function joined(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The pointers of the innermost values that these bytes stand in; of a key: of its object. @param offsets in ascending order */
export function pointersAt(bytes: Buffer, offsets: readonly number[]): string[] {
  const found = offsets.map(() => "");
  descend(
    bytes,
    { place: rootOf(bytes), path: "", depth: 0 },
    offsets.map((offset, index) => ({ offset, index })),
    found,
  );
  return found;
}

interface Sought {
  readonly offset: number;
  readonly index: number;
}

interface Step {
  readonly place: Place;
  readonly path: string;
  readonly depth: number;
}

function descend(bytes: Buffer, { place, path, depth }: Step, sought: readonly Sought[], found: string[]): void {
  for (const { index } of sought) found[index] = path;
  if (depth === DEEPEST) return;
  let next = 0;
  for (const child of childrenOf(bytes, place)) {
    while ((sought[next]?.offset ?? child.start) < child.start) next++;
    const first = next;
    while ((sought[next]?.offset ?? child.end) < child.end) next++;
    if (next > first) descend(bytes, { place: child, path: joined(path, child.key), depth: depth + 1 }, sought.slice(first, next), found);
    if (next === sought.length) return;
  }
}

function tokensOf(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new ToolyardError("INVALID_ARGUMENTS", 'A JSON Pointer begins with "/", as "/rows/0/name".');
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function childOf(bytes: Buffer, place: Place, token: string): Child | undefined {
  if (containerAt(bytes, place) === "array" && !/^(?:0|[1-9]\d*)$/.test(token)) return undefined;
  let found: Child | undefined;
  for (const child of childrenOf(bytes, place)) {
    if (String(child.key) !== token) continue;
    found = child; // of equal keys the last counts, as for JSON.parse
    if (typeof child.key === "number") return child;
  }
  return found;
}

function leadsNowhere(bytes: Buffer, place: Place, path: string, token: string): ToolyardError {
  const where = path === "" ? "The whole" : `"${path}"`;
  return new ToolyardError(
    "INVALID_ARGUMENTS",
    `${where} has no ${JSON.stringify(token.slice(0, 100))}: it is ${contentsOf(bytes, place)}.`,
  );
}

function contentsOf(bytes: Buffer, place: Place): string {
  const container = containerAt(bytes, place);
  if (container === undefined) return "neither an object nor an array";
  const keys = Array.from(childrenOf(bytes, place), ({ key }) => key);
  if (container === "array") return `an array of ${keys.length}`;
  const more = keys.length > MOST_KEYS ? `, and ${keys.length - MOST_KEYS} more` : "";
  return `an object with ${keys.slice(0, MOST_KEYS).join(", ").slice(0, 1_000)}${more}`;
}
