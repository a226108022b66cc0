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

type End = "succeed" | "fail" | "release";

/** What a caller may do; `wait` lets time pass. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant(["begin", 0] as const) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom<End[]>("succeed", "fail", "release"), fc.nat(9)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("wait" as const), fc.nat(1_500)) },
);

/** The requests that are under way at one breaker, and what must hold whatever they do. */
class Requests {
  readonly breaker = new Breaker(limits);
  readonly #running: { readonly round: number; readonly probe: boolean }[] = [];
  #failuresInARow = 0;
  now = 0;

  begin(): void {
    const probe = this.breaker.open;
    const ms = this.breaker.ask(this.now);
    expect(ms).toBeLessThanOrEqual(10 * limits.openMs);
    if (ms > 0) expect(probe).toBe(true); // who is sent away is sent away by an open breaker
    else this.#running.push({ round: this.breaker.round, probe });
  }

  end(how: End, nth: number): void {
    const [request] = this.#running.splice(nth % Math.max(1, this.#running.length), 1);
    if (request === undefined) return;
    const wasOpen = this.breaker.open;
    if (how === "succeed") this.#succeed();
    if (how === "fail") this.#fail(request.round);
    if (how === "release") this.breaker.release(request.round);
    if (!wasOpen && this.breaker.open) expect(this.#failuresInARow).toBeGreaterThanOrEqual(limits.failures);
  }

  get probes(): number {
    return this.#running.filter(({ probe, round }) => probe && round === this.breaker.round).length;
  }

  releaseAll(): void {
    for (const { round } of this.#running) this.breaker.release(round);
  }

  #succeed(): void {
    this.breaker.succeed();
    this.#failuresInARow = 0;
    expect(this.breaker.open).toBe(false);
  }

  #fail(round: number): void {
    this.breaker.fail(this.now, round);
    this.#failuresInARow++;
  }
}

describe("Breaker, whatever happens in whatever order", () => {
  it("is open only after failures in a row, lets one probe through at a time, and is never open for ever", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const requests = new Requests();
        for (const [what, value] of steps) {
          if (what === "begin") requests.begin();
          else if (what === "wait") requests.now += value;
          else requests.end(what, value);
          expect(requests.probes).toBeLessThanOrEqual(1);
        }
        requests.releaseAll();
        expect(requests.breaker.ask(requests.now + 10 * limits.openMs)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
