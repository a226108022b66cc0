/** What concerns server and client as wholes: who can do what, instructions, pages, errors, Apps, extensions, batches. */

import assert from "node:assert/strict";
import { isObject, objectOr } from "../../../src/base/json.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import { textOf, type WireMessage } from "../../support/inbox.ts";
import { INSTRUCTIONS, KEPT_MS } from "../place/servers.ts";
import { EVERYTHING } from "../place/talk.ts";
import { app, appContents, APPS, EXTENSION, widget } from "../server/data.ts";
import { clientEra, coreOf, entryOf, fresh, listOf, notLocal, resultOf, saidIn, serverEra, WHY, type Feature } from "./feature.ts";

const offered: Feature = {
  name: "capabilities, as the client is told",
  absent: notLocal,
  async check(talk) {
    const { tools, prompts, resources, completions, logging, extensions } = objectOr(talk.welcome["capabilities"]);
    assert.deepEqual([tools, prompts, completions, logging], [{ listChanged: true }, { listChanged: true }, {}, {}]);
    assert.deepEqual(resources, { listChanged: true, subscribe: true });
    assert.deepEqual(objectOr(extensions)[EXTENSION], { server: talk.column.server.name });
  },
};

const declared: Feature = {
  name: "capabilities, as the server is told",
  absent: notLocal,
  async check(talk) {
    const { params, declared: atHandshake } = objectOr(saidIn(await talk.call("mirror")));
    if (serverEra(talk.column) === "modern") {
      const own = objectOr(objectOr(params)["_meta"])["io.modelcontextprotocol/clientCapabilities"];
      return assert.deepEqual(own, EVERYTHING);
    }
    const { elicitation, sampling, extensions, roots, tasks } = objectOr(atHandshake);
    assert.deepEqual([elicitation, isObject(sampling), roots, tasks], [{ form: {}, url: {} }, true, undefined, undefined]);
    assert.deepEqual(objectOr(extensions)[APPS], { mimeTypes: ["text/html;profile=mcp-app"] });
  },
};

const instructions: Feature = {
  name: "instructions",
  absent: notLocal,
  async check(talk) {
    const text = plain(talk.welcome["instructions"]);
    assert.ok(text.includes(INSTRUCTIONS) && text.includes(talk.column.server.name), text);
  },
};

const pagination: Feature = {
  name: "pagination",
  absent: notLocal,
  async check(talk) {
    // The server lists its tools on three pages: first and last of them.
    const names = (await listOf(talk, "tools/list", "tools")).map(({ name }) => name);
    for (const name of ["echo", "region", "grow"]) assert.ok(names.includes(talk.name(name)), name);
    const { error } = await talk.request("tools/list", { cursor: "of nobody" });
    assert.equal(error?.code, -32602);
  },
};

const ownErrors: Feature = {
  name: "errors of the server",
  older: true,
  absent: notLocal,
  async check(talk) {
    const data = { why: ["of the server"] };
    for (const code of [4711, -32602, -32000, -32050]) {
      const { error } = await talk.call("refuse", { code, message: "No.", data });
      const reserved = talk.era === "modern" && code === -32050;
      assert.deepEqual(error, { code: reserved ? -32603 : code, message: "No.", data });
    }
  },
};

const ourErrors: Feature = {
  name: "names and methods that are not there",
  async check(talk) {
    const failed = (answer: WireMessage): boolean => answer.error?.code === -32602 || answer.result?.isError === true;
    assert.ok(failed(await talk.call("nothing")));
    assert.ok(failed(await talk.request("tools/call", { arguments: {} })));
    const prompt = await talk.request("prompts/get", { name: talk.name("nothing") });
    assert.equal(prompt.error?.code, -32602);
    const unknown = await talk.request("nothing/at-all");
    assert.equal(unknown.error?.code, -32601);
    if (talk.column.client.carrier === "http") assert.equal(unknown.status, talk.era === "modern" ? 404 : 200);
  },
};

