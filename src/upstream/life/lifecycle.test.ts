import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { next, type Event, type State } from "./lifecycle.ts";

const STATES: State[] = ["idle", "connecting", "ready", "backoff", "auth-required", "failed", "disabled", "closed"];
const EVENTS: Event[] = ["connect", "connected", "lost", "unauthorized", "gave-up", "rested", "disable", "enable", "close"];

describe("lifecycle", () => {
  it.each(STATES.filter((state) => state !== "closed"))("%s has a way out, and can be closed", (state) => {
    expect(EVENTS.map((event) => next(state, event)).filter((to) => to !== undefined && to !== state)).not.toEqual([]);
    expect(next(state, "close")).toBe("closed");
  });

  it("never leaves closed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVENTS), (event) => {
        expect(next("closed", event)).toBeUndefined();
      }),
    );
  });

  it("reaches ready only through connecting", () => {
    for (const state of STATES) if (next(state, "connected") === "ready") expect(state).toBe("connecting");
  });
});
