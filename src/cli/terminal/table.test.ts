import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, textOf, type Word } from "./output.ts";
import { table } from "./table.ts";
import { clean, cleanLines, fit, widthOf, wrap } from "./text.ts";

const line = (words: readonly Word[]): string => words.map(textOf).join("").trimEnd();

describe("a table", () => {
  const columns = [{ title: "NAME" }, { title: "N", right: true }, { title: "TEXT", flexible: true }];
  const rows = [
    ["a", "1", "short"],
    [paint("red", "longer"), "22", "some words that may be cut"],
  ];

  it("is as wide as its cells where there is room, numbers at the right", () => {
    expect(table(columns, rows, 80).map(line)).toEqual(["NAME     N  TEXT", "a        1  short", "longer  22  some words that may be cut"]);
  });

  it("cuts the flexible column, and keeps colours", () => {
    const cut = table(columns, rows, 26);
    expect(cut.map(line)).toEqual(["NAME     N  TEXT", "a        1  short", "longer  22  some words th…"]);
    expect(cut[2]?.find((word) => typeof word !== "string")).toEqual(paint("red", "longer"));
  });

  it("leaves out a column that is empty everywhere", () => {
    expect(table([{ title: "A" }, { title: "B" }, { title: "C" }], [["a", "", "c"]], 80).map(line)).toEqual(["A  C", "a  c"]);
  });

  it("never exceeds the terminal, whatever stands in the flexible cells", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.string({ unit: "grapheme", maxLength: 200 })), { minLength: 1 }),
        (cells) => {
          for (const words of table([{ title: "NAME" }, { title: "TEXT", flexible: true }], cells, 40)) {
            expect(widthOf(words.map(textOf).join(""))).toBeLessThanOrEqual(40);
          }
        },
      ),
    );
  });
});

describe("foreign text", () => {
  const ESC = "\u001b";

  it("loses what steers a terminal, and becomes one line", () => {
    expect(clean(`a${ESC}[2Jb${ESC}]0;title\u0007c\u009b31md`)).toBe("abcd");
    expect(clean("first\r\n\tsecond \n third\u0000\u0008")).toBe("first second third");
    expect(clean("a\u202egnp.exe\u2066 \u2028")).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028]/);
    expect(cleanLines(`a\tb\n${ESC}[31mred${ESC}[0m\r`)).toBe("a\tb\nred");
  });

  it("never keeps a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(clean(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(cleanLines(text)).not.toMatch(/[^\P{Cc}\t\n]/u);
      }),
    );
  });

  it("is as wide as a terminal shows it", () => {
    expect(["abc", "漢字", "🎉", "e\u0301", "한"].map(widthOf)).toEqual([3, 4, 2, 1, 2]);
    expect([fit("漢字漢字", 5), fit("ab", 4), fit("漢字", 3)]).toEqual(["漢字…", "ab  ", "漢…"]);
  });

  it("is broken between words", () => {
    expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
    expect(wrap("a-word-that-is-too-long x", 5)).toEqual(["a-word-that-is-too-long", "x"]);
  });
});
