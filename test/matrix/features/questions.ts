/** Questions of a server: forms, links, sampling, roots. */

import assert from "node:assert/strict";
import { objectOr, type JsonObject } from "../../../src/base/json.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import { textOf } from "../../support/inbox.ts";
import { until } from "../../support/wait.ts";
import type { Column, Revision } from "../columns.ts";
import { CONFIGURED_ROOT, ownName, rootedName } from "../place/servers.ts";
import { EVERYTHING, Talk, type Question } from "../place/talk.ts";
import { RIDDLE, riddleUri } from "../server/data.ts";
import { clientEra, from, fresh, notLocal, resultOf, saidIn, serverEra, WHY, type Feature } from "./feature.ts";

const FORM = "elicitation/create";
const SAMPLE = "sampling/createMessage";

/** Nothing where one of the two does not know it yet. */
function since(revision: Revision): (column: Column) => string | undefined {
  return (column) =>
    notLocal(column) ?? (column.client.revision < revision || column.server.revision < revision ? from(revision) : undefined);
}

function form(talk: Talk, properties: JsonObject = { name: { type: "string", title: "Name", minLength: 1 } }): JsonObject {
  const mode = talk.column.server.revision >= "2025-11-25" ? { mode: "form" } : {};
  const requestedSchema = { type: "object", properties, required: Object.keys(properties).slice(0, 1) };
  return { method: FORM, params: { ...mode, message: "Who?", requestedSchema } };
}

const accept = (content: JsonObject): JsonObject => ({ action: "accept", content });

/** The answers that the server got, by key. */
async function ask(talk: Talk, questions: JsonObject, more: JsonObject = {}): Promise<JsonObject> {
  return objectOr(saidIn(await talk.call("ask", { questions, ...more })));
}

const firstAsked = ({ asked: [question] }: Talk): Question => question ?? { method: "nothing", params: {} };

const elicitation: Feature = {
  name: "form: accepted, declined, cancelled",
  older: true,
  stage: "asking",
  absent: since("2025-06-18"),
  async check(talk) {
    for (const answer of [accept({ name: "Änne" }), { action: "decline" }, { action: "cancel" }]) {
      talk.answer = () => answer;
      assert.deepEqual(await ask(talk, { who: form(talk) }), { who: answer });
    }
    const { method, params } = firstAsked(talk);
    assert.deepEqual([method, params["message"]], [FORM, `${talk.column.server.name}: Who?`]);
    assert.deepEqual(params["requestedSchema"], objectOr(form(talk)["params"])["requestedSchema"]);
  },
};

const CHOICE = [
  { const: "a", title: "The a" },
  { const: "b", title: "The b" },
];
const NEW_FIELDS: JsonObject = {
  one: { type: "string", oneOf: CHOICE, default: "b" },
  yes: { type: "boolean", default: true },
};
const SEVERAL: JsonObject = { some: { type: "array", items: { anyOf: CHOICE }, minItems: 1 } };

const newForms: Feature = {
  name: "form: titled choices, defaults, a choice of several",
  older: true,
  stage: "asking",
  absent: (column) => since("2025-06-18")(column) ?? (column.server.revision < "2025-11-25" ? from("2025-11-25") : undefined),
  async check(talk) {
    const answer = accept({ one: "a", yes: false });
    talk.answer = () => answer;
    const whole = talk.column.client.revision >= "2025-11-25";
    assert.deepEqual(await ask(talk, { q: form(talk, whole ? { ...NEW_FIELDS, ...SEVERAL } : NEW_FIELDS) }), { q: answer });
    const { params } = firstAsked(talk);
    const { properties } = objectOr(params["requestedSchema"]);
    if (whole) return assert.deepEqual([properties, params["mode"]], [{ ...NEW_FIELDS, ...SEVERAL }, "form"]);
    const older = { one: { type: "string", enum: ["a", "b"], enumNames: ["The a", "The b"] }, yes: NEW_FIELDS["yes"] };
    assert.deepEqual([properties, params["mode"]], [older, undefined]);
    await expectUnanswerable(talk, form(talk, SEVERAL));
  },
};

