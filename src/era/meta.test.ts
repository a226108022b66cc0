import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import { META, modernRequestMeta, outboundMeta, type Hop } from "./meta.ts";

const ours = { version: "2026-07-28", capabilities: { elicitation: {} }, clientInfo: { name: "toolyard", version: "1" } };
const modern: Hop = { era: "modern", ...ours, progressToken: 7 };
const legacy: Hop = { era: "legacy" };
const theirs = {
  [META.protocolVersion]: "2026-07-28",
  [META.clientCapabilities]: { sampling: {} },
  [META.clientInfo]: { name: "host", version: "9" },
  [META.logLevel]: "debug",
  [META.relatedTask]: { taskId: "t" },
  progressToken: "theirs",
};
const through = { traceparent: "00-ab-cd-01", "example.com/tenant": { id: 1 } };

const metaOf = (body: Body): unknown => body.get("_meta");

describe("modernRequestMeta", () => {
  it("always says version, capabilities and client, the rest only when given", () => {
    expect(modernRequestMeta(ours)).toEqual({
      [META.protocolVersion]: "2026-07-28",
      [META.clientCapabilities]: { elicitation: {} },
      [META.clientInfo]: { name: "toolyard", version: "1" },
    });
    expect(modernRequestMeta({ ...ours, logLevel: "info", progressToken: 0 })).toMatchObject({ [META.logLevel]: "info", progressToken: 0 });
  });

  it("wins over what is kept beside it", () => {
    const meta = modernRequestMeta({ ...ours, rest: { [META.protocolVersion]: "1999-01-01", traceparent: "x" } });
    expect(meta).toMatchObject({ [META.protocolVersion]: "2026-07-28", traceparent: "x" });
  });
});

describe("outboundMeta", () => {
  it("gives the same Body to a legacy server when there is nothing to do", () => {
    for (const params of [{ name: "x" }, { name: "x", _meta: through }, { _meta: 5 }]) {
      const body = Body.of(params);
      expect(outboundMeta(body, legacy)).toBe(body);
    }
  });

  it("lets what is not local to the hop through, to either era", () => {
    const body = Body.of({ name: "x", _meta: { ...theirs, ...through } });
    expect(metaOf(outboundMeta(body, legacy))).toEqual(through);
    expect(metaOf(outboundMeta(body, modern))).toEqual({ ...through, ...modernRequestMeta({ ...ours, progressToken: 7 }) });
    expect(outboundMeta(body, modern).get("name")).toBe("x");
  });

  it("gives no key of the modern protocol to a legacy server, known or not", () => {
    const body = Body.of({ _meta: { "io.modelcontextprotocol/later": 1, ...through } });
    expect(metaOf(outboundMeta(body, legacy))).toEqual(through);
    expect(metaOf(outboundMeta(body, modern))).toMatchObject({ "io.modelcontextprotocol/later": 1 });
  });

  it("removes a `_meta` of which nothing is left", () => {
    expect(outboundMeta(Body.of({ name: "x", _meta: theirs }), legacy).value).toEqual({ name: "x" });
  });

  it("replaces the progress token, and 0 is one", () => {
    const body = Body.of({ _meta: { progressToken: "theirs" } });
    expect(metaOf(outboundMeta(body, { era: "legacy", progressToken: 0 }))).toEqual({ progressToken: 0 });
    expect(metaOf(outboundMeta(body, { era: "modern", ...ours }))).not.toHaveProperty("progressToken");
  });

  it("does not change the Body that it was given", () => {
    const body = Body.of({ name: "x", _meta: { ...theirs } });
    outboundMeta(body, modern);
    expect(metaOf(body)).toEqual(theirs);
  });

  it("leaves what it does not touch as it came, numbers that JavaScript would round included", () => {
    const own = '"big":9007199254740993,"deep":[[1e400]]';
    const body = Body.from(Buffer.from(`{"name":"x","_meta":{"progressToken":"theirs",${own}}}`));
    expect(String(outboundMeta(body, { era: "legacy", progressToken: 7 }).bytes)).toBe(`{"name":"x","_meta":{"progressToken":7,${own}}}`);
    expect(String(outboundMeta(body, modern).bytes)).toContain(own);
  });
});
