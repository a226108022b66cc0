import { describe, expect, it } from "vitest";
import { previewJson } from "./preview-json.ts";
import { previewText } from "./preview-text.ts";
import { shapeOf } from "./shape.ts";

const text = (value: string, room = 2_000): string => previewText(Buffer.from(value), room);
const json = (value: unknown, room = 2_000): string => previewJson(Buffer.from(JSON.stringify(value)), room);

describe("a preview", () => {
  it("of a text has its first and last lines, and how many there are", () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `2026-01-01 line ${index}`).join("\n");
    expect(text(lines)).toMatch(/^text, 5000 lines, .* KB\n2026-01-01 line 0\n[^]*\n… 49\d\d lines …\n[^]*line 4999$/);
  });

  it("of one endless line has its beginning and its end", () => {
    const shown = text(`begin ${"x".repeat(1_000_000)} end`);
    expect([shown.length < 2_500, shown.includes("begin x"), shown.endsWith("x end")]).toEqual([true, true, true]);
  });

  it("of a table has its columns and first rows", () => {
    const csv = ["id,name,city", ...Array.from({ length: 900 }, (_, id) => `${id},"Last, First",Bern`)].join("\n");
    expect(text(csv)).toMatch(/^CSV of 3 columns, 901 lines[^]*\nid,name,city\n0,"Last, First",Bern\n[^]*899,"Last, First",Bern$/);
    const ndjson = Array.from({ length: 900 }, (_, id) => JSON.stringify({ id, ...(id % 2 ? { late: true } : {}) })).join("\n");
    expect(text(ndjson)).toContain("NDJSON, each line { id: number; late?: boolean }, 900 lines");
  });

  it("of JSON leads to where the rows are, and shows them as they were sent", () => {
    const shown = json({ data: { result: { rows: Array.from({ length: 5_000 }, (_, id) => ({ id })) } }, ok: true });
    expect(shown).toContain("/data/result/rows: array of 5000");
    expect(shown).toContain('/data/result/rows/4999 = {"id":4999}');
    expect(previewJson(Buffer.from(`[${"12345678901234567890,".repeat(900)}1.0]`), 2_000)).toContain("/0 = 12345678901234567890");
  });

  it("stays within its room, whatever it is of", () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key-${index}`, "x".repeat(50)]));
    for (const room of [600, 2_000, 8_000]) {
      expect(json(wide, room).length).toBeLessThan(room + 100);
      expect(json([[["x".repeat(90_000)]]], room).length).toBeLessThan(room + 500);
      expect(text("\u0000\u0007\ud800".repeat(90_000), room).length).toBeLessThan(room + 300);
    }
  });
});

it("types are merged over all values", () => {
  expect(
    shapeOf([
      { a: 1, b: null },
      { a: "x", c: [1, "y"] },
    ]),
  ).toBe("{ a: number | string; b?: null; c?: (number | string)[] }");
  expect(shapeOf([{ a: { b: { c: { d: { e: 1 } } } } }])).toBe("{ a: { b: { c: { d: object } } } }");
});
