import { describe, expect, it } from "vitest";
import { checkable } from "./checkable.ts";

describe("checkable", () => {
  it("moves regular expressions into descriptions, at every depth", () => {
    const schema = {
      type: "object",
      properties: {
        code: { type: "string", description: "A code.", pattern: "^(a+)+$" },
        list: { type: "array", items: { anyOf: [{ type: "string", pattern: "(" }] } },
      },
    };
    expect(checkable(schema)).toEqual({
      type: "object",
      properties: {
        code: { type: "string", description: "A code. (pattern: ^(a+)+$)" },
        list: { type: "array", items: { anyOf: [{ type: "string", description: "(pattern: ()" }] } },
      },
    });
  });

  it("keeps arguments that are called so, and data that looks so", () => {
    const schema = { properties: { pattern: { type: "string" }, patternProperties: { enum: [{ pattern: "x" }] } } };
    expect(checkable(schema)).toEqual(schema);
  });

  it("forbids no properties that a pattern allowed", () => {
    expect(checkable({ type: "object", patternProperties: { "^x-": {} }, additionalProperties: false })).toEqual({ type: "object" });
  });
});
