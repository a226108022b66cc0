import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { systemClock } from "../base/clock.ts";
import { ToolyardError, type ErrorCode } from "../base/errors.ts";
import { FakeClock, settle } from "../base/fake-clock.suite.ts";
import type { Item } from "../catalog/item.ts";
import type { ServerConfig } from "../config/config.ts";
import { RetryBudget, retrying } from "./retry.ts";
import type { RoutedCall } from "./route.ts";

interface Case {
  method?: string;
  trust?: "none" | "annotations";
  hints?: Record<string, boolean>;
}

function routed({ method = "tools/call", trust = "none", hints = {} }: Case): RoutedCall {
  const item = { kind: "tool", definition: { annotations: hints } } as unknown as Item;
  const call = { method, params: Body.empty } as RoutedCall["call"];
  return { call, route: { server: { name: "a", trust } as ServerConfig, item, name: "x" } };
}

async function attempts(routedCall: RoutedCall, code: ErrorCode, started: boolean): Promise<number> {
  let count = 0;
  const next = (): Promise<Answer> => {
    count++;
    return Promise.reject(new ToolyardError(code, "lost", { started }));
  };
  await retrying(systemClock, () => 0)(routedCall, next).catch(() => {});
  return count;
}

describe("retrying", () => {
  it.each<[string, Case, ErrorCode, boolean, number]>([
    ["what never started", {}, "SERVER_UNREACHABLE", false, 2],
    ["a tool call that may have run", {}, "OUTCOME_UNKNOWN", true, 1],
    ["an idempotent tool of a server that is not trusted", { hints: { idempotentHint: true } }, "OUTCOME_UNKNOWN", true, 1],
    ["an idempotent tool of a trusted server", { trust: "annotations", hints: { idempotentHint: true } }, "OUTCOME_UNKNOWN", true, 2],
    ["a read-only tool of a trusted server", { trust: "annotations", hints: { readOnlyHint: true } }, "OUTCOME_UNKNOWN", true, 2],
    ["a plain tool of a trusted server", { trust: "annotations" }, "OUTCOME_UNKNOWN", true, 1],
    ["a read", { method: "resources/read" }, "SERVER_EXITED", true, 2],
    ["a timeout", { method: "resources/read" }, "CALL_TIMEOUT", true, 1],
  ])("sends %s so often: %j %s %s %i", async (...[, options, code, started, times]) => {
    expect(await attempts(routed(options), code, started)).toBe(times);
  });
});

describe("retrying and time", () => {
  const lost = (): Promise<Answer> => Promise.reject(new ToolyardError("SERVER_UNREACHABLE", "lost", { started: false }));

  it("waits a random part of a moment, so that what was lost together does not come back together", async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const next = (): Promise<Answer> => {
      times.push(clock.now());
      return lost();
    };
    const random = [0.1, 0.9];
    const middleware = retrying(clock, () => random.shift() ?? 0);
    for (let count = 0; count < 2; count++) void middleware(routed({}), next).catch(() => {});
    await settle();
    await clock.pass(100);
    expect(times).toEqual([0, 0, 10, 90]);
  });

  it.each([
    [99, 1],
    [100, 2],
  ])("does not begin anew with less than 50 ms left: %i ms, %i attempts", async (deadline, attemptsMade) => {
    const clock = new FakeClock();
    let count = 0;
    const { call, route } = routed({});
    const next = (): Promise<Answer> => {
      count++;
      return lost();
    };
    void retrying(clock, () => 0.5)({ route, call: { ...call, deadline } }, next).catch(() => {});
    await settle();
    await clock.pass(100);
    expect(count).toBe(attemptsMade);
  });
});

describe("RetryBudget", () => {
  it("lets an outage be repeated by a fifth only", () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let count = 0; count < 1_000; count++) {
      budget.request();
      if (budget.spend()) retries++;
    }
    expect(retries).toBeGreaterThan(100);
    expect(retries).toBeLessThanOrEqual(203);
  });
});
