/** Where the parts of a JSON text stand. For texts that are known to be JSON: nothing is checked, and nothing made into values. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** A value's first byte, and the byte behind its last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A member of an object, or an element of an array with its number. */
export interface Child extends Place {
  readonly key: string | number;
}

/** The place of the whole text's value, without the white space around it. */
export function rootOf(bytes: Buffer): Place {
  const start = afterSpace(bytes, 0);
  return { start, end: endOf(bytes, start) };
}

export type Container = "object" | "array";

/** What kind of container begins here; undefined for every other value. */
export function containerAt(bytes: Buffer, { start }: Place): Container | undefined {
  if (bytes[start] === OPEN_OBJECT) return "object";
  return bytes[start] === OPEN_ARRAY ? "array" : undefined;
}

/** What an object or an array consists of, in its order; nothing for other values. */
export function* childrenOf(bytes: Buffer, place: Place): Generator<Child> {
  const container = containerAt(bytes, place);
  if (container === undefined) return;
  let at = afterSpace(bytes, place.start + 1);
  for (let index = 0; at < place.end && !isCloser(bytes[at]); index++) {
    let key: string | number = index;
    if (container === "object") {
      const end = endOf(bytes, at);
      key = JSON.parse(bytes.toString("utf8", at, end)) as string; // a key is a string
      at = afterSpace(bytes, afterSpace(bytes, end) + 1);
    }
    const end = endOf(bytes, at);
    yield { key, start: at, end };
    at = afterSpace(bytes, end);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
  }
}

/** Behind the last byte of the value that begins here. */
function endOf(bytes: Buffer, start: number): number {
  const byte = bytes[start];
  if (byte === QUOTE) return endOfString(bytes, start);
  if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return endOfScalar(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const here = bytes[at];
    if (here === QUOTE) at = endOfString(bytes, at) - 1;
    else if (here === OPEN_OBJECT || here === OPEN_ARRAY) depth++;
    else if (isCloser(here) && --depth === 0) return at + 1;
  }
  return bytes.length;
}

function endOfString(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(QUOTE, start + 1); quote !== -1; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let before = quote;
    while (bytes[before - 1] === BACKSLASH) before--;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return bytes.length;
}

function endOfScalar(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== COMMA && !isCloser(bytes[at]) && !isSpace(bytes[at])) at++;
  return at;
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isCloser(byte: number | undefined): boolean {
  return byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
}
