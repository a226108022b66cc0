import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { openScriptedModel, type ScriptedModel } from "./model.ts";
import { call, say, scenes } from "./model/script.ts";

const script = scenes([
  {
    question: "What are 2 + 3 and 4 + 5, added?",
    steps: [
      (talk) => call(talk, ["__add", { a: 2, b: 3 }], ["__add", { a: 4, b: 5 }]),
      (talk) => call(talk, ["calc__add", { a: Number(talk.results[0]?.text), b: Number(talk.results[1]?.text) }]),
      (talk) => say(`Together ${talk.results[2]?.text}, from ${talk.results.map(({ text }) => text).join(" and ")}.`),
    ],
  },
  { question: "Say hello.", steps: [() => say("Hello to you, too.")] },
  { question: "Use what is not there.", steps: [(talk) => call(talk, ["nothing", {}])] },
  { question: "Use what is there twice.", steps: [(talk) => call(talk, ["d", {}])] },
  { question: "Never end.", steps: [] },
]);

let model: ScriptedModel;
beforeAll(async () => {
  model = await openScriptedModel(script);
});
afterAll(() => model.close());

const parameters = z.object({ a: z.number(), b: z.number() });
const add = tool({ name: "calc__add", description: "Adds.", parameters, execute: ({ a, b }) => String(a + b) });
const odd = tool({ name: "calc__odd", description: "Is it odd?", parameters: z.object({}), execute: () => "yes" });
const agent = new Agent({ name: "calculator", instructions: "Be exact.", tools: [add, odd] });

const runner = (useResponses: boolean): Runner =>
  new Runner({
    modelProvider: new OpenAIProvider({ baseURL: model.url, apiKey: "none", useResponses }),
    model: "scripted",
    tracingDisabled: true,
  });

describe.each([
  ["Chat Completions", false, "/v1/chat/completions"],
  ["Responses", true, "/v1/responses"],
] as const)("the scripted model by %s", (_, useResponses, path) => {
  it("plays a scene of side-by-side and chained calls", async () => {
    const before = model.requests.length;
    const { finalOutput } = await runner(useResponses).run(agent, "What are 2 + 3 and 4 + 5, added?");
    expect(finalOutput).toBe("Together 14, from 5 and 9 and 14.");
    const requests = model.requests.slice(before);
    expect(requests).toHaveLength(3);
    expect(requests[0]).toMatchObject({ path, streamed: false, tools: ["calc__add", "calc__odd"] });
    expect(requests.every(({ bytes, toolBytes }) => toolBytes > 100 && bytes > toolBytes)).toBe(true);
  });

  it("plays the same scene as a stream", async () => {
    const result = await runner(useResponses).run(agent, "What are 2 + 3 and 4 + 5, added?", { stream: true });
    let streamed = "";
    for await (const piece of result.toTextStream()) streamed += piece;
    await result.completed;
    expect(result.finalOutput).toBe("Together 14, from 5 and 9 and 14.");
    expect(streamed).toBe("Together 14, from 5 and 9 and 14.");
    expect(model.requests.at(-1)).toMatchObject({ path, streamed: true });
  });

  it("starts afresh with each of the user's questions", async () => {
    const first = await runner(useResponses).run(agent, "What are 2 + 3 and 4 + 5, added?");
    const second = await runner(useResponses).run(agent, [...first.history, { role: "user", content: "Say hello." }]);
    expect(second.finalOutput).toBe("Hello to you, too.");
  });

  it.each([
    ["Use what is not there.", 'No tool that is offered ends in "nothing". Offered: calc__add, calc__odd.'],
    ["Use what is there twice.", 'Several tools end in "d": calc__add, calc__odd.'],
    ["Never end.", 'The scene for "Never end." does not end with an answer.'],
    ["Who are you?", 'The script has no scene for "Who are you?".'],
  ])("fails at once when the script cannot go on: %s", async (question, message) => {
    const before = model.requests.length;
    await expect(runner(useResponses).run(agent, question)).rejects.toThrow(message);
    expect(model.requests.length).toBe(before + 1);
  });
});

it("the scripted model answers anything else with 404, and what is no JSON with 400", async () => {
  expect((await fetch(`${model.url}/nothing`)).status).toBe(404);
  expect((await fetch(`${model.url}/responses`, { method: "POST", body: "{" })).status).toBe(400);
});
