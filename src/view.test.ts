import { expect, it } from "vitest";
import { Body } from "./base/body.ts";
import type { Call } from "./base/call.ts";
import type { Snapshot } from "./catalog/item.ts";
import { View } from "./view.ts";
import type { Handlers } from "./host.ts";
import type { ViewSource } from "./view-source.ts";

/** The call that a host with these handlers makes. */
async function callOf(handlers: Handlers): Promise<Call> {
  const calls: Call[] = [];
  const call: ViewSource["call"] = async (made) => {
    calls.push(made);
    return { result: Body.of({ content: [] }) };
  };
  const view = new View({ call, own: () => undefined, snapshot: () => ({}) as Snapshot } as Partial<ViewSource> as ViewSource, handlers);
  await view.callTool("x");
  return calls[0] as Call;
}

it("declares what the host's functions can answer, sampling with tools too, and asks nobody else", async () => {
  const none = await callOf({});
  expect([none.caller.capabilities, none.ask]).toEqual([{}, undefined]);
  const all = await callOf({ elicit: () => ({}), sample: () => ({}), roots: [] });
  expect(all.caller.capabilities).toEqual({ elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} });
  expect(all.ask).toBeTypeOf("function");
});