/** A question that the client cannot be asked, of a server that asks all the same. */
async function expectUnanswerable(talk: Talk, question: JsonObject): Promise<void> {
  const before = talk.asked.length;
  const answer = await talk.call("ask", { questions: { q: question }, anyway: true });
  assert.equal(talk.asked.length, before);
  if (serverEra(talk.column) === "modern") {
    assert.equal(answer.result?.isError, true);
    return assert.match(textOf(answer), new RegExp(plain(question["method"])));
  }
  const refusal = objectOr(objectOr(saidIn(answer))["q"]);
  if (question["method"] === FORM) return assert.deepEqual(refusal, { action: "cancel" });
  assert.equal(objectOr(refusal["error"])["code"], -1);
}

function link(talk: Talk): JsonObject {
  const id = serverEra(talk.column) === "legacy" ? { elicitationId: fresh("link") } : {};
  return { method: FORM, params: { mode: "url", message: "Look", url: "https://example.com/a?b=ü", ...id } };
}

const links: Feature = {
  name: "link: accepted, declined",
  stage: "asking",
  absent: since("2025-11-25"),
  async check(talk) {
    for (const answer of [{ action: "decline" }, { action: "accept" }]) {
      talk.answer = () => answer;
      assert.deepEqual(await ask(talk, { q: link(talk) }), { q: answer });
    }
    const { mode, url, message, elicitationId } = firstAsked(talk).params;
    assert.deepEqual([mode, url, message], ["url", "https://example.com/a?b=ü", `${talk.column.server.name}: Look`]);
    assert.equal(typeof elicitationId, talk.era === "legacy" ? "string" : "undefined");
  },
};

const linkComplete: Feature = {
  name: 'link: "complete" is told',
  stage: "asking",
  absent: (column) => since("2025-11-25")(column) ?? (clientEra(column) === "modern" ? WHY.modernNone : undefined),
  async check(talk) {
    const listening = await talk.listen({});
    talk.answer = () => ({ action: "accept" });
    await ask(talk, { q: link(talk) }, { complete: true });
    const { elicitationId } = firstAsked(talk).params;
    await talk.news("notifications/elicitation/complete", (params) => params["elicitationId"] === elicitationId);
    await listening.cancel();
  },
};

const linkError: Feature = {
  name: "link: as an error of the call (-32042)",
  absent: (column) => since("2025-11-25")(column) ?? (serverEra(column) === "modern" ? WHY.modernNone : undefined),
  async check(talk) {
    const elicitations = [objectOr(link(talk)["params"])];
    const params = { name: talk.name("refuse"), arguments: { code: -32042, message: "First a link", data: { elicitations } } };
    const answer = await talk.once("tools/call", params);
    const shown = elicitations.map((each) => ({ ...each, message: `${talk.column.server.name}: Look` }));
    if (talk.era === "legacy") return assert.deepEqual([answer.error?.code, answer.error?.data], [-32042, { elicitations: shown }]);
    const { resultType, inputRequests } = resultOf(answer);
    assert.equal(resultType, "input_required");
    const [request] = Object.values(objectOr(inputRequests));
    const { method, params: asked } = objectOr(request);
    assert.deepEqual([method, objectOr(asked)["url"], objectOr(asked)["elicitationId"]], [FORM, "https://example.com/a?b=ü", undefined]);
  },
};

const MESSAGES = [{ role: "user", content: { type: "text", text: "2+2?" } }];

const sampling: Feature = {
  name: "sampling",
  older: true,
  stage: "asking",
  absent: notLocal,
  async check(talk) {
    const params = { messages: MESSAGES, maxTokens: 9, systemPrompt: "Count.", modelPreferences: { hints: [{ name: "m" }] }, "x-odd": [1] };
    const answer = { role: "assistant", content: { type: "text", text: "4" }, model: "m", stopReason: "endTurn", "x-odd": [2] };
    talk.answer = () => answer;
    assert.deepEqual(await ask(talk, { q: { method: SAMPLE, params } }), { q: answer });
    assert.deepEqual(firstAsked(talk), { method: SAMPLE, params });
  },
};

