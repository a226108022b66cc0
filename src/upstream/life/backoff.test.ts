import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, StartLimit } from "./backoff.ts";

const limits = { firstMs: 1_000, maxMs: 60_000 };

describe("backoffMs", () => {
  it.each([
    [0, 1_000],
    [1, 1_600],
    [2, 2_560],
    [20, 60_000],
  ])("attempt %i waits about %i ms", (attempt, ms) => {
    expect(backoffMs(attempt, limits, 0.5)).toBe(ms);
  });

  it("stays within a fifth of its base", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const base = backoffMs(attempt, limits, 0.5);
        const ms = backoffMs(attempt, limits, random);
        expect(ms).toBeGreaterThanOrEqual(Math.floor(base * 0.79));
        expect(ms).toBeLessThanOrEqual(Math.ceil(base * 1.21));
      }),
    );
  });
});

describe("StartLimit", () => {
  it("is reached by so many starts in the window, and only there", () => {
    const starts = new StartLimit({ count: 3, windowMs: 1_000 });
    for (const at of [0, 100, 200]) starts.note(at);
    expect(starts.reached(900)).toBe(true);
    expect(starts.reached(1_050)).toBe(false);
  });
});
