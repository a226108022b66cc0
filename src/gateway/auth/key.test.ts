import { describe, expect, it } from "vitest";
import { identityFault, idIn, isExpired, isOf, mintKey, parseKeys, writeKeys } from "./key.ts";

const ORDER = { identity: "alice", scope: undefined, surface: undefined, expiresAt: undefined };

describe("a key", () => {
  const { key, secret } = mintKey(ORDER, 1_000);

  it("names its id, and is kept as a digest only", () => {
    expect(idIn(secret)).toBe(key.id);
    expect(secret).toMatch(/^ty_[0-9a-f]{12}_[0-9a-f]{64}$/);
    expect(writeKeys([key])).not.toContain(secret.slice(-64));
    expect(mintKey(ORDER, 1_000).secret).not.toBe(secret);
  });

  it.each([
    ["first letter", `x${secret.slice(1)}`],
    ["last letter", secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0")],
    ["length", secret.slice(0, -1)],
    ["length, too long", `${secret}0`],
    ["case", secret.toUpperCase()],
    ["everything", ""],
  ])("is not itself with another %s", (_, wrong) => {
    expect(isOf(key, wrong)).toBe(false);
  });

  it("is itself; and no key is anybody's", () => {
    expect([isOf(key, secret), isOf(undefined, secret), isOf(undefined, "")]).toEqual([true, false, false]);
  });

  it("ends at its time", () => {
    expect([999, 1_000].map((now) => isExpired({ expiresAt: 1_000 }, now))).toEqual([false, true]);
    expect(isExpired({ expiresAt: undefined }, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});

describe("the file of keys", () => {
  it("gives back what was written", () => {
    const scope = { toolsets: ["support"], servers: [] };
    const keys = [mintKey(ORDER, 1).key, mintKey({ identity: "bob@example.com", scope, surface: "search", expiresAt: 5 }, 2).key];
    expect(parseKeys(writeKeys(keys))).toEqual(keys);
  });

  const { key } = mintKey(ORDER, 1);
  it.each([
    ["half of it", writeKeys([key]).slice(0, 60)],
    ["another version", JSON.stringify({ version: 2, keys: [] })],
    ["a list", "[]"],
    ["a limit that we do not know", JSON.stringify({ version: 1, keys: [{ ...key, onlyOnSundays: true }] })],
    ["a broken scope", JSON.stringify({ version: 1, keys: [{ ...key, scope: { toolsets: "all" } }] })],
    ["a key without a digest", JSON.stringify({ version: 1, keys: [{ ...key, digest: "" }] })],
    ["a key of nobody", JSON.stringify({ version: 1, keys: [{ ...key, identity: "local" }] })],
  ])("is refused whole with %s", (_, text) => {
    expect(() => parseKeys(text)).toThrow(Error);
  });
});

it.each([
  ["alice", true],
  ["bob@example.com", true],
  ["ci+main", true],
  ["local", false],
  ["", false],
  ["-x", false],
  ["a b", false],
  ["a\nb", false],
  ["x".repeat(65), false],
])("the identity %j may be: %s", (identity, good) => {
  expect(identityFault(identity) === undefined).toBe(good);
});
