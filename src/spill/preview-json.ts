/** What a model sees of a large JSON value: what it consists of, how large that is, the first rows, and the pointers by which to ask. */

import type { JsonValue } from "../base/json.ts";
import { childrenOf, containerAt, rootOf, type Child, type Place } from "./json-walk.ts";
import { joined } from "./pointer.ts";
import { shapeOf } from "./shape.ts";
import { clipped, sizeText } from "./text.ts";

/** So many elements of an array say what all are like. */
const SAMPLE = 50;
const MOST_MEMBERS = 30;
const FIRST_ROWS = 3;
const DEEPEST = 4;
/** Larger values are not read to learn their shape. */
const READ = 64 * 1024;

interface Spot extends Place {
  readonly path: string;
  readonly depth: number;
  /** It has been told already what it is. */
  readonly isNamed: boolean;
}

/** @param room characters at the most, about */
export function previewJson(bytes: Buffer, room: number): string {
  const lines = [...linesOf(bytes, { ...rootOf(bytes), path: "", depth: 0, isNamed: false }, room)];
  const kept: string[] = [];
  let left = room;
  for (const line of lines) {
    if (line.length > left) {
      kept.push("…");
      break;
    }
    kept.push(line);
    left -= line.length + 1;
  }
  return kept.join("\n");
}

function* linesOf(bytes: Buffer, spot: Spot, room: number): Generator<string> {
  const container = containerAt(bytes, spot);
  const children = container === undefined ? [] : [...childrenOf(bytes, spot)];
  if (!spot.isNamed) yield `${spot.path === "" ? "The whole" : spot.path}: ${summary(bytes, spot, children)}`;
  if (container === "object") yield* memberLines(bytes, spot, children);
  const inner = dominant(children, spot);
  if (inner !== undefined && spot.depth < DEEPEST) {
    const isNamed = container === "object" && children.indexOf(inner) < MOST_MEMBERS;
    yield* linesOf(bytes, { ...inner, path: joined(spot.path, inner.key), depth: spot.depth + 1, isNamed }, room);
  } else if (container === "array") yield* rowLines(bytes, spot, children, room);
}

function* memberLines(bytes: Buffer, { path }: Spot, children: readonly Child[]): Generator<string> {
  for (const child of children.slice(0, MOST_MEMBERS)) {
    const own = containerAt(bytes, child) === undefined ? [] : [...childrenOf(bytes, child)];
    yield `  ${joined(path, child.key)}: ${summary(bytes, child, own)}`;
  }
  if (children.length > MOST_MEMBERS) yield `  … ${children.length - MOST_MEMBERS} more members`;
}

/** The first rows and the last, as they stand there. */
function* rowLines(bytes: Buffer, { path }: Spot, children: readonly Child[], room: number): Generator<string> {
  const most = Math.max(80, Math.floor(room / 8));
  const shown = children.length <= FIRST_ROWS + 1 ? children : [...children.slice(0, FIRST_ROWS), ...children.slice(-1)];
  for (const child of shown)
    yield `${joined(path, child.key)} = ${clipped(bytes.toString("utf8", child.start, Math.min(child.end, child.start + READ)), most)}`;
}

function summary(bytes: Buffer, place: Place, children: readonly Child[]): string {
  const size = sizeText(place.end - place.start);
  const container = containerAt(bytes, place);
  if (container === undefined) return scalar(bytes, place, size);
  if (container === "array") {
    if (children.length === 0) return "an empty array";
    return `array of ${children.length}, ${size}, each ${clipped(shapeOf(sample(bytes, children)), 1_200)}`;
  }
  const small = place.end - place.start <= READ;
  const shape = small
    ? clipped(shapeOf([valueOf(bytes, place)]), 600)
    : `with ${children
        .slice(0, MOST_MEMBERS)
        .map(({ key }) => key)
        .join(", ")}`;
  return `object of ${children.length}, ${size}, ${clipped(shape, 600)}`;
}

function scalar(bytes: Buffer, place: Place, size: string): string {
  const text = bytes.toString("utf8", place.start, Math.min(place.end, place.start + 400));
  if (!text.startsWith('"')) return clipped(text, 60);
  return place.end - place.start <= 120 ? text : `string, ${size}: ${clipped(text, 100)}`;
}

/** Elements from the beginning, the middle and the end. */
function sample(bytes: Buffer, children: readonly Child[]): JsonValue[] {
  const step = Math.max(1, Math.floor(children.length / SAMPLE));
  const chosen = children.filter((_, index) => index < 5 || index % step === 0 || index === children.length - 1);
  return chosen.filter(({ start, end }) => end - start <= READ).map((child) => valueOf(bytes, child));
}

function valueOf(bytes: Buffer, { start, end }: Place): JsonValue {
  return JSON.parse(bytes.toString("utf8", start, end)) as JsonValue;
}

/** The child that is most of it: there the rest is to be found. */
function dominant(children: readonly Child[], whole: Place): Child | undefined {
  const [first] = children;
  if (first === undefined) return undefined;
  const largest = children.reduce((one, other) => (other.end - other.start > one.end - one.start ? other : one), first);
  return largest.end - largest.start > (whole.end - whole.start) / 2 ? largest : undefined;
}
