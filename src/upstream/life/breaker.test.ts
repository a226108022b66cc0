import { describe, expect, it } from "vitest";
import { Breaker } from "./breaker.ts";

const limits = { failures: 3, openMs: 1_000 };

function opened(): Breaker {
  const breaker = new Breaker(limits);
  for (let count = 0; count < limits.failures; count++) fail(breaker, 0);
  return breaker;
}

/** A request that begins and fails at once. */
function fail(breaker: Breaker, now: number): void {
  breaker.fail(now, breaker.round);
}

describe("Breaker", () => {
  it("opens after so many failures in a row, and says how long", () => {
    const breaker = new Breaker(limits);
    fail(breaker, 0);
    fail(breaker, 0);
    expect(breaker.ask(0)).toBe(0);
    fail(breaker, 0);
    expect(breaker.ask(100)).toBe(900);
  });

  it("does not count failures with a success between", () => {
    const breaker = new Breaker(limits);
    for (let count = 0; count < 10; count++) {
      fail(breaker, 0);
      fail(breaker, 0);
      breaker.succeed();
    }
    expect(breaker.open).toBe(false);
  });

  it("lets one probe through when the time is over", () => {
    const breaker = opened();
    expect(breaker.ask(1_000)).toBe(0);
    expect(breaker.ask(1_000)).toBeGreaterThan(0);
    breaker.succeed();
    expect(breaker.ask(1_000)).toBe(0);
  });

  it("opens for longer each time the probe fails", () => {
    const breaker = opened();
    breaker.ask(1_000);
    fail(breaker, 1_000);
    expect(breaker.ask(1_001)).toBe(1_999);
  });

  it("is not opened once more by what was under way when it opened", () => {
    const breaker = new Breaker(limits);
    const { round } = breaker;
    for (let count = 0; count < 64; count++) breaker.fail(0, round);
    expect(breaker.ask(0)).toBe(1_000);
    expect(breaker.ask(1_000)).toBe(0);
    breaker.fail(1_000, round);
    breaker.release(round);
    expect(breaker.ask(1_000)).toBeGreaterThan(0); // the probe is still under way
    breaker.succeed();
    expect(breaker.ask(1_000)).toBe(0);
  });

  it("lets another probe through when one found out nothing", () => {
    const breaker = opened();
    expect(breaker.ask(1_000)).toBe(0);
    breaker.release(breaker.round);
    expect(breaker.ask(1_000)).toBe(0);
  });
});
