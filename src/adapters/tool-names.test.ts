import { describe, expect, it } from "vitest";
import { ToolNames } from "./tool-names.ts";

describe("ToolNames", () => {
  it("changes nothing that every model takes", () => {
    const names = new ToolNames();
    expect(names.toModel("db__run_query")).toBe("db__run_query");
    expect(names.toExposed("db__run_query")).toBe("db__run_query");
    expect(names.toExposed("never_given")).toBe("never_given");
  });

  it("gives every name one of its own, and finds the way back", () => {
    const exposed = ["a-b", "a_b", "a.b", "ä-b", "x".repeat(64), "x".repeat(64) + "1", "x".repeat(64) + "2", "", "…"];
    const names = new ToolNames();
    names.learn(exposed);
    const given = exposed.map((name) => names.toModel(name));
    expect(new Set(given).size).toBe(exposed.length);
    for (const name of given) expect(name).toMatch(/^[A-Za-z0-9_]{1,64}$/);
    expect(given.map((name) => names.toExposed(name))).toEqual(exposed);
    expect(names.toModel("a_b")).toBe("a_b");
  });

  it("gives the same names for the same list, in whatever order it comes", () => {
    const exposed = ["a-b", "a_b", "c-d"];
    const [one, other] = [new ToolNames(), new ToolNames()];
    one.learn(exposed);
    other.learn(exposed.toReversed());
    for (const name of exposed) expect(one.toModel(name)).toBe(other.toModel(name));
  });
});
