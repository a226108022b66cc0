import { classifyInboundRequest } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../base/json.ts";
import { readEnvelope } from "../wire/envelope.ts";
import { type Classified, classifyMessage, LOG_LEVELS } from "./classify.ts";
import { checkHeaders } from "./headers.ts";
import { META } from "./meta.ts";

const MODERN = "2026-07-28";
const meta = (changes: JsonObject = {}): JsonObject => ({ [META.protocolVersion]: MODERN, [META.clientCapabilities]: {}, ...changes });

const classify = (message: JsonObject, header?: string): Classified =>
  classifyMessage(readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }))), header);
const request = (method: string, _meta?: unknown, header?: string): Classified =>
  classify({ id: 1, method, params: _meta === undefined ? {} : { _meta } } as JsonObject, header);

/** What it came to: the era, or the code of the rejection. */
const outcome = (result: Classified): string => (result.kind === "reject" ? result.error.code : result.kind);

describe("classifyMessage", () => {
  it.each([
    ["tools/list", undefined, undefined, "legacy"],
    ["tools/list", { progressToken: 1 }, "2025-11-25", "legacy"],
    ["tools/list", "rubbish", undefined, "legacy"],
    ["tools/list", undefined, "1999-01-01", "legacy"],
    ["initialize", undefined, undefined, "legacy"],
    ["initialize", undefined, MODERN, "legacy"],
    ["initialize", meta(), undefined, "modern"],
    ["tools/list", meta(), undefined, "modern"],
    ["tools/list", meta(), MODERN, "modern"],
    ["tools/list", undefined, MODERN, "INVALID_PARAMS"],
    ["tools/list", { [META.clientCapabilities]: {} }, MODERN, "INVALID_PARAMS"],
    ["tools/list", undefined, "2031-01-01", "INVALID_PARAMS"],
    ["tools/list", meta({ [META.protocolVersion]: 7 }), undefined, "INVALID_PARAMS"],
    ["tools/list", { [META.protocolVersion]: MODERN }, undefined, "INVALID_PARAMS"],
    ["tools/list", meta({ [META.clientCapabilities]: "all" }), undefined, "INVALID_PARAMS"],
    ["tools/list", meta({ [META.logLevel]: "loud" }), undefined, "INVALID_PARAMS"],
    ["tools/list", meta({ progressToken: 1.5 }), undefined, "INVALID_PARAMS"],
    ["tools/list", meta({ [META.protocolVersion]: "2025-11-25" }), undefined, "UNSUPPORTED_VERSION"],
    ["tools/list", { [META.protocolVersion]: "1900-01-01" }, undefined, "UNSUPPORTED_VERSION"],
    ["tools/list", { [META.protocolVersion]: "2031-01-01" }, "2031-01-01", "UNSUPPORTED_VERSION"],
    ["tools/list", { [META.protocolVersion]: "2031-01-01" }, MODERN, "HEADER_MISMATCH"],
    ["tools/list", { [META.protocolVersion]: "2031-01-01" }, " 2031-01-01 ", "UNSUPPORTED_VERSION"],
  ])("%s with _meta %j and header %s: %s", (method, _meta, header, wanted) => expect(outcome(request(method, _meta, header))).toBe(wanted));

  it("reads out what a modern request says of its sender", () => {
    const claim = meta({
      [META.clientCapabilities]: { elicitation: {} },
      [META.clientInfo]: { name: "host", version: "1" },
      [META.logLevel]: "warning",
      progressToken: 0,
    });
    expect(request("tools/call", claim)).toEqual({
      kind: "modern",
      version: MODERN,
      capabilities: { elicitation: {} },
      clientInfo: { name: "host", version: "1" },
      logLevel: "warning",
      progressToken: 0,
    });
  });

  it("does not mind a clientInfo that is only for display", () => {
    expect(request("tools/list", meta({ [META.clientInfo]: 7 }))).toMatchObject({ kind: "modern", clientInfo: undefined });
  });

  it("names the versions that are spoken in this way, and the one that was asked for", () => {
    const result = request("tools/list", { [META.protocolVersion]: "1900-01-01" });
    expect(result).toMatchObject({
      error: {
        details: { data: { supported: [MODERN], requested: "1900-01-01" } },
      },
    });
  });

  it("names the key that is missing", () => {
    const result = request("tools/list", undefined, MODERN);
    expect(result.kind === "reject" && result.error.message).toContain(META.protocolVersion);
  });

  it("takes the header's word for a notification, and the body's before it", () => {
    expect(outcome(classify({ method: "notifications/x" }))).toBe("legacy");
    expect(outcome(classify({ method: "notifications/x" }, MODERN))).toBe("modern");
    expect(outcome(classify({ method: "notifications/x", params: { _meta: { [META.protocolVersion]: MODERN } } }))).toBe("modern");
    expect(outcome(classify({ method: "notifications/x", params: { _meta: { [META.protocolVersion]: 1 } } }))).toBe("INVALID_PARAMS");
  });

  it("gives answers to the legacy era, which alone has them", () => {
    expect(outcome(classify({ id: 1, result: {} }, MODERN))).toBe("legacy");
    expect(outcome(classify({ id: 1, error: { code: 1, message: "" } }))).toBe("legacy");
  });
});

