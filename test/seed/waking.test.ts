/** Which era a process speaks that is slow to start, or says nothing of what it does not know. */

import { describe, expect, it } from "vitest";
import { stdioServer, type Flags } from "../support/fixture.ts";
import { testPlace } from "./yard.ts";

/** Far below what it takes to start a process that waits. */
const limits = { probe: "150ms" };

async function eraOf(flags: Flags, connect = "30s"): Promise<string | undefined> {
  using place = testPlace();
  await using yard = await place.open({ mcpServers: { it: { ...stdioServer(flags), timeouts: { connect } } }, limits });
  const ready = await yard.ready();
  expect(ready["it"]).toMatchObject({ state: "ready" });
  return yard.servers()[0]?.era;
}

describe("the question after the era", () => {
  it("waits for a modern server that is still starting", async () => {
    expect(await eraOf({ era: "both", "start-delay": 400 })).toBe("modern");
  });

  it("takes the silence of one that is awake for an answer", async () => {
    expect(await eraOf({ "never-answer": "server/discover" })).toBe("legacy");
  });

  it("does not wait for ever for one that says nothing at all before `initialize`", async () => {
    expect(await eraOf({ era: "silent" })).toBe("legacy");
  });
});
