import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineReader, oneLine } from "./lines.ts";

type Told = { line: string } | { head: string; size: number };

/** What a reader tells of these chunks, in order. */
function read(chunks: readonly Buffer[], limit = 1e6): Told[] {
  const told: Told[] = [];
  const reader = new LineReader({
    limit,
    line: (bytes) => told.push({ line: bytes.toString("latin1") }),
    oversize: (head, size) => told.push({ head: head.toString("latin1"), size }),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return told;
}

const lines = (...texts: string[]): Told[] => texts.map((line) => ({ line }));

/** The bytes cut at every position that `cuts` names. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

describe("LineReader", () => {
  it.each<[string, string, Told[]]>([
    ["one line", "a\n", lines("a")],
    ["many lines in one chunk", "a\nbb\nccc\n", lines("a", "bb", "ccc")],
    ["a last line without a line feed", "a\nb", lines("a", "b")],
    ["carriage returns before line feeds", "a\r\nb\r\n", lines("a", "b")],
    ["a carriage return inside a line", "a\rb\n", lines("a\rb")],
    ["empty lines", "\n\r\na\n\n\n", lines("a")],
    ["a byte order mark at the start", "\xef\xbb\xbfa\n\xef\xbb\xbfb\n", lines("a", "\xef\xbb\xbfb")],
    ["a byte order mark alone", "\xef\xbb\xbf\na\n", lines("a")],
    ["nothing", "", []],
    ["bytes that are no UTF-8", "\xff\xc3\n\x00\n", lines("\xff\xc3", "\x00")],
  ])("reads %s, cut anywhere", (_, text, expected) => {
    const bytes = Buffer.from(text, "latin1");
    expect(read([bytes])).toEqual(expected);
    for (let cut = 0; cut <= bytes.length; cut++) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    expect(read(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it("delivers every message once, in order, whatever the cuts", () => {
    const message = fc.json().map((text) => text.replaceAll(/[\r\n]/g, " "));
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), fc.constantFrom("\n", "\r\n"), (messages, cuts, lineEnd) => {
        const bytes = Buffer.from(messages.map((text) => text + lineEnd).join(""));
        const expected = messages.map((text) => Buffer.from(text).toString("latin1"));
        expect(read(cutAt(bytes, cuts))).toEqual(lines(...expected));
      }),
    );
  });

  it("drops a line over the limit, once, and goes on with the next", () => {
    const text = `ok\n${"x".repeat(11)}\nfine\n${"y".repeat(10)}\n${"z".repeat(30)}`;
    const expected = [
      { line: "ok" },
      { head: "x".repeat(11), size: 11 },
      { line: "fine" },
      { line: "y".repeat(10) },
      { head: "z".repeat(30), size: 30 },
    ];
    const heads = (told: Told[]): Told[] => told.map((one) => ("head" in one ? { head: one.head.slice(0, 11), size: one.size } : one));
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(heads(read([bytes.subarray(0, cut), bytes.subarray(cut)], 10))).toEqual(heads(expected));
    }
  });

  it("shows at most the first KiB of what it dropped, and holds no more than that", () => {
    const told: { head: Buffer; size: number }[] = [];
    const reader = new LineReader({ limit: 2000, line: () => undefined, oversize: (head, size) => told.push({ head, size }) });
    for (let n = 0; n < 1000; n++) reader.push(Buffer.alloc(1000, 0x61 + (n % 26)));
    expect(told).toEqual([]);
    reader.push(Buffer.from("\n"));
    expect(told).toHaveLength(1);
    expect(told[0]?.size).toBe(1_000_000);
    expect(told[0]?.head).toEqual(Buffer.from("a".repeat(1000) + "b".repeat(24)));
    expect(told[0]?.head.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
  });

  it("tells once of a line whose end may never come: at the limit, or where it began as a message at a multiple of it", () => {
    const told: number[] = [];
    const options = { line: () => undefined, oversize: () => undefined, endless: (size: number) => void told.push(size) };
    const reader = new LineReader({ limit: 10, ...options });
    for (let n = 0; n < 100; n++) reader.push(Buffer.from("abc"));
    expect(told).toEqual([12]);
    reader.push(Buffer.from(`\n{${"a".repeat(159)}\n{`));
    expect(told).toEqual([12]);
    for (let n = 0; n < 200; n++) reader.push(Buffer.from("a"));
    expect(told).toEqual([12, 161]);
  });

  it("hands whole lines on uncopied", () => {
    const chunk = Buffer.from("first\nsecond\n");
    const seen: Buffer[] = [];
    const reader = new LineReader({ limit: 100, line: (bytes) => seen.push(bytes), oversize: () => undefined });
    reader.push(chunk);
    expect(seen.map((line) => line.buffer)).toEqual([chunk.buffer, chunk.buffer]);
  });

  it("takes a long line byte by byte in about linear time", () => {
    const time = (size: number): number => {
      const byte = Buffer.from("a");
      const started = performance.now();
      expect(read([...Array.from({ length: size }, () => byte), Buffer.from("\n")])).toHaveLength(1);
      return performance.now() - started;
    };
    time(20_000);
    expect(time(400_000)).toBeLessThan(60 * Math.max(time(20_000), 5));
  });
});

describe("oneLine", () => {
  it.each([
    ["{}", "{}"],
    ['{\n  "a": 1\r\n}\n', '{   "a": 1  } '],
    ['"a\\nb"', '"a\\nb"'],
    ["", ""],
  ])("writes %j on one line", (message, line) => expect(oneLine(Buffer.from(message)).toString()).toBe(line));
});
