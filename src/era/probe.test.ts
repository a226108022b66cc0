import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import { readEnvelope, type Envelope } from "../wire/envelope.ts";
import { httpVerdict, maySpeakSse, stdioVerdict, type Verdict } from "./probe.ts";

const discover = { resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: {}, ttlMs: 0, cacheScope: "private" };

const result = (value: JsonObject): Envelope => readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, result: value })));
const error = (code: number, data?: JsonObject): Envelope =>
  readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code, message: "no", data } })));

const onStdio = (envelope: Envelope | undefined, asked?: string): Verdict => {
  if (envelope === undefined) return stdioVerdict(undefined, asked);
  if (envelope.error !== undefined) return stdioVerdict({ error: envelope.error }, asked);
  return stdioVerdict({ result: envelope.result ?? Body.empty }, asked);
};

const unsupported = (...supported: string[]): Envelope => error(-32022, { supported, requested: "2026-07-28" });

const onBoth: [string, Envelope | undefined, string][] = [
  ["a DiscoverResult", result(discover), "modern"],
  ["a DiscoverResult with both eras", result({ ...discover, supportedVersions: ["2025-11-25", "2026-07-28"] }), "modern"],
  ["a DiscoverResult with legacy versions only", result({ ...discover, supportedVersions: ["2025-11-25"] }), "legacy"],
  ["a DiscoverResult with later versions only", result({ ...discover, supportedVersions: ["2031-01-01"] }), "none"],
  ["a DiscoverResult without versions", result({ ...discover, supportedVersions: [] }), "none"],
  ["any other result", result({}), "legacy"],
  ["UnsupportedProtocolVersion with a common version", unsupported("2026-07-28", "2025-11-25"), "retry"],
  ["UnsupportedProtocolVersion with legacy versions only", unsupported("2025-11-25", "2025-06-18"), "legacy"],
  ["UnsupportedProtocolVersion with later versions only", unsupported("2031-01-01"), "none"],
  ["UnsupportedProtocolVersion without a list", error(-32022), "legacy"],
  ["HeaderMismatch", error(-32020), "retry"],
  ["MissingRequiredClientCapability", error(-32021), "retry"],
  ["method not found", error(-32601), "legacy"],
  ["invalid params", error(-32602), "legacy"],
  ["the wild code of SDK servers", error(-32000), "legacy"],
  ["nothing", undefined, "legacy"],
];

describe("stdioVerdict", () => {
  it.each(onBoth)("on %s", (_, envelope, kind) => expect(onStdio(envelope).kind).toBe(kind));

  it("hands on what was discovered", () => {
    expect(onStdio(result(discover))).toMatchObject({ version: "2026-07-28", discover: { object: discover } });
  });

  it("asks again in the version that both speak, once", () => {
    expect(onStdio(unsupported("2026-07-28"))).toEqual({ kind: "retry", version: "2026-07-28" });
    expect(onStdio(unsupported("2026-07-28"), "2026-07-28").kind).toBe("none");
    expect(onStdio(error(-32020), "2026-07-28").kind).toBe("none");
    expect(onStdio(result(discover), "2026-07-28").kind).toBe("modern");
    expect(onStdio(error(-32601), "2026-07-28").kind).toBe("legacy");
  });
});

describe("httpVerdict", () => {
  it.each(onBoth)("with 200 on %s", (_, envelope, kind) => expect(httpVerdict(200, envelope).kind).toBe(kind));

  it.each([
    [400, unsupported("2026-07-28"), "retry"],
    [400, unsupported("2025-11-25"), "legacy"],
    [400, error(-32020), "retry"],
    [400, error(-32000), "legacy"],
    [400, undefined, "legacy"],
    [404, error(-32601), "legacy"],
    [404, error(-32001), "legacy"],
    [404, undefined, "legacy"],
    [405, undefined, "legacy"],
    [406, error(-32000), "legacy"],
    [415, undefined, "legacy"],
    [400, result(discover), "legacy"],
    [202, undefined, "legacy"],
    [307, undefined, "none"],
    [401, error(-32601), "none"],
    [403, undefined, "none"],
    [407, undefined, "none"],
    [429, undefined, "none"],
    [500, unsupported("2026-07-28"), "none"],
    [503, undefined, "none"],
  ])("with %i", (status, envelope, kind) => expect(httpVerdict(status, envelope).kind).toBe(kind));

  it("says why there is no verdict", () => {
    expect(httpVerdict(401, undefined)).toEqual({ kind: "none", reason: "The server answered HTTP 401: it wants credentials." });
  });
});

describe("maySpeakSse", () => {
  it.each([
    [400, undefined, true],
    [404, error(-32000), true],
    [405, undefined, true],
    [400, error(-32022), false],
    [401, undefined, false],
    [500, undefined, false],
    [200, undefined, false],
  ])("after an initialize refused with %i", (status, envelope, maybe) => expect(maySpeakSse(status, envelope)).toBe(maybe));
});
