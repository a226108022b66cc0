/** Prompts, resources, templates, completion. */

import assert from "node:assert/strict";
import { isObject, objectOr } from "../../../src/base/json.ts";
import { letter, pageContents, PROMPT, resource, template } from "../server/data.ts";
import { coreOf, entryOf, fresh, listOf, notLocal, resultOf, type Feature } from "./feature.ts";
import { expectBlocks } from "./tools.ts";

const prompts: Feature = {
  name: "prompts: list and get",
  absent: notLocal,
  async check(talk) {
    const name = talk.name("letter");
    assert.deepEqual(entryOf(await listOf(talk, "prompts/list", "prompts"), "name", name), { ...PROMPT, name });
    const answer = await talk.request("prompts/get", { name, arguments: { to: "Ann" } });
    const { messages, ...rest } = coreOf(talk, answer);
    const { messages: wanted, ...others } = letter("Ann");
    assert.deepEqual(rest, others);
    assert.ok(Array.isArray(messages) && Array.isArray(wanted));
    const blocksOf = (list: readonly unknown[]) => list.map((message) => objectOr(objectOr(message)["content"]));
    assert.deepEqual(
      messages.map((message) => objectOr(message)["role"]),
      ["user", "assistant", "assistant", "assistant", "assistant"],
    );
    expectBlocks(blocksOf(messages), blocksOf(wanted), talk.column.client.revision);
  },
};

const resources: Feature = {
  name: "resources: list and read",
  absent: notLocal,
  async check(talk) {
    const { name } = talk.column.server;
    const uri = `matrix://${name}/page`;
    assert.deepEqual(entryOf(await listOf(talk, "resources/list", "resources"), "uri", uri), resource(name));
    const answer = await talk.request("resources/read", { uri });
    assert.deepEqual(coreOf(talk, answer), pageContents(uri));
  },
};

const templates: Feature = {
  name: "resources: templates",
  absent: notLocal,
  async check(talk) {
    const { name } = talk.column.server;
    const uriTemplate = `matrix://${name}/things/{id}`;
    const listed = await listOf(talk, "resources/templates/list", "resourceTemplates");
    assert.deepEqual(entryOf(listed, "uriTemplate", uriTemplate), template(name));
    const uri = `matrix://${name}/things/${encodeURIComponent("4 ü")}`;
    assert.deepEqual(coreOf(talk, await talk.request("resources/read", { uri })), pageContents(uri));
  },
};

const lost: Feature = {
  name: "resources: one that is not there",
  absent: notLocal,
  async check(talk) {
    const uri = `matrix://${talk.column.server.name}/nothing`;
    const { error } = await talk.request("resources/read", { uri });
    const data = isObject(error?.data) ? error.data : {};
    const code = talk.era === "modern" || talk.column.server.revision === "2026-07-28" ? -32602 : -32002;
    assert.deepEqual([error?.code, data["uri"]], [code, uri]);
  },
};

const linked: Feature = {
  name: "resources: one that only a result has named",
  absent: notLocal,
  async check(talk) {
    const uri = `elsewhere://${fresh("x")}`;
    assert.equal((await talk.request("resources/read", { uri })).error?.code, -32602);
    resultOf(await talk.call("point", { uri }));
    assert.deepEqual(coreOf(talk, await talk.request("resources/read", { uri })), pageContents(uri));
  },
};

const completion: Feature = {
  name: "completion",
  absent: notLocal,
  async check(talk) {
    const uri = `matrix://${talk.column.server.name}/things/{id}`;
    const asked = { argument: { name: "to", value: "A" }, context: { arguments: { other: "b" } } };
    const refs = [
      { ref: { type: "ref/prompt", name: talk.name("letter") }, seen: ["ref/prompt", "letter", "", "A", '{"other":"b"}'] },
      { ref: { type: "ref/resource", uri }, seen: ["ref/resource", "", uri, "A", '{"other":"b"}'] },
    ];
    for (const { ref, seen } of refs) {
      const result = resultOf(await talk.request("completion/complete", { ref, ...asked }));
      assert.deepEqual(result["completion"], { values: seen, total: 5, hasMore: false, "x-odd": true });
    }
  },
};

export const READS: readonly Feature[] = [prompts, resources, templates, linked, lost, completion];
