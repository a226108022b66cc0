/** Tools: their definitions, their results, what goes with a call. */

import assert from "node:assert/strict";
import { isObject, objectOr, type JsonObject, type JsonValue } from "../../../src/base/json.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import type { Revision } from "../columns.ts";
import { BLOCKS, CONTENTS_RESULT, EXECUTION, FAILING_RESULT, LISTING, TOOL, wholeResult } from "../server/data.ts";
import { clientEra, coreOf, entryOf, fresh, listOf, notLocal, resultOf, saidIn, serverEra, WHY, type Feature } from "./feature.ts";

const listAndCall: Feature = {
  name: "tools: list and call",
  older: true,
  async check(talk) {
    const names = (await listOf(talk, "tools/list", "tools")).map(({ name }) => plain(name));
    assert.ok(names.includes(talk.name("whole")));
    assert.deepEqual(
      names.filter((name) => !name.startsWith(talk.name(""))),
      [],
    );
    // `1` and `"1"` are two ids, and each comes back with its type.
    const ids = [31, "31"] as const;
    const answers = await Promise.all(ids.map((id) => talk.call("whole", { text: `of ${id} ä` }, { id })));
    assert.deepEqual(
      answers.map(({ id }) => id),
      ids,
    );
    for (const answer of answers) assert.deepEqual(coreOf(talk, answer)["content"], [{ type: "text", text: "of 31 ä" }]);
  },
};

const fields: Feature = {
  name: "tools: title, annotations, icons, `_meta`, unknown fields",
  older: true,
  async check(talk) {
    const tool = entryOf(await listOf(talk, "tools/list", "tools"), "name", talk.name("whole"));
    const execution = serverEra(talk.column) === "legacy" && talk.era === "legacy" && talk.column.server.carrier !== "local";
    assert.deepEqual(tool, { ...TOOL, ...(execution ? EXECUTION : {}), name: talk.name("whole") });
  },
};

const structured: Feature = {
  name: "tools: structured results",
  older: true,
  async check(talk) {
    assert.deepEqual(coreOf(talk, await talk.call("whole", { text: "x" })), wholeResult("x"));
  },
};

const listing: Feature = {
  name: "tools: output that is no object",
  older: true,
  absent: (column) => notLocal(column) ?? (serverEra(column) === "legacy" ? WHY.objectOutput : undefined),
  async check(talk) {
    const { outputSchema } = entryOf(await listOf(talk, "tools/list", "tools"), "name", talk.name("listing"));
    const { structuredContent, content } = resultOf(await talk.call("listing"));
    assert.deepEqual(content, [{ type: "text", text: "[1,2]" }]);
    if (talk.era === "modern") return assert.deepEqual([outputSchema, structuredContent], [LISTING["outputSchema"], [1, 2]]);
    assert.deepEqual(structuredContent, { result: [1, 2] });
    const { type, required, properties } = objectOr(outputSchema);
    assert.deepEqual([type, required], ["object", ["result"]]);
    const moved = { type: "array", items: { $ref: "#/properties/result/$defs/n" }, $defs: { n: { type: "integer" } } };
    assert.deepEqual(properties, { result: moved });
  },
};

/** A block as a client of this revision can take it. */
function expectBlock(block: JsonValue | undefined, original: JsonObject, revision: Revision): void {
  const isNew =
    (original["type"] === "audio" && revision < "2025-03-26") || (original["type"] === "resource_link" && revision < "2025-06-18");
  if (!isNew) return assert.deepEqual(block, original);
  assert.ok(isObject(block) && block["type"] === "text", `${plain(original["type"])} became no text`);
  assert.match(plain(block["text"]), original["type"] === "audio" ? /audio\/wav/ : /matrix:\/\/linked/);
}

/** Blocks as a client of this revision can take them. */
export function expectBlocks(content: JsonValue | undefined, originals: readonly JsonObject[], revision: Revision): void {
  assert.ok(Array.isArray(content) && content.length === originals.length, "blocks were lost");
  for (const [index, original] of originals.entries()) expectBlock(content[index], original, revision);
}

const contents: Feature = {
  name: "tools: every kind of content, and unknown ones",
  older: true,
  async check(talk) {
    const { content, ...rest } = coreOf(talk, await talk.call("contents"));
    assert.deepEqual({ ...rest, content: CONTENTS_RESULT["content"] }, CONTENTS_RESULT);
    expectBlocks(content, BLOCKS, talk.column.client.revision);
  },
};

const failing: Feature = {
  name: "tools: a tool's own failure",
  async check(talk) {
    assert.deepEqual(coreOf(talk, await talk.call("failing")), FAILING_RESULT);
  },
};

const meta: Feature = {
  name: "`_meta` of requests",
  older: true,
  absent: notLocal,
  async check(talk) {
    const own = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "com.example/own": { deep: [1] } };
    const { params } = objectOr(saidIn(await talk.call("mirror", {}, { meta: { ...own, progressToken: fresh("token") } })));
    const { progressToken, ...rest } = objectOr(objectOr(params)["_meta"]);
    assert.notEqual(progressToken, undefined);
    assert.ok(!plain(progressToken).startsWith("token"), "the client's own token came through");
    const protocol = Object.entries(rest).filter(([key]) => key.startsWith("io.modelcontextprotocol/"));
    if (serverEra(talk.column) === "legacy") return assert.deepEqual(rest, own);
    const { "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientInfo": info } = rest;
    assert.deepEqual([version, objectOr(info)["name"], protocol.length], ["2026-07-28", "toolyard", 3]);
    for (const [key, value] of Object.entries(own)) assert.deepEqual(rest[key], value);
  },
};

const headers: Feature = {
  name: "arguments repeated in headers",
  absent: (column) => {
    const downstream = clientEra(column) === "modern" && column.client.carrier === "http";
    const upstream = serverEra(column) === "modern" && column.server.carrier === "http";
    return notLocal(column) ?? (downstream || upstream ? undefined : WHY.modernHttp);
  },
  async check(talk) {
    // The server refuses what its headers do not repeat; the standing tool `region` has an argument of that kind.
    const repeats = talk.era === "modern" && talk.column.client.carrier === "http";
    const header = `=?base64?${Buffer.from("Zürich").toString("base64")}?=`;
    const right = await talk.call("region", { region: "Zürich" }, repeats ? { headers: { "mcp-param-region": header } } : {});
    assert.deepEqual(coreOf(talk, right)["content"], [{ type: "text", text: "Zürich" }]);
    if (!repeats) return;
    const wrong = await talk.call("region", { region: "Zürich" }, { headers: { "mcp-param-region": "Bern" } });
    assert.deepEqual([wrong.error?.code, wrong.status], [-32020, 400]);
    const missing = await talk.call("region", { region: "Zürich" });
    assert.equal(missing.error?.code, -32020);
  },
};

export const TOOLS: readonly Feature[] = [listAndCall, fields, structured, listing, contents, failing, meta, headers];
