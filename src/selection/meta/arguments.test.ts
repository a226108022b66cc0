import { expect, it } from "vitest";
import type { JsonObject } from "../../base/json.ts";
import { faultsIn } from "./arguments.ts";

const schema: JsonObject = {
  type: "object",
  properties: {
    name: { type: "string" },
    count: { type: "integer" },
    any: {},
    either: { type: ["string", "null"] },
    odd: { type: "file" },
  },
  required: ["name"],
};

it.each<[JsonObject, JsonObject | undefined, string[]]>([
  [{ name: "a" }, schema, []],
  [{ name: "a", count: 2, any: [1], either: null, odd: 1, more: true }, schema, []],
  [{}, schema, ['"name" is missing.']],
  [{ name: 1, count: 1.5 }, schema, ['"name" must be string.', '"count" must be integer.']],
  [{ name: "a", either: 1 }, schema, ['"either" must be string or null.']],
  [{ name: "a", nmae: "b" }, { ...schema, additionalProperties: false }, ['"nmae" is not one of its parameters.']],
  [{ name: "a", x_1: "b" }, { ...schema, additionalProperties: false, patternProperties: { "^x_": {} } }, []],
  [{}, { required: ["toString"] }, ['"toString" is missing.']],
  [{ a: 1 }, undefined, []],
  [{ a: 1 }, { properties: null, required: "a" }, []],
])("%j against a schema: faults are only what it says outright", (args, inputSchema, faults) => {
  expect(faultsIn(args, inputSchema)).toEqual(faults);
});
