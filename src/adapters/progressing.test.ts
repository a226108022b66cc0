import { describe, expect, it } from "vitest";
import { progressing } from "./progressing.ts";
import type { OnProgress } from "./source.ts";

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function all(generator: ReturnType<typeof progressing<string>>): Promise<[number[], string]> {
  const seen: number[] = [];
  for (;;) {
    const step = await generator.next();
    if (step.done) return [seen, step.value];
    seen.push(step.value.progress);
  }
}

describe("progressing", () => {
  it("yields progress in order, also what comes at once or while nobody waits, then the result", async () => {
    const call = async (tell: OnProgress): Promise<string> => {
      tell({ progress: 1 });
      tell({ progress: 2 });
      await later(5);
      tell({ progress: 3 });
      await later(5);
      return "done";
    };
    expect(await all(progressing(call))).toEqual([[1, 2, 3], "done"]);
  });

  it("returns at once where there is no progress", async () => {
    expect(await all(progressing(async () => "done"))).toEqual([[], "done"]);
  });

  it("throws what the call throws", async () => {
    await expect(progressing(() => Promise.reject(new Error("aborted"))).next()).rejects.toThrow("aborted");
  });
});
