import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

const keys = ["command", "args", "env", "headers", "timeouts", "maxInstances", "mcpServers", "callMax", "call", "url"];

describe("nearest", () => {
  it.each([
    ["comand", "command"],
    ["commnad", "command"],
    ["Command", "command"],
    ["arg", "args"],
    ["header", "headers"],
    ["timeout", "timeouts"],
    ["max_instances", "maxInstances"],
    ["maxinstances", "maxInstances"],
    ["servers", "mcpServers"],
    ["mcpservers", "mcpServers"],
    ["call-max", "callMax"],
    ["uri", "url"],
  ])("%s is meant to be %s", (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  it.each(["banana", "x", "", "description"])("%j is meant to be none of them", (word) => {
    expect(nearest(word, keys)).toBeUndefined();
  });

  it("finds a word itself, and one with a single slip in it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), (key, at) => {
        const index = at % key.length;
        expect(nearest(key, keys)).toBe(key);
        if (key.length > 5) expect(nearest(key.slice(0, index) + key.slice(index + 1), keys)).toBe(key);
      }),
    );
  });

  it("says it as a question, or not at all", () => {
    expect(didYouMean("comand", keys)).toBe(' Did you mean "command"?');
    expect(didYouMean("banana", keys)).toBe("");
  });
});