describe("classifyMessage beside the official SDK", () => {
  const capabilities = fc.constantFrom<unknown>({}, { elicitation: { url: {} } }, { sampling: {}, roots: {} }, undefined, 7, "all", []);
  const versions = fc.constantFrom<unknown>(MODERN, MODERN, "2025-11-25", "1900-01-01", "2031-01-01", undefined, 7);
  const levels = fc.constantFrom<unknown>(...LOG_LEVELS, undefined, "loud", 7);
  const headers = fc.constantFrom(undefined, MODERN, "2025-11-25", "2025-03-26", "2031-01-01");
  const metas = fc
    .tuple(versions, capabilities, levels, fc.constantFrom<unknown>(undefined, 0, "a"))
    .map(([version, caps, logLevel, progressToken]) => ({
      [META.protocolVersion]: version,
      [META.clientCapabilities]: caps,
      [META.logLevel]: logLevel,
      progressToken,
    }));
  const messages = fc.record({
    id: fc.constantFrom(1, "1", undefined),
    method: fc.constantFrom("tools/list", "tools/call", "initialize", "notifications/initialized"),
    _meta: fc.option(metas, { nil: undefined }),
  });

  /** The SDK compares the version header in the same step. */
  const oursOf = (text: string, header: string | undefined): string => {
    const envelope = readEnvelope(Buffer.from(text));
    const result = classifyMessage(envelope, header);
    const { method = "", params } = envelope;
    const headerSaid = { "mcp-protocol-version": header, "mcp-method": method, "mcp-name": "" };
    const mismatch =
      result.kind === "modern" && header !== undefined ? checkHeaders(headerSaid, method, params, result.version) : undefined;
    return mismatch?.code ?? outcome(result);
  };

  const theirsOf = (text: string, header: string | undefined): string => {
    const body: unknown = JSON.parse(text);
    const result = classifyInboundRequest({ httpMethod: "POST", ...(header === undefined ? {} : { protocolVersionHeader: header }), body });
    if (result.kind !== "reject") return result.kind;
    return { [-32602]: "INVALID_PARAMS", [-32020]: "HEADER_MISMATCH" }[result.code] ?? String(result.code);
  };

  it("comes to the same where both define an answer", () => {
    fc.assert(
      fc.property(messages, headers, ({ id, method, _meta }, header) => {
        const text = JSON.stringify({ jsonrpc: "2.0", id, method, params: { _meta } });
        const ours = oursOf(text, header);
        // The SDK looks in a later step whether it serves a version.
        fc.pre(ours !== "UNSUPPORTED_VERSION");
        // It reads the rest of a claim whose version it does not know.
        fc.pre(ours !== "HEADER_MISMATCH" || _meta?.[META.protocolVersion] === MODERN);
        // It refuses an `initialize` under a modern header, and lets one with a broken claim pass as legacy.
        fc.pre(method !== "initialize" || (header !== MODERN && header !== "2031-01-01" && ours !== "INVALID_PARAMS"));
        expect(ours).toBe(theirsOf(text, header));
      }),
      { numRuns: 3_000 },
    );
  });
});
