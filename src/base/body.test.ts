import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "./body.ts";
import { isObject, type JsonObject, type JsonValue } from "./json.ts";

const from = (json: string): Body => Body.from(Buffer.from(json));
const textOf = (body: Body | undefined): string | undefined => body?.bytes.toString("utf8");

/** Both forms of one value. */
const forms = (value: JsonValue): Body[] => [Body.of(value), from(JSON.stringify(value)), from(JSON.stringify(value, null, 2))];

const plainKey = fc.constantFrom("a", "b", "c", "__proto__", "constructor", "toString");
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const objectOf = (value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc.array(fc.tuple(plainKey, value)).map((entries) => Object.fromEntries<JsonValue>(entries));
const changes = fc
  .array(fc.tuple(plainKey, fc.option(json, { nil: undefined })))
  .map((entries) => Object.fromEntries<JsonValue | undefined>(entries));

function modified(base: JsonValue, made: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const entries = new Map(Object.entries(isObject(base) ? base : {}));
  for (const [key, change] of Object.entries(made)) {
    if (change === undefined) entries.delete(key);
    else entries.set(key, change);
  }
  return Object.fromEntries(entries);
}

describe("Body", () => {
  it("keeps the bytes that came", () => {
    const bytes = Buffer.from('{ "n" : 9007199254740993, "n2": 1e400, "s": "\\u0041" }');
    const body = Body.from(bytes);
    expect(body.value).toEqual({ n: 9007199254740992, n2: Infinity, s: "A" });
    expect(body.bytes).toBe(bytes);
    expect(body.member("n")?.bytes.buffer).toBe(bytes.buffer);
  });

  it.each<[string, Record<string, JsonValue | Body | undefined>, string]>([
    ['{"a":1,"b":2}', { a: 9 }, '{"a":9,"b":2}'],
    ['{ "a" : 1 ,\n "b" : 9007199254740993 }', { a: "x" }, '{ "a" : "x" ,\n "b" : 9007199254740993 }'],
    ['{ "a": 1,\n  "b": 2,\n  "c": 3 }', { a: undefined }, '{ "b": 2,\n  "c": 3 }'],
    ['{ "a": 1,\n  "b": 2,\n  "c": 3 }', { b: undefined }, '{ "a": 1,\n  "c": 3 }'],
    ['{ "a": 1,\n  "b": 2,\n  "c": 3 }', { c: undefined }, '{ "a": 1,\n  "b": 2 }'],
    ['{ "a": 1 }', { a: undefined }, "{  }"],
    ['{ "a": 1 }', { a: undefined, b: 2 }, '{ "b":2 }'],
    ['{ "a": 1 }', { b: 2, c: 3 }, '{ "a": 1,"b":2,"c":3 }'],
    ["{ }", { a: 1 }, '{"a":1 }'],
    ['{"na\\u006de":1}', { name: 2 }, '{"na\\u006de":2}'],
    ['{"a":1,"b":2,"\\u0061":3}', {}, '{"b":2,"\\u0061":3}'],
    ['{"a":1,"b":2,"a":3}', { a: 4 }, '{"b":2,"a":4}'],
    ['{"a":1,"b":2,"a":3}', { a: undefined }, '{"b":2}'],
    ["{}", { a: from("1e400") }, '{"a":1e400}'],
    ['{"a":{"b":1e400}}', { a: from('{"b":1e400}').with({ c: 1 }) }, '{"a":{"b":1e400,"c":1}}'],
    ["[1]", { a: 1 }, '{"a":1}'],
    ["{}", { ["__proto__"]: { x: 1 } }, '{"__proto__":{"x":1}}'],
    ['{"__proto__":1,"b":2}', { ["__proto__"]: undefined }, '{"b":2}'],
  ])("%s with %j becomes %s", (base, made, expected) => {
    const before = from(base);
    expect(textOf(before.with(made))).toBe(expected);
    expect(textOf(before)).toBe(base);
  });

  it("changes as parsing, changing and writing would", () => {
    fc.assert(
      fc.property(fc.oneof(objectOf(json), json), changes, changes, (base, first, second) => {
        const expected = modified(modified(base, first), second);
        for (const body of forms(base)) {
          const changed = body.with(first).with(second);
          expect(JSON.parse(textOf(changed) ?? "")).toEqual(expected);
          expect(body.with(first).with(second).value).toEqual(expected);
          for (const key of ["a", "b", "__proto__", "constructor", "absent"]) {
            const wanted = Object.hasOwn(expected, key) ? expected[key] : undefined;
            expect(changed.get(key)).toEqual(wanted);
            expect(changed.member(key)?.value).toEqual(wanted);
            expect(from(textOf(changed) ?? "").get(key)).toEqual(wanted);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("leaves every byte that it does not change", () => {
    const member = fc.tuple(
      plainKey,
      json.map((value) => JSON.stringify(value, null, 1)),
    );
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ([key]) => key }), plainKey, json, (members, key, value) => {
        const write = (changed: boolean): string =>
          `{ ${members.map(([name, text]) => `"${name}"\t: ${changed && name === key ? JSON.stringify(value) : text}`).join(" ,\n")} }`;
        fc.pre(members.some(([name]) => name === key));
        expect(textOf(from(write(false)).with({ [key]: value }))).toBe(write(true));
      }),
    );
  });

  it("drops what a later member supersedes only where there is such a member", () => {
    const plain = from('{ "a": 1 }');
    expect(plain.distinct()).toBe(plain);
    expect(textOf(from('{"a":1,"b":[],"a":2}').distinct())).toBe('{"b":[],"a":2}');
    expect(textOf(from("[1,1]").distinct())).toBe("[1,1]");
  });

  it("never touches a prototype", () => {
    const body = from('{"__proto__":{"admin":true}}').with({ a: 1 });
    expect(Object.getPrototypeOf(body.object)).toBe(Object.prototype);
    expect(body.get("admin")).toBeUndefined();
    expect(body.get("toString")).toBeUndefined();
    expect(body.member("hasOwnProperty")).toBeUndefined();
    expect(body.get("__proto__")).toEqual({ admin: true });
  });

  it("splices beside 100,000 nested arrays", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(textOf(from(`{"x":${deep},"name":"a"}`).with({ name: "b" }))).toBe(`{"x":${deep},"name":"b"}`);
  });

  it("reads null, arrays and scalars without members", () => {
    for (const text of ["null", "[1]", '"a"', "5"]) {
      expect(from(text).members).toBeUndefined();
      expect(from(text).get("0")).toBeUndefined();
      expect(from(text).object).toEqual({});
    }
  });
});
