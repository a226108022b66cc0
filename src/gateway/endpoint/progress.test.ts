import { describe, expect, it, vi, afterEach, beforeEach } from "vitest";
import { ProgressGate } from "./progress.ts";

describe("progress", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const setUp = (): { gate: ProgressGate; sent: unknown[]; full: (is: boolean) => void } => {
    const sent: unknown[] = [];
    let isFull = false;
    const send = (message: Buffer, droppable: boolean): boolean => {
      expect(droppable).toBe(true);
      if (!isFull) sent.push((JSON.parse(message.toString()) as { params: { progress: number } }).params.progress);
      return !isFull;
    };
    return { gate: new ProgressGate(0, { send }), sent, full: (is) => (isFull = is) };
  };

  it("goes out at once, then at most twenty times a second, the last value last", () => {
    const { gate, sent } = setUp();
    for (let progress = 1; progress <= 10_000; progress++) {
      gate.take({ progress });
      if (progress % 10 === 0) vi.advanceTimersByTime(1);
    }
    expect(sent[0]).toBe(1);
    expect(sent.length).toBeLessThanOrEqual(21);
    gate.end();
    expect(sent.at(-1)).toBe(10_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits for a client that reads slowly, which then gets the latest", () => {
    const { gate, sent, full } = setUp();
    full(true);
    gate.take({ progress: 1 });
    gate.take({ progress: 2 });
    vi.advanceTimersByTime(200);
    full(false);
    vi.advanceTimersByTime(50);
    expect(sent).toEqual([2]);
    gate.end();
    expect(sent).toEqual([2]);
  });

  it("has nothing to say when nothing came", () => {
    const { gate, sent } = setUp();
    gate.end();
    expect([sent, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
