import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import type { Item } from "../catalog/item.ts";
import type { ServerConfig } from "../config/config.ts";
import { ending, hasTime, limitsOf, timeLeft } from "./limits.ts";
import type { RoutedCall } from "./route.ts";

const done: Answer = { result: Body.empty };

function routed(tool: string, deadline?: number): RoutedCall {
  const timeouts = { callMs: 60, callMaxMs: 600 };
  const server = { name: "a", timeouts, toolTimeouts: new Map([["report", 900]]) } as unknown as ServerConfig;
  const item = { kind: "tool", origin: tool } as unknown as Item;
  const call = { method: "tools/call", params: Body.empty, ...(deadline === undefined ? {} : { deadline }) } as RoutedCall["call"];
  return { call, route: { server, item, name: "x" } };
}

describe("limits", () => {
  it("a tool's own limit stands for the server's, also where it is longer than the longest", () => {
    expect(limitsOf(routed("echo").route)).toEqual({ quietMs: 60, totalMs: 600 });
    expect(limitsOf(routed("report").route)).toEqual({ quietMs: 900, totalMs: 900 });
  });

  it.each([
    [undefined, 700],
    [5_000, 700],
    [250, 250],
  ])("the end is the server's, or the caller's where that is sooner: %s", async (deadline, end) => {
    const clock = new FakeClock();
    await clock.pass(100);
    const seen: (number | undefined)[] = [];
    await ending(clock)(routed("echo", deadline), ({ call }) => {
      seen.push(call.deadline);
      return Promise.resolve(done);
    });
    expect(seen).toEqual([end]);
  });

  it("what is left", async () => {
    const clock = new FakeClock();
    await clock.pass(100);
    const { call } = routed("echo", 160);
    expect([timeLeft(call, clock), hasTime(call, clock), hasTime(call, clock, 20)]).toEqual([60, true, false]);
    expect([timeLeft(routed("echo").call, clock), hasTime(routed("echo").call, clock)]).toEqual([Number.POSITIVE_INFINITY, true]);
  });
});
