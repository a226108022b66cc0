import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import { questionFor } from "./downgrade.ts";

const form = (properties: JsonObject): Body =>
  Body.of({ mode: "form", message: "?", requestedSchema: { $schema: "x", type: "object", properties, required: ["a"] } });

describe("questionFor", () => {
  it.each(["2025-11-25", "2026-07-28"])("leaves a form as it is for %s", (version) => {
    const params = form({ a: { type: "array", items: { enum: ["x"] } } });
    expect(questionFor(version, "elicitation/create", params)).toBe(params);
  });

  it("leaves every other question as it is", () => {
    const params = Body.of({ messages: [] });
    expect(questionFor("2024-11-05", "sampling/createMessage", params)).toBe(params);
    expect(questionFor("2024-11-05", "roots/list", Body.empty)).toBe(Body.empty);
  });

  it("writes a form that 2025-06-18 can show", () => {
    const params = form({
      a: { type: "string", default: "x", title: "A" },
      b: { type: "boolean", default: true },
      c: {
        type: "string",
        oneOf: [
          { const: "r", title: "Red" },
          { const: "g", title: "Green" },
        ],
      },
    });
    expect(questionFor("2025-06-18", "elicitation/create", params)?.value).toEqual({
      message: "?",
      requestedSchema: {
        type: "object",
        required: ["a"],
        properties: {
          a: { type: "string", title: "A" },
          b: { type: "boolean", default: true },
          c: { type: "string", enum: ["r", "g"], enumNames: ["Red", "Green"] },
        },
      },
    });
  });

  it("cannot put a choice of several to 2025-06-18", () => {
    expect(questionFor("2025-06-18", "elicitation/create", form({ a: { type: "array" } }))).toBeUndefined();
  });

  it("takes the id of a link from modern clients alone", () => {
    const params = Body.of({ mode: "url", url: "https://example.com", elicitationId: "e1" });
    expect(questionFor("2026-07-28", "elicitation/create", params)?.value).toEqual({ mode: "url", url: "https://example.com" });
    expect(questionFor("2025-11-25", "elicitation/create", params)).toBe(params);
  });
});
