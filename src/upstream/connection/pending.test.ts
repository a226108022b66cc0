import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Call } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import { Pending } from "./pending.ts";

const limits = { quietMs: 1_000, totalMs: 3_000 };

function call(more: Partial<Call> = {}): Call {
  const caller = { identity: "local", era: "legacy", protocolVersion: "2025-11-25", capabilities: {} } as const;
  return { method: "tools/call", params: Body.empty, caller, ...more };
}

function pending(clock: FakeClock, more: Partial<Call> = {}): Pending {
  const made = new Pending({ id: 1, method: "tools/call", call: call(more), limits }, clock, (self, error) => self.reject(error));
  made.answer.catch(() => {});
  return made;
}

describe("Pending", () => {
  it("ends when nothing is heard for the quiet limit", async () => {
    const clock = new FakeClock();
    const { answer } = pending(clock);
    await clock.pass(1_000);
    await expect(answer).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
    expect(clock.pending).toBe(0);
  });

  it("goes on while there is progress, but not beyond the total", async () => {
    const clock = new FakeClock();
    const made = pending(clock);
    for (let step = 1; step <= 5; step++) {
      await clock.pass(550);
      made.progress(step);
    }
    await clock.pass(249);
    expect(clock.pending).toBe(1);
    await clock.pass(1);
    await expect(made.answer).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
  });

  it.each([[1], [0], ["2"], [Number.NaN], [undefined]])("takes %s after 1 for no progress", (value) => {
    const made = pending(new FakeClock());
    expect(made.progress(1)).toBe(true);
    expect(made.progress(value)).toBe(false);
  });

  it("stands still while a question is open", async () => {
    const clock = new FakeClock();
    const made = pending(clock);
    made.pause();
    await clock.pass(60_000);
    made.resume();
    await clock.pass(999);
    made.resolve({ result: Body.empty });
    await expect(made.answer).resolves.toEqual({ result: Body.empty });
    expect(clock.pending).toBe(0);
  });

  it("leaves no timer when its question outlives it", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const made = pending(clock, { signal: abort.signal });
    made.pause();
    abort.abort();
    await expect(made.answer).rejects.toMatchObject({ code: "CANCELLED" });
    made.resume();
    expect(clock.pending).toBe(0);
  });

  it("ends at the caller's own deadline", async () => {
    const clock = new FakeClock();
    const { answer } = pending(clock, { deadline: 300 });
    await clock.pass(300);
    await expect(answer).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
  });

  it("ends when the caller cancels, and leaves no listener", async () => {
    const abort = new AbortController();
    const { answer } = pending(new FakeClock(), { signal: abort.signal });
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: "CANCELLED" });
  });
});
