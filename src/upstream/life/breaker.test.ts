import fc from "fast-check";
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

/** What a caller may do; `wait` lets time pass. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant("begin" as const) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("succeed" as const, "fail" as const, "release" as const), fc.nat(9)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("wait" as const), fc.nat(1_500)) },
);

describe("Breaker, whatever happens in whatever order", () => {
  it("is open only after failures in a row, lets one probe through at a time, and is never open for ever", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const breaker = new Breaker(limits);
        const running: { readonly round: number; readonly probe: boolean }[] = [];
        let [now, failed] = [0, 0];
        for (const each of steps) {
          if (each === "begin") {
            const probe = breaker.open;
            const ms = breaker.ask(now);
            expect(ms).toBeLessThanOrEqual(10 * limits.openMs);
            if (ms > 0) expect(probe).toBe(true); // who is sent away is sent away by an open breaker
            else running.push({ round: breaker.round, probe });
          } else if (each[0] === "wait") now += each[1];
          else {
            const [what, nth] = each;
            const [call] = running.splice(nth % Math.max(1, running.length), 1);
            if (call === undefined) continue;
            const wasOpen = breaker.open;
            if (what === "succeed") breaker.succeed();
            else if (what === "fail") breaker.fail(now, call.round);
            else breaker.release(call.round);
            failed = what === "succeed" ? 0 : what === "fail" ? failed + 1 : failed;
            if (!wasOpen && breaker.open) expect(failed).toBeGreaterThanOrEqual(limits.failures);
            if (what === "succeed") expect(breaker.open).toBe(false);
          }
          const round = breaker.round;
          expect(running.filter((call) => call.probe && call.round === round).length).toBeLessThanOrEqual(1);
        }
        for (const call of running) breaker.release(call.round);
        expect(breaker.ask(now + 10 * limits.openMs)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
