import { isObject, type JsonObject, type JsonValue } from "./json.ts";
import { findMember, scan, valueAt, type Member } from "./scan.ts";

/** What a member of a {@link Body} can be replaced by; undefined removes it. */
export type Change = Body | JsonValue | undefined;

/** How a body differs from another one: members by key, undefined for those that are gone. */
interface Edit {
  readonly base: Body;
  readonly changes: ReadonlyMap<string, Body | undefined>;
}

/** What a body is made of: one of the first three, the members beside bytes where they are known already. */
interface Content {
  readonly bytes?: Buffer;
  readonly value?: JsonValue;
  readonly edit?: Edit;
  readonly members?: readonly Member[] | undefined;
}

const NO_OBJECT = Buffer.from("{}");
const COMMA = Buffer.from(",");

/**
 * A JSON value that travels: kept as the bytes that came, or as the value that was made, and turned into the
 * other only when somebody asks. Immutable. What {@link Body.with} does not name stays byte for byte as it came:
 * white space, numbers that JavaScript would round, the order of keys.
 */
export class Body {
  #bytes: Buffer | undefined;
  #value: JsonValue | undefined;
  /** True where the value is an object. */
  get isObject(): boolean {
    if (this.#value !== undefined) return isObject(this.#value);
    return this.#edit !== undefined || this.members !== undefined;
  }

  /** Where the members stand in the bytes; null when the bytes are no object. */
  #members: readonly Member[] | null | undefined;
  readonly #edit: Edit | undefined;
  /** Members that were parsed already, where that was dear. */
  #parsed: Map<string, JsonValue> | undefined;

  private constructor({ bytes, value, edit, members }: Content) {
    this.#bytes = bytes;
    this.#value = value;
    this.#edit = edit;
    this.#members = members;
  }

  /** A body of the bytes of one JSON value, which are trusted to be valid JSON. */
  static from(bytes: Buffer): Body {
    return new Body({ bytes });
  }

  /** A body of a value that is ours. */
  static of(value: JsonValue): Body {
    return new Body({ value });
  }

  /** A body of the value of a member that {@link scan} found in these bytes. */
  static ofMember(bytes: Buffer, { value, end, members }: Member): Body {
    return new Body({ bytes: bytes.subarray(value, end), members });
  }

  static readonly empty: Body = Body.of({});

  /** The value as UTF-8 JSON text. */
  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.concat(this.parts));
  }

  /** The same text in pieces, for whoever copies it anyway. */
  get parts(): readonly Buffer[] {
    if (this.#bytes !== undefined) return [this.#bytes];
    return this.#edit === undefined ? [Buffer.from(JSON.stringify(this.#value))] : splice(this.#edit);
  }

  /** The parsed value; to be read only. */
  get value(): JsonValue {
    return (this.#value ??= this.#edit === undefined ? (JSON.parse(this.bytes.toString("utf8")) as JsonValue) : merge(this.#edit));
  }

  /** The parsed value when it is an object, else an empty one. */
  get object(): JsonObject {
    return isObject(this.value) ? this.value : {};
  }

  /** Where the members stand in {@link Body.bytes}; undefined when the value is no object. */
  get members(): readonly Member[] | undefined {
    if (this.#members === undefined) this.#members = scan(this.bytes) ?? null;
    return this.#members ?? undefined;
  }

  /** One top-level member, parsed; undefined when there is none. */
  get(key: string): JsonValue | undefined {
    if (this.#value === undefined) return this.#read(key);
    return isObject(this.#value) && Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  #read(key: string): JsonValue | undefined {
    if (this.#bytes === undefined) return this.member(key)?.value;
    const known = this.#parsed?.get(key);
    if (known !== undefined) return known;
    const member = findMember(this.members, key);
    if (member === undefined) return undefined;
    const value = valueAt(this.#bytes, member);
    if (isObject(value)) (this.#parsed ??= new Map()).set(key, value);
    return value;
  }

  /** One top-level member as a body of its own; undefined when there is none. */
  member(key: string): Body | undefined {
    if (this.#edit?.changes.has(key)) return this.#edit.changes.get(key);
    if (this.#edit !== undefined) return this.#edit.base.member(key);
    if (this.#bytes === undefined) return bodyOf(this.get(key));
    const member = findMember(this.members, key);
    return member && Body.ofMember(this.#bytes, member);
  }

  /**
   * A copy in which the named top-level members are replaced, added or (undefined) removed; all other bytes stay as
   * they are, but for members that a later one of the same key supersedes: they are left out, so that no two
   * readers of the copy can disagree. A value that is no object counts as an empty one.
   */
  with(changes: Readonly<Record<string, Change>>): Body {
    const base = this.#edit?.base ?? this;
    const merged = new Map(this.#edit?.changes);
    for (const key of Object.keys(changes)) {
      const change = changes[key];
      merged.set(key, change instanceof Body ? change : bodyOf(change));
    }
    return new Body({ edit: { base, changes: merged } });
  }

  /** The same without the members that a later one of the same key supersedes. */
  distinct(): Body {
    const { members = [] } = this;
    return areDistinct(members) ? this : this.with({});
  }
}

/** Few enough to be compared one by one; more are put into a set. */
const FEW = 8;

function areDistinct(members: readonly Member[]): boolean {
  if (members.length > FEW) return new Set(members.map(({ key }) => key)).size === members.length;
  for (const [index, { key }] of members.entries()) if (findMember(members, key) !== members[index]) return false;
  return true;
}

function bodyOf(value: JsonValue | undefined): Body | undefined {
  return value === undefined ? undefined : Body.of(value);
}

/** The base's value with the changes put in; by entries, so that `__proto__` is a key like any other. */
function merge({ base, changes }: Edit): JsonObject {
  const entries = new Map<string, JsonValue | undefined>(Object.entries(base.object));
  for (const [key, change] of changes) {
    if (change === undefined) entries.delete(key);
    else entries.set(key, change.value);
  }
  return Object.fromEntries(entries);
}

/** The base's text with the changes put in. Each member keeps what stood before it, unless it has become the first. */
function splice({ base, changes }: Edit): Buffer[] {
  const bytes = base.members === undefined ? NO_OBJECT : base.bytes;
  const members = base.members ?? [];
  const counts = countingOf(members);
  let end = members[0]?.start ?? bytes.indexOf("{") + 1;
  const parts = [bytes.subarray(0, end)];
  const add = (separator: Buffer, ...member: readonly Buffer[]): void => {
    if (parts.length > 1) parts.push(separator);
    parts.push(...member);
  };
  for (const member of members) {
    const separator = bytes.subarray(end, member.start);
    end = member.end;
    if (!counts(member)) continue;
    const change = changes.get(member.key);
    if (change !== undefined) add(separator, bytes.subarray(member.start, member.value), ...change.parts);
    else if (!changes.has(member.key)) add(separator, bytes.subarray(member.start, end));
  }
  for (const [key, change] of added(changes, members)) add(COMMA, Buffer.from(`${JSON.stringify(key)}:`), ...change.parts);
  return [...parts, bytes.subarray(end)];
}

/** Tells of each member whether it is the last one of its key. */
function countingOf(members: readonly Member[]): (member: Member) => boolean {
  if (areDistinct(members)) return () => true;
  const last = new Map(members.map((member) => [member.key, member]));
  return (member) => last.get(member.key) === member;
}

/** The changes that replace nothing. */
function* added(changes: Edit["changes"], members: readonly Member[]): Generator<[string, Body]> {
  for (const [key, change] of changes) if (change !== undefined && findMember(members, key) === undefined) yield [key, change];
}
