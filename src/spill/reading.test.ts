import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonValue } from "../base/json.ts";
import { parseQuery, type Query } from "./query.ts";
import { readPart } from "./reading.ts";
import type { Reading, Text } from "./window.ts";

const MOST = 4_096;

const ask = (more: Record<string, JsonValue>): Query => parseQuery(Body.of({ handle: "r", ...more }));
const json = (value: JsonValue, spaces = 0): Text => ({ kind: "json", bytes: Buffer.from(JSON.stringify(value, undefined, spaces)) });
const plain = (text: string): Text => ({ kind: "text", bytes: Buffer.from(text) });
const read = (text: Text, more: Record<string, JsonValue> = {}, most = MOST): Reading => readPart(text, ask(more), { most });

/** Follows what each answer says about how to go on. */
function readOn(text: Text, more: Record<string, JsonValue>, most: number): Buffer {
  const pieces: Buffer[] = [];
  let next: Record<string, JsonValue> = more;
  for (;;) {
    const { text: piece, about } = read(text, next, most);
    expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(Math.max(most, 8));
    pieces.push(Buffer.from(piece, about.includes("in base64") ? "base64" : "utf8"));
    const on = /Go on with "(offset|line|skip)": (\d+)/.exec(about);
    if (on === null) return Buffer.concat(pieces);
    next = { [on[1] ?? ""]: Number(on[2]) };
  }
}

const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: `Kunde ${id}`, city: id === 2_718 ? "Zürich" : "Bern" }));

describe("ranges", () => {
  it("give back any text exactly, whatever their size and the characters in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (text, most) => {
        expect(readOn(plain(text.toWellFormed()), { offset: 0 }, most).toString()).toBe(text.toWellFormed());
      }),
    );
  });

  it("give back any bytes exactly, in base64 where they are no text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 4, max: 50 }), (bytes, most) => {
        const whole: Text = { kind: "text", bytes: Buffer.from(bytes) };
        expect(readOn(whole, { offset: 0 }, most)).toEqual(whole.bytes);
      }),
    );
  });

  it("give back lines exactly, with their line ends", () => {
    const text = plain(Array.from({ length: 500 }, (_, index) => `line ${index + 1}${index % 3 ? "" : "\r"}`).join("\n"));
    expect(read(text, { line: 2, lines: 2 })).toEqual({ text: "line 2\nline 3\n", about: expect.stringContaining('"line": 4') });
    expect(readOn(text, { line: 1, lines: 40 }, 100)).toEqual(text.bytes);
  });

  it("are cut within a line that is too long, and go on there", () => {
    const text = plain("é".repeat(500_000));
    const { text: piece, about } = read(text, { line: 1, lines: 1 }, 1_001);
    expect([piece.length, about]).toEqual([500, expect.stringContaining('"offset": 1000.')]);
    expect(readOn(text, {}, 100_001)).toEqual(text.bytes);
  });

  it("begin and end with whole characters", () => {
    expect(read(plain("aé€𝄞b"), { offset: 2, length: 3 })).toEqual({ text: "é€", about: expect.stringContaining("Bytes 1 to 5 of 11") });
  });

  it.each([{ offset: 12 }, { offset: 1e12 }, { line: 3 }])("behind the end are refused: %o", (more) => {
    expect(() => read(plain("aé\n€𝄞b"), more)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("it has") }),
    );
  });
});

