import { describe, expect, it } from "vitest";
import { checkCalls, checkText, type Answer, type MadeCall } from "./assistant.ts";

const made = (server: string, tool: string, ok = true): MadeCall => ({ server, tool, ok, ms: 1, arguments: {}, result: { content: [] } });
const answer: Answer = { text: "4 orders failed", calls: [made("database", "query"), made("monitoring", "query", false)] };

describe("what an answer rests on", () => {
  it("is right in any order", () => {
    checkCalls(answer, ["monitoring/query!", "database/query"]);
  });

  it.each([
    ["a call to the wrong server", ["database/query", "crm/query!"]],
    ["an error that was none", ["database/query!", "monitoring/query!"]],
    ["a missing call", ["database/query"]],
    ["a call too many", ["database/query", "database/query", "monitoring/query!"]],
  ])("is wrong with %s", (_, expected) => {
    expect(() => checkCalls(answer, expected)).toThrow("made were database/query, monitoring/query!.");
  });

  it("must be said", () => {
    checkText(answer, ["4 orders"]);
    expect(() => checkText(answer, ["4 orders", "5 orders"])).toThrow('The answer should say "5 orders".');
  });
});
