import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aboutOf, signatureOf } from "./signature.ts";

const tool = (properties: object, required: unknown = []) =>
  ({ name: "t", inputSchema: { type: "object", properties, required } }) as never;

describe("a signature", () => {
  it.each([
    [{}, [], "t()"],
    [{ a: { type: "string" }, b: { type: "integer" } }, ["b"], "t(b: integer, a?: string)"],
    [{ a: { type: "array", items: { type: "string" } } }, ["a"], "t(a: string[])"],
    [{ a: { enum: ["open", "closed"] }, b: { const: 1 } }, ["a", "b"], 't(a: "open" | "closed", b: 1)'],
    [
      { a: { type: ["string", "null"] }, b: { anyOf: [{ type: "number" }, { type: "string" }] } },
      ["a", "b"],
      "t(a: string | null, b: number | string)",
    ],
    [{ a: { type: "object", properties: { x: {}, y: {} }, required: ["x"] } }, ["a"], "t(a: {x, …})"],
    [{ a: true, "b c": {} }, ["a", "b c"], 't(a: any, "b c": any)'],
    [{}, ["ghost"], "t(ghost: any)"],
    [{}, "a", "t()"],
  ])("of %j with %j is %s", (properties, required, text) => expect(signatureOf(tool(properties, required))).toBe(text));

  it("never leaves out a required parameter, however many there are and whatever they are called", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 80 });
    fc.assert(
      fc.property(names, names, (required, free) => {
        const properties = Object.fromEntries(
          [...required, ...free].map((name) => [name, { type: "string", description: "x".repeat(99) }]),
        );
        const text = signatureOf(tool(properties, required));
        for (const name of required) expect(text.includes(name) || text.includes(JSON.stringify(name))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("says how many optional ones it has no room for", () => {
    const properties = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`parameter_${index}`, { type: "string" }]));
    expect(signatureOf(tool(properties))).toMatch(/^t\(parameter_0\?: string, .*, \+\d\d\)$/);
    expect(signatureOf(tool(properties)).length).toBeLessThan(200);
  });
});

describe("what a tool is for", () => {
  it.each([
    ["Finds things. Then more.", "Finds things. Then more."],
    ["Finds the things that you are looking for. Then more.", "Finds the things that you are looking for."],
    ["Two\nlines \u202e turned\u0007", "Two lines turned"],
    ["", ""],
  ])("of %j is %j", (description, about) => expect(aboutOf({ description })).toBe(about));

  it("is not long, and is cut at a word", () => {
    const about = aboutOf({ description: "word ".repeat(200) });
    expect(about.length).toBeLessThanOrEqual(180);
    expect(about).toMatch(/word…$/);
  });
});
