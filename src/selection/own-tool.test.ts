import { expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Call } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { sectionOf, snapshotFrom } from "./catalog.suite.ts";
import { callOwn, textResult, type OwnContext, type OwnTool } from "./own-tool.ts";

const snapshot = snapshotFrom(sectionOf("git", [{ name: "push" }]));
const context: OwnContext = { snapshot, settled: async () => snapshot, request: async () => ({ result: Body.empty }) };

function call(era: "legacy" | "modern", args?: Body): Call {
  const caller = { identity: "local", era, protocolVersion: era === "legacy" ? "2025-11-25" : "2026-07-28", capabilities: {} };
  return { method: "tools/call", caller, params: Body.of({ name: "own" }).with({ arguments: args }) };
}

function own(answer: OwnTool["call"]): OwnTool {
  return { name: "own", isShownOn: (surface) => surface === "search", definition: () => ({ name: "own" }), call: answer };
}

it("gets its arguments as they came, and answers each revision in its own form", async () => {
  const tool = own(async (args, made) => textResult(args.bytes.toString(), made));
  const given = Body.from(Buffer.from('{ "n": 9007199254740993 }'));
  expect((await callOwn(tool, call("legacy", given), context)).result?.value).toEqual({
    content: [{ type: "text", text: '{ "n": 9007199254740993 }' }],
  });
  expect((await callOwn(tool, call("modern"), context)).result?.value).toMatchObject({ resultType: "complete", content: [{ text: "{}" }] });
});

it("never rejects: what it throws is a result that says why", async () => {
  const wrong = own(() => Promise.reject(new ToolyardError("SERVER_BUSY", "Too much at once.")));
  const broken = own(() => Promise.reject(new TypeError("Not even ours.")));
  const answers = [await callOwn(wrong, call("legacy"), context), await callOwn(broken, call("modern"), context)];
  expect(answers[0]?.result?.value).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("Too much at once.") }] });
  expect(answers[1]?.error).toMatchObject({ code: -32603 });
});
