/** Which era a process speaks that is slow to start, or says nothing of what it does not know. */

import { describe, expect, it } from "vitest";
import { stdioServer, type Flags } from "../support/fixture.ts";
import { testPlace, type TestPlace } from "./yard.ts";

/** Far below what it takes to start a process that waits. */
const HASTY = "150ms";

async function eraOf(flags: Flags, place: TestPlace, probe = HASTY): Promise<string | undefined> {
  const config = { mcpServers: { it: { ...stdioServer(flags), timeouts: { connect: "30s" } } }, limits: { probe } };
  await using yard = await place.open(config);
  const ready = await yard.ready();
  expect(ready["it"]).toMatchObject({ state: "ready" });
  return yard.servers()[0]?.era;
}

describe("the question after the era", () => {
  it("is put once more to a modern server that was still starting", async () => {
    using place = testPlace();
    expect(await eraOf({ era: "modern", "start-delay": 400 }, place)).toBe("modern");
  });

  it("is put at the next start too where its answer came too late", async () => {
    using place = testPlace();
    const flags = { era: "both", "start-delay": 600 } as const;
    expect(await eraOf(flags, place)).toBe("legacy");
    expect(await eraOf(flags, place, "20s")).toBe("modern");
  });

  it("takes the silence of one that is awake for an answer", async () => {
    using place = testPlace();
    expect(await eraOf({ "never-answer": "server/discover" }, place)).toBe("legacy");
  });

  it("does not wait for ever for one that says nothing at all before `initialize`", async () => {
    using place = testPlace();
    expect(await eraOf({ era: "silent" }, place)).toBe("legacy");
  });
});