const samplingTools: Feature = {
  name: "sampling with tools",
  stage: "asking",
  absent: since("2025-11-25"),
  async check(talk) {
    const tools = [{ name: "add", inputSchema: { type: "object" } }];
    const params = { messages: MESSAGES, maxTokens: 9, tools, toolChoice: { mode: "required" } };
    const answer = {
      role: "assistant",
      content: [{ type: "tool_use", id: "1", name: "add", input: { a: 2 } }],
      model: "m",
      stopReason: "toolUse",
    };
    talk.answer = () => answer;
    assert.deepEqual(await ask(talk, { q: { method: SAMPLE, params } }), { q: answer });
    assert.deepEqual(firstAsked(talk).params, params);
  },
};

const samplingRefused: Feature = {
  name: "sampling, refused by the client",
  older: true,
  stage: "asking",
  absent: (column) =>
    notLocal(column) ?? (clientEra(column) === "modern" ? "A modern client that refuses does not call again." : undefined),
  async check(talk) {
    talk.answer = () => undefined;
    const answer = await talk.call("ask", { questions: { q: { method: SAMPLE, params: { messages: MESSAGES, maxTokens: 9 } } } });
    if (serverEra(talk.column) === "modern") assert.equal(answer.result?.isError, true);
    else assert.equal(objectOr(objectOr(objectOr(saidIn(answer))["q"])["error"])["code"], -1);
  },
};

const ROOTS = { roots: [{ uri: "file:///of/the/client", name: "own" }] };
const OTHER_ROOTS = { roots: [{ uri: "file:///elsewhere" }] };

const roots: Feature = {
  name: "roots of the client",
  older: true,
  absent: (column) =>
    notLocal(column) ??
    (serverEra(column) === "modern" || column.server.carrier === "http"
      ? undefined
      : "A legacy server on stdio or HTTP+SSE asks for roots without a call, so a shared one gets those of the configuration alone."),
  async check(talk) {
    talk.answer = () => ROOTS;
    assert.deepEqual(await ask(talk, { q: { method: "roots/list", params: {} } }), { q: ROOTS });
  },
};

const CONFIGURED: JsonObject = { roots: [{ uri: CONFIGURED_ROOT }] };

const configuredRoots: Feature = {
  name: "roots of the configuration",
  stage: "asking",
  absent: notLocal,
  async check(talk) {
    const { server } = talk.column;
    const column = { ...talk.column, server: { ...server, name: rootedName(server) } };
    await using other = await Talk.open(talk.place, column, { capabilities: { ...EVERYTHING, roots: undefined } });
    assert.deepEqual(await ask(other, { q: { method: "roots/list", params: {} } }), { q: CONFIGURED });
    assert.deepEqual(other.asked, []);
  },
};

const ownServer: Feature = {
  name: "a server of the client's own: its capabilities, roots, their change, log messages",
  absent: (column) => {
    if (serverEra(column) === "modern") return "Each request to a modern server says what its client can.";
    return notLocal(column) ?? (clientEra(column) === "modern" ? "Nothing holds the requests of a modern client together." : undefined);
  },
  async check(talk) {
    const { server } = talk.column;
    const column = { ...talk.column, server: { ...server, name: ownName(server) } };
    const capabilities = { roots: { listChanged: true }, sampling: {} };
    await using own = await Talk.open(talk.place, column, { capabilities });
    own.answer = () => ROOTS;
    assert.deepEqual(await ask(own, { a: { method: "roots/list", params: {} } }), { a: ROOTS });
    assert.deepEqual(await ask(own, { a: { method: "roots/list", params: {} } }), { a: ROOTS });
    assert.equal(own.asked.length, 1);
    assert.deepEqual(objectOr(saidIn(await own.call("mirror")))["declared"], capabilities);
    own.answer = () => OTHER_ROOTS;
    await own.notify("notifications/roots/list_changed");
    await until(
      async () => saidIn(await own.call("heard", { method: "notifications/roots/list_changed" })),
      2_000,
      "the server hears of it",
    );
    assert.deepEqual(await ask(own, { a: { method: "roots/list", params: {} } }), { a: OTHER_ROOTS });
    const listening = await own.listen({});
    saidIn(await own.call("say", { levels: ["error"] }));
    await own.news("notifications/message", (params) => params["level"] === "error");
    await listening.cancel();
  },
};

