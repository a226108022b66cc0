/** Every adapter in the framework that it is for, with servers that behave and servers that do not. */

import { describe, expect, it } from "vitest";
import { openScriptedModel } from "../../examples/model.ts";
import { call, say, scenes, type Scene } from "../../examples/model/script.ts";
import type { CallRecord, Progress } from "../../src/adapters/source.ts";
import { testPlace } from "../seed/yard.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { frameworks } from "./frameworks.ts";

const script: Scene[] = [
  {
    question: "Echo on both.",
    steps: [
      (talk) => call(talk, ["__echo", { text: "one" }], ["__nonce", { nonce: "two" }]),
      (talk) => say(talk.results.map(({ text }) => text).join(" | ")),
    ],
  },
  {
    question: "Use what fails.",
    steps: [(talk) => call(talk, ["good__fail", { message: "the disk is full" }]), (talk) => say(talk.results[0]?.text ?? "")],
  },
  {
    question: "Use what dies, then what lives.",
    steps: [
      (talk) => call(talk, ["bad__write", {}]),
      (talk) => call(talk, ["good__echo", { text: "still here" }]),
      (talk) => say(talk.results.map(({ text }) => text).join(" | ")),
    ],
  },
  { question: "Wait.", steps: [(talk) => call(talk, ["good__slow", { ms: 60_000 }]), () => say("never")] },
  {
    question: "Make progress.",
    steps: [(talk) => call(talk, ["good__progress", { steps: 3, ms: 20 }]), (talk) => say(talk.results[0]?.text ?? "")],
  },
  {
    question: "Show everything.",
    steps: [(talk) => call(talk, ["good__raw", { json: JSON.stringify(mixed) }]), (talk) => say(talk.results[0]?.text ?? "")],
  },
];

const mixed = {
  content: [
    { type: "text", text: "first" },
    { type: "audio", data: "AAAA", mimeType: "audio/wav" },
    { type: "resource", resource: { uri: "file:///a.md", text: "inside" } },
    { type: "resource_link", uri: "https://example.com/b.pdf", name: "b", mimeType: "application/pdf" },
  ],
};

describe.each(Object.entries(frameworks))("%s", (name, ask) => {
  const only = ["echo", "nonce", "fail", "write", "slow", "progress", "raw"];

  it("offers names that every model takes, and calls several servers", async () => {
    using place = testPlace();
    const tool = [
      JSON.stringify({ name: "get-a.thing", inputSchema: { type: "object", properties: { id: { type: "string", pattern: "^(a+)+$" } } } }),
    ];
    await using yard = await place.open({
      mcpServers: { "my-one": stdioServer({ only: ["echo", "get-a.thing"], tool }), two: stdioServer({ only: ["nonce"], name: "two" }) },
    });
    await using model = await openScriptedModel(scenes(script));
    const records: CallRecord[] = [];
    const options = { onCall: (record: CallRecord) => void records.push(record) };
    const answer = await ask({ source: yard.view(), model: model.url, ask: "Echo on both.", options });
    expect(answer).toMatch(/one.*\|.*two/);
    const offered = model.requests[0]?.tools ?? [];
    for (const each of offered) expect(each).toMatch(/^[A-Za-z0-9_]{1,64}$/);
    expect(offered).toContain("my_one__echo");
    expect(offered).toContainEqual(expect.stringMatching(/^my_one__get_a_thing/));
    expect(records.map((record) => `${record.tool} ${record.ok}`).toSorted()).toEqual(["my-one__echo true", "two__nonce true"]);
  });

  it("gives the model the server's own words of an error", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { good: stdioServer({ only }) } });
    await using model = await openScriptedModel(scenes(script));
    expect(await ask({ source: yard.view(), model: model.url, ask: "Use what fails." })).toContain("the disk is full");
  });

  it("goes on after a server that dies in a call: the model reads which server, which tool, and what it may do", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { good: stdioServer({ only }), bad: stdioServer({ only, exit: "1@executed" }) } });
    await using model = await openScriptedModel(scenes(script));
    const answer = await ask({ source: yard.view(), model: model.url, ask: "Use what dies, then what lives." });
    expect(answer).toMatch(/bad/);
    expect(answer).toMatch(/may have run/);
    expect(answer).toMatch(/still here/);
  });

  it("carries an abort to the server", async () => {
    using place = testPlace();
    using server = watchedServer({ only });
    await using yard = await place.open({ mcpServers: { good: server.entry } });
    await using model = await openScriptedModel(scenes(script));
    const abort = new AbortController();
    const run = ask({ source: yard.view(), model: model.url, ask: "Wait.", signal: abort.signal }).catch((error: unknown) => error);
    await server.log.waitFor({ what: "in", method: "tools/call" });
    abort.abort(new Error("enough"));
    await server.log.waitFor({ what: "cancelled", running: true });
    await run;
    expect(model.requests).toHaveLength(1);
  });

  it("tells how far a call is", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { good: stdioServer({ only }) } });
    await using model = await openScriptedModel(scenes(script));
    const told: [string, Progress][] = [];
    const options = { onProgress: (tool: string, progress: Progress) => void told.push([tool, progress]) };
    await ask({ source: yard.view(), model: model.url, ask: "Make progress.", options });
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told[0]).toMatchObject(["good__progress", { progress: expect.any(Number) as number }]);
  });

  it("gives the model something of every kind of content", async () => {
    using place = testPlace();
    await using yard = await place.open({ mcpServers: { good: stdioServer({ only }) } });
    await using model = await openScriptedModel(scenes(script));
    const answer = await ask({ source: yard.view(), model: model.url, ask: "Show everything." });
    const parts =
      name === "ai-sdk"
        ? ["first", "audio/wav", "inside", "b.pdf"]
        : ["first", "[audio/wav, 3 bytes", "inside", 'Resource "b" at https://example.com/b.pdf'];
    for (const part of parts) expect(answer).toContain(part);
  });

  it("runs with servers that hang and servers that are dead", async () => {
    using place = testPlace();
    await using yard = await place.open({
      mcpServers: {
        good: stdioServer({ only }),
        hanging: stdioServer({ "never-answer": "any" }),
        dead: stdioServer({ exit: "1@start" }),
        missing: { command: "no-such-command-anywhere" },
      },
      discovery: { wait: "1s" },
    });
    await using model = await openScriptedModel(scenes(script));
    expect(await ask({ source: yard.view(), model: model.url, ask: "Use what fails." })).toContain("the disk is full");
  });
});
