/** Overload: everything at once, for a moment. `npm run soak` does the same for as long as you like. */

import { describe, expect, it } from "vitest";
import { canFindProcesses } from "../support/processes.ts";
import { soak } from "../soak/soak.ts";

describe.skipIf(!canFindProcesses)("the soak", () => {
  it("OVL-08 twenty servers that fail, a file that changes, clients that vanish: nothing is lost, crossed or left", async () => {
    const { tally, faults } = await soak({ seconds: 20, seed: Math.floor(Math.random() * 1_000_000) });
    expect(faults).toEqual([]);
    expect(tally.calls).toBeGreaterThan(50);
    expect(tally.faults).toBeGreaterThan(20);
  }, 300_000);
});
