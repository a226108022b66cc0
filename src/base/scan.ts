/**
 * Reads where the members of a JSON object stand without making values of them. The whole text is checked by the
 * grammar of RFC 8259, so what passes here is what JSON.parse accepts; nesting costs memory, never stack.
 */

import { ToolyardError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import { knownKey } from "./keys.ts";

/** One member of an object, by its place. Places count from the first byte of the text that the object was read from. */
export interface Member {
  /** As JSON.parse decodes it. */
  readonly key: string;
  /** The quote that opens the key. */
  readonly start: number;
  /** The first byte of the value. */
  readonly value: number;
  /** Behind the last byte of the value. */
  readonly end: number;
  /** The value's own members, where it is an object and within the levels asked for; their places count from `value`. */
  readonly members: readonly Member[] | undefined;
}

/**
 * The members of a JSON object in their order, those that a later one supersedes included; undefined when the
 * text is another JSON value.
 *
 * @param levels 1: only its own members; 2: also those of the objects among them; and so on
 * @throws PARSE_ERROR when the text is not one JSON value
 */
export function scan(bytes: Buffer, levels = 1): readonly Member[] | undefined {
  return new Scanner(bytes, levels).whole();
}

/** The members that are complete in a text that may be cut off or broken further on; none when it does not begin as an object. */
export function scanHead(bytes: Buffer): readonly Member[] {
  return new Scanner(bytes, 1).head().filter((member) => member.end < bytes.length);
}

/** The member that counts: of equal keys the last, as for JSON.parse. */
export function findMember(members: readonly Member[] | undefined, key: string): Member | undefined {
  if (members === undefined) return undefined;
  for (let index = members.length - 1; index >= 0; index--) if (members[index]?.key === key) return members[index];
  return undefined;
}

/** The value that stands at these places of a text which has been scanned. */
export function valueAt(bytes: Buffer, { value, end }: Member): JsonValue {
  if (bytes[value] !== QUOTE) return JSON.parse(bytes.toString("utf8", value, end)) as JsonValue;
  return decode(bytes.toString("utf8", value + 1, end - 1));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const LETTER_CASE = 0x20;

/** Strings up to this length are read byte by byte. */
const SHORT = 24;

/** Stands where no byte is any more; it equals none. */
const END = -1;

/** An object whose members are recorded, while it is read. */
interface Draft {
  readonly base: number;
  readonly members: Member[];
  key: string;
  start: number;
  value: number;
}

class Scanner {
  readonly #bytes: Buffer;
  /** Made for the first long string; most messages have none. */
  #view: DataView | undefined;
  readonly #levels: number;
  #at = 0;
  /** The bytes that will close what is open, outermost first. */
  readonly #closers: number[] = [];
  /** The outermost of the open objects, as many as are recorded. */
  readonly #drafts: Draft[] = [];
  /** Members of the recorded object that was closed last, until its owner takes them. */
  #closed: readonly Member[] | undefined;

  constructor(bytes: Buffer, levels: number) {
    this.#bytes = bytes;
    this.#levels = levels;
  }

  whole(): readonly Member[] | undefined {
    this.#run();
    if (this.#space() !== END) this.#fail();
    return this.#closed;
  }

  head(): readonly Member[] {
    try {
      this.#run();
    } catch {
      return this.#drafts[0]?.members ?? [];
    }
    return this.#closed ?? [];
  }

  #run(): void {
    do this.#beginValue();
    while (this.#endValue());
  }

  /** Reads up to the end of the next value that holds no other. */
  #beginValue(): void {
    for (;;) {
      const byte = this.#space();
      if (byte === QUOTE) return this.#string();
      if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.#scalar(byte);
      const closer = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
      this.#open(closer);
      if (this.#space() === closer) return this.#close();
      if (closer === CLOSE_OBJECT) this.#key();
    }
  }

  /** Reads what stands behind a value up to the next one; false when none follows. */
  #endValue(): boolean {
    for (;;) {
      const closer = this.#closers.at(-1);
      if (closer === undefined) return false;
      this.#record();
      const byte = this.#space();
      if (byte === COMMA) {
        this.#at++;
        if (closer === CLOSE_OBJECT) this.#key();
        return true;
      }
      if (byte !== closer) this.#fail();
      this.#close();
    }
  }

  #open(closer: number): void {
    const recorded = closer === CLOSE_OBJECT && this.#drafts.length === this.#closers.length && this.#drafts.length < this.#levels;
    if (recorded) this.#drafts.push({ base: this.#drafts.length === 0 ? 0 : this.#at, members: [], key: "", start: 0, value: 0 });
    this.#closers.push(closer);
    this.#at++;
  }

  #close(): void {
    if (this.#drafts.length === this.#closers.length) this.#closed = this.#drafts.pop()?.members;
    this.#closers.pop();
    this.#at++;
  }

  /** The innermost open object, if it is one whose members are recorded. */
  get #draft(): Draft | undefined {
    return this.#drafts.length === this.#closers.length ? this.#drafts.at(-1) : undefined;
  }

  #record(): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    const { base, key, start, value } = draft;
    draft.members.push({ key, start: start - base, value: value - base, end: this.#at - base, members: this.#closed });
    this.#closed = undefined;
  }

  /** Reads a key and its colon. */
  #key(): void {
    if (this.#space() !== QUOTE) this.#fail();
    const start = this.#at;
    this.#string();
    const end = this.#at;
    if (this.#space() !== COLON) this.#fail();
    this.#at++;
    const draft = this.#draft;
    if (draft === undefined) return;
    this.#space();
    draft.key = knownKey(this.#bytes, start + 1, end - 1) ?? decode(this.#bytes.toString("utf8", start + 1, end - 1));
    draft.start = start;
    draft.value = this.#at;
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    const long = at + SHORT;
    for (;;) {
      if (at >= long) at = this.#skipPlain(at);
      const byte = bytes[at] ?? END;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) at += this.#escape(at);
      else if (byte >= 0x20) at++;
      else this.#fail(at);
    }
    this.#at = at + 1;
  }

  /** Four bytes at a time. */
  #skipPlain(from: number): number {
    const bytes = this.#bytes;
    const view = (this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    const last = bytes.length - 4;
    let at = from;
    while (at <= last && isPlain(view.getInt32(at, true))) at += 4;
    return at;
  }

  /** Length of the escape at this place. */
  #escape(at: number): number {
    const byte = this.#bytes[at + 1] ?? END;
    if (byte !== LOWER_U) return ESCAPED[byte] === 1 ? 2 : this.#fail(at);
    for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(this.#bytes[digit] ?? END)) this.#fail(at);
    return 6;
  }

  #scalar(byte: number): void {
    if (byte === MINUS || isDigit(byte)) return this.#number();
    const literal = LITERALS.get(byte);
    if (literal === undefined) return this.#fail();
    for (let index = 1; index < literal.length; index++) if (this.#bytes[this.#at + index] !== literal[index]) this.#fail();
    this.#at += literal.length;
  }

  #number(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] === MINUS) this.#at++;
    if (bytes[this.#at] === ZERO) this.#at++;
    else this.#digits();
    if (bytes[this.#at] === DOT) {
      this.#at++;
      this.#digits();
    }
    if (((bytes[this.#at] ?? END) | LETTER_CASE) !== LOWER_E) return;
    this.#at++;
    if (bytes[this.#at] === PLUS || bytes[this.#at] === MINUS) this.#at++;
    this.#digits();
  }

  /** One digit or more. */
  #digits(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (isDigit(bytes[at] ?? END)) at++;
    if (at === this.#at) this.#fail();
    this.#at = at;
  }

  /** Skips white space; the byte behind it, or END. */
  #space(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? END;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at] ?? END;
    return byte;
  }

  #fail(at: number = this.#at): never {
    const byte = this.#bytes[at];
    const what = byte === undefined ? "it ends too early" : `unexpected byte 0x${byte.toString(16).padStart(2, "0")}`;
    throw new ToolyardError("PARSE_ERROR", `The text is not JSON: ${what}, at byte ${at}.`);
  }
}

const LITERALS = new Map(["true", "false", "null"].map((text) => [text.charCodeAt(0), Buffer.from(text)]));

/** 1 for the bytes that may follow a backslash. */
const ESCAPED = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1;

/**
 * True when none of these four bytes of a string is a quote, a backslash or a control character: each of the three
 * terms sets the top bit of a byte that is one. It may be false without need, when a byte before it is one.
 */
function isPlain(four: number): boolean {
  const control = four - 0x20202020;
  const quote = (four ^ 0x22222222) - 0x01010101;
  const backslash = (four ^ 0x5c5c5c5c) - 0x01010101;
  return ((control | quote | backslash) & ~four & 0x80808080) === 0;
}

function decode(text: string): string {
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isHex(byte: number): boolean {
  const lower = byte | LETTER_CASE;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
