import { describe, expect, it } from "vitest";
import { FakeClock, settle } from "../../base/fake-clock.suite.ts";
import { Welcome } from "./welcome.ts";

describe("Welcome", () => {
  it.each(["resolve", "reject"] as const)("holds requests back until the notification's answer (%s), and leaves no timer", async (how) => {
    const clock = new FakeClock();
    const welcome = new Welcome(clock);
    expect(welcome.awaited).toBeUndefined();
    const taken = Promise.withResolvers<void>();
    welcome.await(taken.promise);
    await settle();
    expect(welcome.awaited).toBeDefined();
    taken[how]();
    await welcome.awaited;
    expect(welcome.awaited).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it("does not wait for ever", async () => {
    const clock = new FakeClock();
    const welcome = new Welcome(clock);
    welcome.await(new Promise(() => {}));
    await clock.pass(1_999);
    expect(welcome.awaited).toBeDefined();
    await clock.pass(1);
    expect(welcome.awaited).toBeUndefined();
  });
});
