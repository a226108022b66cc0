import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TOKEN_LIFE_MS, TokenSeal } from "./token.ts";

const grant = {
  holder: "",
  identity: "local",
  path: "/mcp",
  version: "2025-11-25",
  capabilities: { elicitation: { form: {} } },
  issuedAt: 1_000,
};

describe("a session's token", () => {
  const seal = new TokenSeal(randomBytes(32));
  const token = seal.seal(grant);

  it("gives back what was sealed, for as long as it lives, to whoever has the key", () => {
    expect(seal.open(token, 2_000)).toMatchObject(grant);
    expect(seal.open(token, 1_000 + TOKEN_LIFE_MS)).toMatchObject(grant);
    expect(seal.open(token, 1_001 + TOKEN_LIFE_MS)).toBeUndefined();
    expect(new TokenSeal(randomBytes(32)).open(token, 2_000)).toBeUndefined();
  });

  it("remembers of a client that it looks up tools itself", () => {
    expect(seal.open(token, 2_000)?.defers).toBeUndefined();
    expect(seal.open(seal.seal({ ...grant, defers: true }), 2_000)?.defers).toBe(true);
  });

  it("is never the same twice, and fits into a header", () => {
    expect(seal.seal(grant)).not.toBe(token);
    expect(token).toMatch(/^[\x21-\x7e]{1,4096}$/);
  });

  it("is good only as it was given out", () => {
    const anyChange = fc.record({
      at: fc.nat(token.length - 1),
      to: fc.constantFrom("A", "B", "a", "c", "0", "9", "-", "_", ".", "="),
      how: fc.constantFrom("set", "put", "cut"),
    });
    fc.assert(
      fc.property(anyChange, ({ at, to, how }) => {
        const after = how === "put" ? at : at + 1;
        const changed = token.slice(0, at) + (how === "cut" ? "" : to) + token.slice(after);
        return changed === token || seal.open(changed, 2_000) === undefined;
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => seal.open(text, 2_000) === undefined));
  });

  it("leaves out what is too long, and first what no question depends on", () => {
    const open = (capabilities: Record<string, never>): unknown => seal.open(seal.seal({ ...grant, capabilities }), 2_000)?.capabilities;
    const long = "x".repeat(3_000);
    expect(open({ sampling: {}, experimental: { long } } as never)).toEqual({ sampling: {} });
    expect(open({ sampling: { long } } as never)).toEqual({});
  });
});
