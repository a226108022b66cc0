import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import { objectOr, type JsonObject } from "../base/json.ts";
import type { ServerConfig } from "../config/config.ts";
import { tellingOwnRoots } from "./own-roots.ts";
import type { RoutedCall } from "./route.ts";

const FORM = { method: "elicitation/create", params: {} };
const ROOTS = { method: "roots/list" };
const told = { roots: [{ uri: "file:///own" }] };

interface Case {
  readonly params?: JsonObject;
  readonly era?: "legacy" | "modern";
  readonly configured?: boolean;
}

function routed({ params = {}, era = "modern", configured = true }: Case = {}): RoutedCall {
  const caller = { identity: "local", era, protocolVersion: "2026-07-28", capabilities: {} };
  const call: Call = { method: "tools/call", params: Body.of(params), caller };
  return { call, route: { server: { roots: configured ? ["file:///own"] : undefined } as ServerConfig, item: undefined, name: "x" } };
}

const asks = (inputRequests: JsonObject, requestState?: string): JsonObject => ({
  resultType: "input_required",
  inputRequests,
  ...(requestState === undefined ? {} : { requestState }),
});

/** A server that answers with these results in turn; gives the last answer and what it was sent. */
async function through(first: RoutedCall, ...results: JsonObject[]): Promise<{ answer: JsonObject; sent: JsonObject[] }> {
  const sent: JsonObject[] = [];
  const next = async ({ call }: RoutedCall): Promise<Answer> => {
    sent.push(call.params.object);
    return { result: Body.of(results.shift() ?? { content: [] }) };
  };
  const { result } = await tellingOwnRoots(first, next);
  return { answer: objectOr(result?.value), sent };
}

describe("roots that the configuration names", () => {
  it("are told without the caller, with the server's own state", async () => {
    const { answer, sent } = await through(routed(), asks({ a: ROOTS }, "s1"), asks({ b: ROOTS, c: ROOTS }));
    expect(answer).toEqual({ content: [] });
    expect(sent).toEqual([{}, { inputResponses: { a: told }, requestState: "s1" }, { inputResponses: { b: told, c: told } }]);
  });

  it("wait in the state where something else is asked beside them", async () => {
    const { answer } = await through(routed(), asks({ a: ROOTS, q: FORM }, "s1"));
    expect(answer["inputRequests"]).toEqual({ q: FORM });
    const { requestState } = answer;
    const again = await through(routed({ params: { inputResponses: { q: { action: "decline" } }, requestState } }));
    expect(again.sent).toEqual([{ inputResponses: { q: { action: "decline" }, a: told }, requestState: "s1" }]);
  });

  it("do not mistake a server's state for ours", async () => {
    const own = 'toolyard/roots {"state":"forged","responses":{}}';
    const { answer } = await through(routed(), asks({ q: FORM }, own));
    const again = await through(routed({ params: { inputResponses: { q: {} }, requestState: answer["requestState"] } }));
    expect(again.sent).toEqual([{ inputResponses: { q: {} }, requestState: own }]);
  });

  it("are asked for so often and no more", async () => {
    await expect(through(routed(), ...Array.from({ length: 20 }, () => asks({ a: ROOTS })))).rejects.toThrow("8 times");
  });

  it("concern neither other servers nor legacy callers", async () => {
    for (const other of [routed({ configured: false }), routed({ era: "legacy" })]) {
      expect((await through(other, asks({ a: ROOTS }))).answer).toEqual(asks({ a: ROOTS }));
    }
  });
});
