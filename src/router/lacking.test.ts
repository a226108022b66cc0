import { expect, it } from "vitest";
import type { Caller } from "../base/call.ts";
import type { JsonObject } from "../base/json.ts";
import { lackingAnswer } from "./lacking.ts";

const caller = (era: Caller["era"], capabilities: JsonObject = {}): Caller => ({
  identity: "local",
  era,
  protocolVersion: "",
  capabilities,
});
const missing = { code: -32021, message: "no", data: { requiredCapabilities: { elicitation: {} } } };

it("leaves a modern client's lack to its server's own words, and other errors to themselves", () => {
  expect(lackingAnswer(missing, caller("modern"))).toBeUndefined();
  expect(lackingAnswer({ ...missing, data: undefined }, caller("modern", { elicitation: {} }))).toBeUndefined();
  expect(lackingAnswer({ ...missing, code: -32020 }, caller("legacy"))).toBeUndefined();
});

it("says what the server needs to whoever could not know", () => {
  expect(lackingAnswer(missing, caller("legacy"))?.message).toBe("It needs elicitation, which this caller cannot give.");
  expect(lackingAnswer({ ...missing, data: 7 }, caller("legacy"))?.message).toMatch("It needs something of its caller");
  const kept = lackingAnswer(missing, caller("modern", { elicitation: {} }));
  expect([kept?.code, kept?.message, kept?.mend]).toEqual([
    "CANNOT_ASK",
    "It needs elicitation, and is not let to ask.",
    'Set "ask": "auto" on the server.',
  ]);
});
