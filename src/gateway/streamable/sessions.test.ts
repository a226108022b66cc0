import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import { Peer } from "../endpoint/peer.ts";
import type { Face } from "../face.ts";
import { Sessions } from "./sessions.ts";
import { TOKEN_LIFE_MS } from "./token.ts";

describe("the state of sessions", () => {
  const setUp = (most: number): { sessions: Sessions; clock: FakeClock; face: Face; token: () => string } => {
    const clock = new FakeClock();
    const face = {
      admit: (outlet: Outlet) => new Peer(outlet, { clock, inputMs: 1_000 }),
      introduce() {},
      dismiss: (peer: Peer) => peer.close(),
    } as unknown as Face;
    const sessions = new Sessions({ key: randomBytes(32), clock, idleMs: 1_000, most });
    const token = (): string => sessions.issue("/mcp", "local", { version: "2025-11-25", capabilities: {} });
    return { sessions, clock, face, token };
  };

  it("makes room by forgetting what was quiet for longest; its token stays good", async () => {
    const { sessions, clock, face, token } = setUp(2);
    const [a, b, c] = [token(), token(), token()];
    const first = sessions.use(a, "/mcp", face);
    await clock.pass(1);
    sessions.use(b, "/mcp", face);
    await clock.pass(1);
    expect(sessions.use(a, "/mcp", face)).toBe(first);
    sessions.use(c, "/mcp", face);
    expect(sessions.find(a, "/mcp", face)).toBe(first);
    expect(sessions.find(b, "/mcp", face)).toBeUndefined();
    expect(sessions.use(b, "/mcp", face)).toBeDefined();
  });

  it("refuses where all are at work", () => {
    const { sessions, face, token } = setUp(1);
    const { peer } = sessions.use(token(), "/mcp", face);
    peer.begin(1);
    expect(() => sessions.use(token(), "/mcp", face)).toThrow(/at work/);
    peer.end(1);
    expect(sessions.use(token(), "/mcp", face)).toBeDefined();
  });

  it("is not forgotten while something is under way, and ends with all that it held", async () => {
    const { sessions, clock, face, token } = setUp(9);
    const mine = token();
    const session = sessions.use(mine, "/mcp", face);
    const signal = session.peer.begin("x");
    await clock.pass(10_000);
    expect(sessions.find(mine, "/mcp", face)).toBe(session);
    sessions.end(mine, "/mcp");
    expect([signal.aborted, clock.pending]).toEqual([true, 0]);
    expect(() => sessions.use(mine, "/mcp", face)).toThrow(expect.objectContaining({ code: "SESSION_UNKNOWN" }));
  });

  it("is refused to a token that has had its time", async () => {
    const { sessions, clock, face, token } = setUp(9);
    const mine = token();
    await clock.pass(TOKEN_LIFE_MS + 1);
    expect(() => sessions.use(mine, "/mcp", face)).toThrow(expect.objectContaining({ code: "SESSION_UNKNOWN" }));
  });
});
