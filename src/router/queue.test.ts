import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { FakeClock, settle } from "../base/fake-clock.suite.ts";
import type { ServerConfig } from "../config/config.ts";
import { queued } from "./queue.ts";
import type { RoutedCall } from "./route.ts";

const done: Answer = { result: Body.empty };

function routed(server: string, signal?: AbortSignal, ask = "auto"): RoutedCall {
  const config = { name: server, concurrency: 2, ask } as unknown as ServerConfig;
  const call = { method: "tools/call", params: Body.empty, ...(signal === undefined ? {} : { signal }) } as RoutedCall["call"];
  return { call, route: { server: config, item: undefined, name: "x" } };
}

/** A chain end whose calls end when the test says so. */
function gate(): { next: () => Promise<Answer>; finish: (() => void)[] } {
  const finish: (() => void)[] = [];
  return { finish, next: () => new Promise((resolve) => finish.push(() => resolve(done))) };
}

describe("queued", () => {
  it("runs so many at once, the next in order", async () => {
    const { next, finish } = gate();
    const middleware = queued({ queue: 2, queueWaitMs: 1_000 }, new FakeClock());
    const calls = [1, 2, 3].map(() => middleware(routed("a"), next));
    await settle();
    expect(finish.length).toBe(2);
    finish[0]?.();
    await settle();
    expect(finish.length).toBe(3);
    for (const end of finish) end();
    await expect(Promise.all(calls)).resolves.toEqual([done, done, done]);
  });

  it("refuses at once when the queue is full, and says when to call again", async () => {
    const { next } = gate();
    const middleware = queued({ queue: 1, queueWaitMs: 700 }, new FakeClock());
    for (let count = 0; count < 3; count++) void middleware(routed("a"), next).catch(() => {});
    await expect(middleware(routed("a"), next)).rejects.toMatchObject({ code: "SERVER_BUSY", details: { retryAfterMs: 700 } });
  });

  it("lets nobody wait longer than the limit", async () => {
    const clock = new FakeClock();
    const { next, finish } = gate();
    const middleware = queued({ queue: 5, queueWaitMs: 700 }, clock);
    for (let count = 0; count < 2; count++) void middleware(routed("a"), next);
    const late = middleware(routed("a"), next);
    late.catch(() => {});
    await clock.pass(700);
    await expect(late).rejects.toMatchObject({ code: "SERVER_BUSY" });
    finish[0]?.();
    await settle();
    expect(finish.length).toBe(2);
  });

  it("never starts a call that was cancelled while it waited", async () => {
    const { next, finish } = gate();
    const abort = new AbortController();
    const middleware = queued({ queue: 5, queueWaitMs: 700 }, new FakeClock());
    for (let count = 0; count < 2; count++) void middleware(routed("a"), next);
    const waiting = middleware(routed("a", abort.signal), next);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    finish[0]?.();
    await settle();
    expect(finish.length).toBe(2);
  });

  it("keeps servers apart, and an exclusive one to one call", async () => {
    const { next, finish } = gate();
    const middleware = queued({ queue: 5, queueWaitMs: 700 }, new FakeClock());
    for (const server of ["a", "a", "a", "b"]) void middleware(routed(server), next);
    for (let count = 0; count < 3; count++) void middleware(routed("c", undefined, "exclusive"), next);
    await settle();
    expect(finish.length).toBe(4);
  });
});