const several: Feature = {
  name: "several questions at once",
  stage: "asking",
  absent: since("2025-11-25"),
  async check(talk) {
    const sample = { method: SAMPLE, params: { messages: MESSAGES, maxTokens: 9 } };
    const answers: JsonObject = {
      [FORM]: accept({ name: "x" }),
      [SAMPLE]: { role: "assistant", content: { type: "text", text: "4" }, model: "m" },
    };
    talk.answer = ({ method }) => objectOr(answers[method]);
    assert.deepEqual(await ask(talk, { a: form(talk), b: sample }), { a: answers[FORM], b: answers[SAMPLE] });
    assert.equal(talk.asked.length, 2);
  },
};

const rounds: Feature = {
  name: "questions in several rounds",
  stage: "asking",
  absent: since("2025-11-25"),
  async check(talk) {
    talk.answer = () => accept({ name: String(talk.asked.length) });
    assert.deepEqual(await ask(talk, { q: form(talk) }, { rounds: 3 }), { q: accept({ name: "3" }) });
  },
};

const riddles: Feature = {
  name: "questions of a prompt and of a resource",
  stage: "asking",
  absent: since("2025-11-25"),
  async check(talk) {
    talk.answer = () => accept({ what: String(talk.asked.length) });
    const prompt = resultOf(await talk.request("prompts/get", { name: talk.name(RIDDLE), arguments: {} }));
    const told = (nth: string): string => JSON.stringify({ q: accept({ what: nth }) });
    assert.deepEqual(prompt["messages"], [{ role: "user", content: { type: "text", text: told("1") } }]);
    const uri = riddleUri(talk.column.server.name);
    const resource = resultOf(await talk.request("resources/read", { uri }));
    assert.deepEqual(resource["contents"], [{ uri, text: told("2") }]);
  },
};

const shed: Feature = {
  name: "a call that is to be made again, without a question",
  older: true,
  absent: (column) => notLocal(column) ?? (serverEra(column) === "legacy" ? WHY.legacyNone : undefined),
  async check(talk) {
    assert.equal(saidIn(await talk.call("shed", { rounds: 2 })), 2);
  },
};

const unable: Feature = {
  name: "a client that cannot be asked",
  stage: "asking",
  absent: notLocal,
  async check(talk) {
    await using mute = await Talk.open(talk.place, talk.column, { capabilities: {} });
    for (const question of [form(talk), { method: SAMPLE, params: { messages: MESSAGES, maxTokens: 9 } }]) {
      if (serverEra(talk.column) === "modern") await expectMissing(mute, question);
      else await expectUnanswerable(mute, question);
    }
  },
};

/** What a modern server says to a client that has not declared what it needs. */
async function expectMissing(mute: Talk, question: JsonObject): Promise<void> {
  const answer = await mute.call("ask", { questions: { q: question } });
  const capability = plain(question["method"]).split("/")[0] ?? "";
  if (mute.era === "modern") {
    assert.equal(answer.error?.code, -32021);
    return assert.ok(capability in objectOr(objectOr(answer.error?.data)["requiredCapabilities"]));
  }
  assert.equal(answer.result?.isError, true);
  assert.match(textOf(answer), new RegExp(capability));
}

export const QUESTIONS: readonly Feature[] = [
  elicitation,
  newForms,
  links,
  linkComplete,
  linkError,
  sampling,
  samplingTools,
  samplingRefused,
  roots,
  configuredRoots,
  ownServer,
  several,
  rounds,
  riddles,
  shed,
  unable,
];
