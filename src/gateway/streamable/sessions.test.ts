import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import { LOCAL, principalOf } from "../auth/caller.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import { Peer } from "../endpoint/peer.ts";
import type { Face } from "../face.ts";
import { Sessions, type Spot } from "./sessions.ts";
import { TOKEN_LIFE_MS } from "./token.ts";

describe("the state of sessions", () => {
  const setUp = (most: number): { sessions: Sessions; clock: FakeClock; spot: Spot; token: () => string } => {
    const clock = new FakeClock();
    const face = {
      admit: (outlet: Outlet) => new Peer(outlet, { clock, inputMs: 1_000 }),
      introduce() {},
      dismiss: (peer: Peer) => peer.close(),
    } as unknown as Face;
    const spot = { path: "/mcp", face, principal: LOCAL };
    const sessions = new Sessions({ key: randomBytes(32), clock, idleMs: 1_000, most });
    const token = (): string => sessions.issue(spot, { version: "2025-11-25", capabilities: {} });
    return { sessions, clock, spot, token };
  };

  it("makes room by forgetting what was quiet for longest; its token stays good", async () => {
    const { sessions, clock, spot, token } = setUp(2);
    const [a, b, c] = [token(), token(), token()];
    const first = sessions.use(a, spot);
    await clock.pass(1);
    sessions.use(b, spot);
    await clock.pass(1);
    expect(sessions.use(a, spot)).toBe(first);
    sessions.use(c, spot);
    expect(sessions.find(a, spot)).toBe(first);
    expect(sessions.find(b, spot)).toBeUndefined();
    expect(sessions.use(b, spot)).toBeDefined();
  });

  it("refuses where all are at work", () => {
    const { sessions, spot, token } = setUp(1);
    const { peer } = sessions.use(token(), spot);
    peer.begin(1);
    expect(() => sessions.use(token(), spot)).toThrow(/at work/);
    peer.end(1);
    expect(sessions.use(token(), spot)).toBeDefined();
  });

  it("is not forgotten while something is under way, and ends with all that it held", async () => {
    const { sessions, clock, spot, token } = setUp(9);
    const mine = token();
    const session = sessions.use(mine, spot);
    const signal = session.peer.begin("x");
    await clock.pass(10_000);
    expect(sessions.find(mine, spot)).toBe(session);
    sessions.end(mine, spot);
    expect([signal.aborted, clock.pending]).toEqual([true, 0]);
    expect(() => sessions.use(mine, spot)).toThrow(expect.objectContaining({ code: "SESSION_UNKNOWN" }));
  });

  it("is refused to a token that has had its time", async () => {
    const { sessions, clock, spot, token } = setUp(9);
    const mine = token();
    await clock.pass(TOKEN_LIFE_MS + 1);
    expect(() => sessions.use(mine, spot)).toThrow(expect.objectContaining({ code: "SESSION_UNKNOWN" }));
  });

  it("belongs to the key with which it began, and ends with it", () => {
    const { sessions, spot } = setUp(9);
    const by = (id: string, identity: string): Spot => {
      const key = { id, identity, scope: undefined, surface: undefined, digest: "", createdAt: 0, expiresAt: undefined };
      return { ...spot, principal: principalOf(key) };
    };
    const [alice, second, bob] = [by("a1", "alice"), by("a2", "alice"), by("b1", "bob")];
    const mine = sessions.issue(alice, { version: "2025-11-25", capabilities: {} });
    const refused = expect.objectContaining({ code: "SESSION_UNKNOWN" }) as Error;
    for (const held of [false, true]) {
      for (const other of [second, bob, spot]) {
        expect(() => sessions.use(mine, other), `held: ${held}`).toThrow(refused);
        expect(() => sessions.find(mine, other)).toThrow(refused);
        expect(() => sessions.end(mine, other)).toThrow(refused);
      }
      expect(sessions.use(mine, alice).caller.identity).toBe("alice");
    }
    const signal = sessions.use(mine, alice).peer.begin(1);
    sessions.expel((holder) => holder !== "b1");
    expect(signal.aborted).toBe(false);
    sessions.expel((holder) => holder !== "a1");
    expect(signal.aborted).toBe(true);
  });
});
