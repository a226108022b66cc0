import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Caller, Question } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { JsonObject } from "../../base/json.ts";
import { readEnvelope } from "../../wire/envelope.ts";
import { Relay } from "./relay.ts";

const caller = (capabilities: JsonObject, protocolVersion = "2025-11-25"): Caller => ({
  identity: "local",
  era: "legacy",
  protocolVersion,
  capabilities,
});

interface Sent {
  id?: string;
  method: string;
  params: JsonObject;
}

describe("a question to a client", () => {
  const setUp = (listens = true): { relay: Relay; clock: FakeClock; sent: Sent[]; outlet: { send(message: Buffer): boolean } } => {
    const clock = new FakeClock();
    const sent: Sent[] = [];
    const outlet = { send: (message: Buffer): boolean => (listens ? sent.push(JSON.parse(message.toString()) as Sent) > 0 : false) };
    return { relay: new Relay({ clock, inputMs: 600_000 }), clock, sent, outlet };
  };
  const question = (method: string, params: JsonObject, signal = new AbortController().signal): Question => ({
    ...{ server: "crm", method, signal },
    params: Body.of(params),
  });
  const form = { message: "Which?", requestedSchema: { type: "object", properties: {} } };
  const answer = (message: JsonObject): ReturnType<typeof readEnvelope> =>
    readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message })));

  it.each([
    ["elicitation/create", form, { elicitation: {} }, true],
    ["elicitation/create", { ...form, mode: "url", url: "https://x" }, { elicitation: {} }, false],
    ["elicitation/create", { ...form, mode: "url", url: "https://x" }, { elicitation: { url: {} } }, true],
    ["elicitation/create", form, { sampling: {} }, false],
    ["sampling/createMessage", { messages: [] }, { sampling: {} }, true],
    ["sampling/createMessage", { messages: [], tools: [] }, { sampling: {} }, false],
    ["sampling/createMessage", { messages: [], tools: [] }, { sampling: { tools: {} } }, true],
    ["roots/list", {}, { roots: {} }, true],
    ["roots/list", {}, {}, false],
    ["made/up", {}, { elicitation: {}, sampling: {}, roots: {} }, false],
  ])("%s %j with %j is put: %j", async (method, params, capabilities, put) => {
    const { relay, sent, outlet } = setUp();
    const asked = relay.ask(question(method, params), caller(capabilities), outlet);
    if (!put) return await expect(asked).rejects.toMatchObject({ code: "CANNOT_ASK" });
    relay.answered(answer({ id: "ty1", result: { ok: true } }));
    expect((await asked).result?.value).toEqual({ ok: true });
    expect(sent).toMatchObject([{ id: "ty1", method }]);
    return undefined;
  });

  it("says who asks, where a person will read it", async () => {
    const { relay, sent, outlet } = setUp();
    const asked = relay.ask(question("elicitation/create", form), caller({ elicitation: {} }, "2025-06-18"), outlet);
    expect(sent[0]?.params).toMatchObject({ message: "crm: Which?" });
    relay.answered(answer({ id: "ty1", error: { code: -1, message: "no" } }));
    expect((await asked).error).toMatchObject({ code: -1, message: "no" });
  });

  it("is taken back when nobody needs its answer any more", async () => {
    const { relay, sent, outlet } = setUp();
    const abort = new AbortController();
    const asked = relay.ask(question("roots/list", {}, abort.signal), caller({ roots: {} }), outlet);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: "CANCELLED" });
    expect(sent[1]).toMatchObject({ method: "notifications/cancelled", params: { requestId: "ty1" } });
    relay.answered(answer({ id: "ty1", result: {} }));
    await expect(relay.ask(question("roots/list", {}, abort.signal), caller({ roots: {} }), outlet)).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(sent.length).toBe(2);
  });

  it("is not waited for for ever", async () => {
    const { relay, clock, sent, outlet } = setUp();
    const asked = relay.ask(question("roots/list", {}), caller({ roots: {} }), outlet);
    asked.catch(() => {});
    await clock.pass(600_001);
    await expect(asked).rejects.toMatchObject({ code: "CANNOT_ASK" });
    expect(sent.at(-1)?.method).toBe("notifications/cancelled");
  });

  it("ends with its client, and needs one that listens", async () => {
    const { relay, clock, outlet } = setUp();
    const asked = relay.ask(question("roots/list", {}), caller({ roots: {} }), outlet);
    relay.close();
    await expect(asked).rejects.toMatchObject({ code: "CANCELLED" });
    expect(clock.pending).toBe(0);
    const deaf = setUp(false);
    await expect(deaf.relay.ask(question("roots/list", {}), caller({ roots: {} }), deaf.outlet)).rejects.toMatchObject({
      code: "CANNOT_ASK",
    });
  });
});
