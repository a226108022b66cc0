import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Answer, Call, Caller } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import { Pending } from "./pending.ts";
import { TaskCalls } from "./task-calls.ts";
import { Questions, type QuestionRules, type ServerQuestion } from "./questions.ts";

const elicit = { method: "elicitation/create", params: Body.of({ message: "Name?", requestedSchema: { type: "object" } }), id: 1 };
const accepted = { action: "accept", content: { name: "Ann" } };

function caller(capabilities = { elicitation: {} }): Caller {
  return { identity: "local", era: "legacy", protocolVersion: "2025-11-25", capabilities };
}

/** A call in flight whose caller answers each question with its own name. */
function inFlight(by: Caller, name = "Ann"): Pending {
  const ask = async (): Promise<Answer> => ({ result: Body.of({ action: "accept", content: { name } }) });
  const call: Call = { method: "tools/call", params: Body.empty, caller: by, ask };
  const limits = { quietMs: 1_000, totalMs: 1_000 };
  return new Pending({ id: 7, method: "tools/call", call, limits }, new FakeClock(), () => {});
}

function questions(
  ask: QuestionRules["ask"] = "auto",
  roots?: string[],
): { put: (more: Partial<ServerQuestion>) => Promise<unknown>; notices: string[] } {
  const notices: string[] = [];
  const made = new Questions("srv", { ask, hasRoots: roots !== undefined, roots: async () => roots?.map((uri) => ({ uri })) }, (text) =>
    notices.push(text),
  );
  const put = async (more: Partial<ServerQuestion>): Promise<unknown> => {
    const answer = await made.put({ ...elicit, own: undefined, open: [], abandoned: [], tasks: new TaskCalls(), shared: false, ...more });
    return answer?.result?.value ?? answer?.error;
  };
  return { put, notices };
}

describe("Questions", () => {
  it("puts a question to the one call in flight", async () => {
    expect(await questions().put({ open: [inFlight(caller())] })).toEqual(accepted);
  });

  it("puts a question on a call's own stream to that call, whatever else is in flight", async () => {
    const own = inFlight(caller(), "Bob");
    expect(await questions().put({ own, open: [inFlight(caller()), own] })).toEqual({ action: "accept", content: { name: "Bob" } });
  });

  it("puts a question on a call's own stream to that call, also where several identities call", async () => {
    expect(await questions().put({ own: inFlight(caller()), shared: true })).toEqual(accepted);
  });

  it("asks where several calls are one client's", async () => {
    const one = caller();
    expect(await questions().put({ open: [inFlight(one), inFlight(one)] })).toEqual(accepted);
  });

  it.each<[string, Partial<ServerQuestion>, RegExp]>([
    ["two clients have calls in flight", { open: [inFlight(caller()), inFlight(caller())] }, /"exclusive"/],
    ["the other client could not even answer", { open: [inFlight(caller()), inFlight(caller({} as never))] }, /2 clients/],
    ["another client's call was given up and may still run", { open: [inFlight(caller())], abandoned: [caller()] }, /2 clients/],
    ["several identities have called, and only one is calling", { open: [inFlight(caller())], shared: true }, /"per-identity"/],
    ["its call has ended", { own: "gone", open: [inFlight(caller())] }, /ended/],
    ["the caller cannot answer", { open: [inFlight(caller({} as never))] }, /no caller/],
    ["nobody has called", {}, /no caller/],
  ])("refuses when %s", async (_what, question, reason) => {
    const { put, notices } = questions();
    expect(await put(question)).toEqual({ action: "cancel" });
    expect(notices.join()).toMatch(reason);
  });

  it("asks nobody where the configuration says none", async () => {
    const { put, notices } = questions("none");
    expect(await put({ open: [inFlight(caller())] })).toEqual({ action: "cancel" });
    expect(notices.join()).toContain('"ask"');
  });

  it.each([
    ["sampling/createMessage", -1],
    ["roots/list", -32601],
    ["other/method", -32601],
  ])("refuses %s with %i", async (method, code) => {
    expect(await questions().put({ method, params: Body.empty })).toMatchObject({ code });
  });

  it("answers roots from the configuration, without any call", async () => {
    const { put } = questions("auto", ["file:///a"]);
    expect(await put({ method: "roots/list", params: Body.empty })).toEqual({ roots: [{ uri: "file:///a" }] });
  });

  it("asks for roots on the stream of a call, and never by the calls in flight", async () => {
    const own = inFlight({ ...caller(), capabilities: { roots: {} } });
    const roots = { method: "roots/list", params: Body.empty };
    expect(await questions().put({ ...roots, own })).toEqual(accepted);
    expect(await questions().put({ ...roots, open: [own] })).toMatchObject({ code: -32601 });
  });

  it("tells a modern server what it may ask: of the caller, and of us", () => {
    const call: Call = { method: "tools/call", params: Body.empty, caller: caller() };
    const told = (ask: QuestionRules["ask"], hasRoots: boolean): unknown =>
      new Questions("srv", { ask, hasRoots, roots: async () => [] }, () => {}).modernCapabilities(call);
    expect(told("auto", false)).toEqual({ elicitation: {} });
    expect(told("auto", true)).toEqual({ elicitation: {}, roots: {} });
    expect(told("none", true)).toEqual({ roots: {} });
  });
});