const kept: Feature = {
  name: "how long an answer may be kept",
  absent: (column) => notLocal(column) ?? (clientEra(column) === "legacy" ? WHY.legacyNone : undefined),
  async check(talk) {
    const uri = `matrix://${talk.column.server.name}/page`;
    const { ttlMs, cacheScope } = resultOf(await talk.request("resources/read", { uri }));
    const modern = serverEra(talk.column) === "modern";
    assert.deepEqual([ttlMs, cacheScope], modern ? [KEPT_MS, "public"] : [0, "private"]);
    const list = resultOf(await talk.request("tools/list"));
    const [least, most] = modern ? [KEPT_MS / 2, KEPT_MS] : [1, 60_000];
    assert.ok(Number(list["ttlMs"]) >= least && Number(list["ttlMs"]) <= most, `ttlMs of the list is ${plain(list["ttlMs"])}`);
  },
};

const apps: Feature = {
  name: "MCP Apps: `ui://`",
  absent: notLocal,
  async check(talk) {
    const { name } = talk.column.server;
    const tool = entryOf(await listOf(talk, "tools/list", "tools"), "name", talk.name("widget"));
    assert.deepEqual(tool["_meta"], widget(name)["_meta"]);
    const uri = `ui://${name}/app`;
    assert.deepEqual(entryOf(await listOf(talk, "resources/list", "resources"), "uri", uri), app(name));
    assert.deepEqual(coreOf(talk, await talk.request("resources/read", { uri })), appContents(uri));
    // The page in the App knows the tool by the server's own name.
    const bare = await talk.request("tools/call", { name: "widget", arguments: {} });
    assert.equal(textOf(bare), "shown");
  },
};

const extensionMethod: Feature = {
  name: "extensions: a method of their own",
  absent: notLocal,
  async check(talk) {
    const answer = await talk.request(`${EXTENSION}/hello`, { to: "Ann" }, { meta: { "com.example/own": 1 } });
    const { hello, meta } = resultOf(answer);
    assert.deepEqual([hello, objectOr(meta)["com.example/own"]], ["Ann", 1]);
  },
};

const extensionNews: Feature = {
  name: "extensions: a notification in a call",
  absent: (column) =>
    notLocal(column) ??
    (column.server.carrier === "http" ? undefined : "On stdio and HTTP+SSE a notification of an unknown kind names no call."),
  async check(talk) {
    const text = fresh("psst");
    await talk.call("whisper", { text });
    await talk.news("notifications/com.example/whisper", (params) => params["text"] === text);
  },
};

const batch: Feature = {
  name: "batches",
  older: true,
  absent: ({ client }) => (client.revision === "2025-03-26" ? undefined : "Batches belong to revision 2025-03-26 alone."),
  async check(talk) {
    const call = { name: talk.name("whole"), arguments: { text: "b" } };
    const answers = await talk.batch([
      { jsonrpc: "2.0", id: "b1", method: "ping" },
      { jsonrpc: "2.0", method: "notifications/unknown" },
      { jsonrpc: "2.0", id: "b2", method: "tools/call", params: call },
    ]);
    assert.deepEqual(
      answers.map(({ id }) => String(id)).toSorted((a, b) => a.localeCompare(b)),
      ["b1", "b2"],
    );
    assert.equal(textOf(answers.find(({ id }) => id === "b2") ?? {}), "b");
  },
};

const versionHeader: Feature = {
  name: "the revision in the header",
  older: true,
  absent: (column) => notLocal(column) ?? (column.server.carrier === "http" ? undefined : WHY.httpOnly),
  async check(talk) {
    const { revision } = talk.column.server;
    const { headers } = objectOr(saidIn(await talk.call("mirror")));
    assert.equal(objectOr(headers)["mcp-protocol-version"], revision < "2025-06-18" ? undefined : revision);
  },
};

export const WHOLE: readonly Feature[] = [
  offered,
  declared,
  instructions,
  pagination,
  ownErrors,
  ourErrors,
  kept,
  apps,
  extensionMethod,
  extensionNews,
  batch,
  versionHeader,
];
