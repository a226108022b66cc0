import { isObject, type JsonObject, type JsonValue } from "./json.ts";

/** What a member of a {@link Body} can be replaced by; undefined removes it. */
export type Change = Body | JsonValue | undefined;

/**
 * A JSON value that travels: kept as the bytes that came, or as the value that was made, and turned into the
 * other only when somebody asks. Immutable; members are replaced by {@link Body.with}, which copies.
 */
export class Body {
  #bytes: Buffer | undefined;
  #value: JsonValue | undefined;

  private constructor(bytes: Buffer | undefined, value: JsonValue | undefined) {
    this.#bytes = bytes;
    this.#value = value;
  }

  /** A body of the bytes of one JSON value, which are trusted to be valid JSON. */
  static from(bytes: Buffer): Body {
    return new Body(bytes, undefined);
  }

  /** A body of a value that is ours. */
  static of(value: JsonValue): Body {
    return new Body(undefined, value);
  }

  static readonly empty: Body = Body.of({});

  /** The value as UTF-8 JSON text. */
  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(JSON.stringify(this.#value)));
  }

  /** The parsed value; to be read only. */
  get value(): JsonValue {
    return (this.#value ??= JSON.parse(this.bytes.toString("utf8")) as JsonValue);
  }

  /** The parsed value when it is an object, else an empty one. */
  get object(): JsonObject {
    return isObject(this.value) ? this.value : {};
  }

  /** One top-level member, parsed; undefined when there is none. */
  get(key: string): JsonValue | undefined {
    const object = this.object;
    return Object.hasOwn(object, key) ? object[key] : undefined;
  }

  /** One top-level member as a body of its own; undefined when there is none. */
  member(key: string): Body | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : Body.of(value);
  }

  /** A copy in which the named top-level members are replaced, added or (undefined) removed; all other bytes stay as they are. */
  with(changes: Readonly<Record<string, Change>>): Body {
    const copy: JsonObject = { ...this.object };
    for (const [key, change] of Object.entries(changes)) {
      if (change === undefined) delete copy[key];
      else copy[key] = change instanceof Body ? change.value : change;
    }
    return Body.of(copy);
  }
}
