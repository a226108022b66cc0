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

  it("is ready only after a connection was wanted and made, and not after it ended, whatever comes in between", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }), (events) => {
        let state: State = "idle";
        let connected = false;
        for (const event of events) {
          const before: State = state;
          state = next(state, event) ?? state;
          if (event === "connected" && before === "connecting") connected = true;
          else if (state !== before) connected = false;
          expect(state === "ready").toBe(connected);
          if (before === "disabled") expect(["disabled", "idle", "closed"]).toContain(state);
        }
        expect(next(state, "close") ?? state).toBe("closed");
      }),
    );
  });
});
