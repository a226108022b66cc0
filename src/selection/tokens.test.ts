import { expect, it } from "vitest";
import { tokensIn, tokensOf } from "./tokens.ts";

it.each([
  ["", 0],
  ["search", 1],
  ["listOpenIssues", 3],
  ["list_open_issues", 6],
  ["two words", 2],
  ["2025", 3],
  ["日本", 3],
])("%j is %i tokens", (text, tokens) => expect(tokensIn(text)).toBe(tokens));

it("counts what hosts show to models, and nothing beside it", () => {
  const tool = { name: "search", description: "Finds.", inputSchema: { type: "object" } };
  const more = { ...tool, _meta: { long: "x".repeat(10_000) }, outputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
  expect(tokensOf(more)).toBe(tokensOf(tool));
  expect(tokensOf(tool)).toBeGreaterThan(15);
  expect(tokensOf(tool)).toBeLessThan(30);
});
