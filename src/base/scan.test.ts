import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ToolyardError } from "./errors.ts";
import { findMember, scan, scanHead, type Member } from "./scan.ts";

const bytesOf = (text: string): Buffer => Buffer.from(text, "utf8");

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof ToolyardError ? error.code : String(error);
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The object that the members say they are. */
function read(bytes: Buffer, members: readonly Member[]): unknown {
  const entries = members.map(({ key, value, end }): [string, unknown] => [key, JSON.parse(bytes.toString("utf8", value, end))]);
  return Object.fromEntries(entries);
}

/** JSON text in all its freedom: white space, escapes, equal keys, numbers of every shape. */
const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "\t"), maxLength: 2 });
const escaped = fc.constantFrom("\\n", '\\"', "\\\\", "\\u006d", "\\ud83d\\ude00", "\\/", "\\uD800");
const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "{", "}", "[", "]", ",", ":", "ä", "\u{1f600}", "\u2028") },
  escaped,
);
const text = fc.string({ unit: character, maxLength: 12 }).map((inner) => `"${inner}"`);
const keyText = fc.oneof(text, fc.constantFrom('"id"', '"i\\u0064"', '"name"', '"__proto__"', '"constructor"', '""'));
const scalar = fc.oneof(text, fc.constantFrom("true", "false", "null", "0", "-0", "1.5e+9", "-12E-3", "9007199254740993", "1e400", "0.10"));
const spaced = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(space, inner, space).map((parts) => parts.join(""));
const jsonText = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: spaced(fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("object"), tie("array"))),
  array: fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
  object: fc
    .array(fc.tuple(spaced(keyText), tie("value")), { maxLength: 5 })
    .map((members) => `{${members.map((member) => member.join(":")).join(",")}}`),
}));

describe("scan", () => {
  it("finds the members that JSON.parse finds, the last of equal keys", () => {
    fc.assert(
      fc.property(spaced(jsonText.object), (json) => {
        const bytes = bytesOf(json);
        const members = scan(bytes) ?? [];
        expect(read(bytes, members)).toEqual(JSON.parse(json));
        for (const { key, start, end } of members) {
          expect(JSON.parse(`{${bytes.toString("utf8", start, end)}}`)).toHaveProperty([key]);
          expect(findMember(members, key)?.end).toBeGreaterThanOrEqual(end);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("finds members of members, placed from the value that holds them", () => {
    fc.assert(
      fc.property(spaced(jsonText.object), (json) => {
        const bytes = bytesOf(json);
        for (const { value, end, members } of scan(bytes, 2) ?? []) {
          const inner = bytes.subarray(value, end);
          expect(members).toEqual(scan(inner));
        }
      }),
    );
  });

  it("takes what JSON.parse takes, and nothing else", () => {
    const broken = fc.tuple(jsonText.value, fc.nat(), fc.nat(3), fc.constantFrom(...Array.from('{}[],:"\\u0019-+.eEtrfan x\n\t\0ä')));
    fc.assert(
      fc.property(broken, ([json, place, cut, put]) => {
        const at = place % (json.length + 1);
        const candidate = json.slice(0, at) + (cut === 3 ? "" : put) + json.slice(at + cut);
        expect(codeOf(() => scan(bytesOf(candidate)))).toBe(parses(candidate) ? undefined : "PARSE_ERROR");
      }),
      { numRuns: 5000 },
    );
  });

  it("takes any bytes as JSON.parse takes their text, also such that are no UTF-8", () => {
    const piece = fc.oneof(fc.constantFrom('{"a":"', '"}', "\\", '"', "1", ","), fc.constant("\xff"), fc.constant("\xe2\x82"));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const bytes = Buffer.from(pieces.join(""), "latin1");
        expect(codeOf(() => scan(bytes))).toBe(parses(bytes.toString("utf8")) ? undefined : "PARSE_ERROR");
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "",
    " ",
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    "{,}",
    "[1,]",
    "[",
    "]",
    "01",
    "-",
    "1.",
    "1e",
    ".5",
    "+1",
    "NaN",
    "tru",
    "nul",
    "truex",
  ])("refuses %j", (json) => expect(codeOf(() => scan(bytesOf(json)))).toBe("PARSE_ERROR"));

  it.each([
    '"a',
    '"\\',
    '"\\x"',
    '"\\u12g4"',
    '"\\u123',
    '"a\nb"',
    '"\0"',
    '"abcdefgh\tijkl"',
    '{"a":1} x',
    "{a:1}",
    "{'a':1}",
    "\ufeff{}",
  ])("refuses the text %j", (json) => expect(codeOf(() => scan(bytesOf(json)))).toBe("PARSE_ERROR"));

  it("says where a text breaks", () => {
    expect(() => scan(bytesOf('{"a":1,"b":?}'))).toThrow("unexpected byte 0x3f, at byte 11");
    expect(() => scan(bytesOf('{"a":1,"b":'))).toThrow("it ends too early, at byte 11");
  });

  it.each(["[]", "1", '"{}"', "null", " true "])("knows that %s is no object", (json) => {
    expect(scan(bytesOf(json), 2)).toBeUndefined();
  });

  it("reads an escaped key as the key that it decodes to", () => {
    const members = scan(bytesOf('{"na\\u006de":1,"\\u005f_proto__":2}')) ?? [];
    expect(members.map((member) => member.key)).toEqual(["name", "__proto__"]);
  });

  it("finds every quote, backslash and control character, wherever it stands in a word", () => {
    const lengths = Array.from({ length: 12 }, (_, length) => length);
    const texts = ['\\"', "\\\\", "\n"].flatMap((special) =>
      lengths.flatMap((before) => lengths.map((after) => `{"k":"${"x".repeat(before)}${special}${"é".repeat(after)}","l":1}`)),
    );
    for (const json of texts) {
      const bytes = bytesOf(json);
      expect(codeOf(() => scan(bytes))).toBe(parses(json) ? undefined : "PARSE_ERROR");
      if (parses(json)) expect(read(bytes, scan(bytes) ?? [])).toEqual(JSON.parse(json));
    }
  });

  it.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("takes 100,000 nested %s", (_, open, close) => {
    const deep = open.repeat(100_000) + (open === "[" ? "" : "1") + close.repeat(100_000);
    const bytes = bytesOf(`{"id":1,"x":${deep},"y":2}`);
    expect(scan(bytes, 2)?.map((member) => member.key)).toEqual(["id", "x", "y"]);
    expect(codeOf(() => scan(bytesOf(open.repeat(100_000))))).toBe("PARSE_ERROR");
  });
});

describe("scanHead", () => {
  it("finds at every cut only members that the whole has", () => {
    fc.assert(
      fc.property(jsonText.object, (json) => {
        const bytes = bytesOf(json);
        const members = scan(bytes) ?? [];
        for (let cut = 0; cut <= bytes.length; cut++) {
          const head = scanHead(bytes.subarray(0, cut));
          expect(head).toMatchObject(members.slice(0, head.length).map(({ start, value, end, key }) => ({ start, value, end, key })));
        }
        expect(scanHead(bytes)).toHaveLength(members.length);
      }),
    );
  });

  it("does not take a number that is cut off for a whole one", () => {
    expect(scanHead(bytesOf('{"id":12'))).toEqual([]);
    expect(scanHead(bytesOf('{"id":12,"re'))).toMatchObject([{ key: "id", value: 6, end: 8 }]);
  });
});