describe("pointers", () => {
  it("lead to a value as it was sent, and to a string's text", () => {
    const text: Text = {
      kind: "json",
      bytes: Buffer.from('{ "a/b": [ 1.0, {"~": 12345678901234567890 } ], "s": "x\\n\\u00e9", "s": "last" }'),
    };
    expect(read(text, { pointer: "/a~1b/1" }).text).toBe('{"~": 12345678901234567890 }');
    expect(read(text, { pointer: "/a~1b/0" }).text).toBe("1.0");
    expect(read(text, { pointer: "/s" }).text).toBe("last");
    expect(read(text, { pointer: "" }).text).toBe(text.bytes.toString());
  });

  it("agree with JSON.parse on every value there is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 2), (value, spaces) => {
        for (const [pointer, expected] of everyPointer(value)) {
          const { text } = read(json(value, spaces), { pointer }, 1e6);
          if (typeof expected === "string" && expected.isWellFormed()) expect(text).toBe(expected);
          else expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(expected)));
        }
      }),
    );
  });

  it("say how far they lead, and what is there", () => {
    expect(() => read(json({ rows }), { pointer: "/rows/3000/name" })).toThrow('"/rows" has no "3000": it is an array of 3000.');
    expect(() => read(json({ rows, page: 1 }), { pointer: "/row" })).toThrow("an object with rows, page");
    expect(() => read(json({ rows, page: 1 }), { pointer: "rows" })).toThrow('begins with "/"');
    expect(() => read(plain("x"), { pointer: "/a" })).toThrow("text and no JSON");
  });

  it("give the elements of a large array whole, page by page", () => {
    const found: unknown[] = [];
    for (let skip = 0; ;) {
      const { text, about } = read(json({ rows }), { pointer: "/rows", skip });
      found.push(...(JSON.parse(text) as unknown[]));
      expect(text.length).toBeLessThanOrEqual(MOST);
      const next = /"skip": (\d+)/.exec(about)?.[1];
      if (next === undefined) break;
      skip = Number(next);
    }
    expect(found).toEqual(rows);
  });

  it("give the shape of what is too large, and ranges within it", () => {
    const { text, about } = read(json({ rows }));
    expect([text, about]).toEqual([expect.stringContaining("/rows: array of 3000"), expect.stringContaining('"offset": 0')]);
    expect(read(json({ rows }), { pointer: "/rows", offset: 0, length: 10 }).text).toBe('[{"id":0,"');
    const long = { one: "x".repeat(10_000) };
    expect(read(json([long, 2]), {}).text).toContain("/one");
  });
});

describe("searches", () => {
  it("give the pointer, by which the rest of the row is read", () => {
    const { text, about } = read(json({ rows }), { search: "Zürich" });
    expect(text).toContain('pointer "/rows/2718/city"');
    expect(about).toContain("Matches 1 to 1 of 1.");
    expect(read(json({ rows }), { pointer: "/rows/2718" }).text).toBe(JSON.stringify(rows[2_718]));
  });

  it("find what JSON writes in another way", () => {
    const text: Text = { kind: "json", bytes: Buffer.from('{"a":"Z\\u00fcrich","b":"say \\"hello\\""}') };
    expect(read(text, { search: "Zürich" }).text).toContain('pointer "/a"');
    expect(read(text, { search: 'say "hello"' }).text).toContain('pointer "/b"');
  });

  it("count all, and go on where they stopped", () => {
    const text = plain("an apple\n".repeat(1_000));
    const first = read(text, { search: "apple" });
    expect(first.about).toContain('Matches 1 to 20 of 1000. Go on with "skip": 20.');
    expect(read(text, { search: "apple", skip: 20 }).text).toContain("line 21, offset 183:");
    expect(() => read(text, { search: "apple", skip: 1_000 })).toThrow("There are 1000 matches");
    expect(read(text, { search: "pear" }).about).toContain("not in it");
  });

  it("by a pattern give the same places", () => {
    const text = plain("é one\nü two\n\u{1d11e} three two\n");
    expect(read(text, { regex: "^\\S two$|t(h)ree", context: 0 }).text).toBe("line 2, offset 7: …ü two…\nline 3, offset 19: …three…");
    expect(read(text, { regex: "$", context: 0 }).about).toContain("Matches 1 to 4");
    expect(() => read(text, { regex: "(" })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENTS" }));
  });

  it("stay within what was chosen", () => {
    expect(read(json({ a: ["x"], b: ["x"] }), { pointer: "/b", search: "x" }).text).toContain('pointer "/b/0"');
    expect(read(plain("x\nx\nx"), { search: "x", line: 2, lines: 1 }).about).toContain("of 1.");
  });

  it("survive values nested without end", () => {
    const deep = `${"[".repeat(100_000)}"x"${"]".repeat(100_000)}`;
    expect(read({ kind: "json", bytes: Buffer.from(deep) }, { search: "x" }).text).toContain("/0/0/0");
  });
});

it("refuses what is no query, and takes numbers that are written as texts", () => {
  const wrong: Record<string, JsonValue>[] = [
    { handle: 1 },
    { offset: -1 },
    { line: 0 },
    { search: "" },
    { search: "a", regex: "b" },
    { pointer: 1 },
    { skip: 1.5 },
  ];
  for (const more of wrong) expect(() => ask(more)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENTS" }));
  expect(() => parseQuery(Body.of({}))).toThrow("`handle` is missing");
  expect(ask({ offset: "12", pointer: null })).toMatchObject({ offset: 12, pointer: undefined, part: 1 });
});

function everyPointer(value: JsonValue, path = ""): [string, JsonValue][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const children = Object.entries(value).flatMap(([key, child]) =>
    everyPointer(child ?? null, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
  return [[path, value], ...children];
}
