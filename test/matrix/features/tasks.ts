/** Tasks, which stay within an era. */

import assert from "node:assert/strict";
import { objectOr, type JsonObject } from "../../../src/base/json.ts";
import { plain } from "../../servers/hostile/protocol/message.ts";
import { textOf, type WireMessage } from "../../support/inbox.ts";
import type { Column } from "../columns.ts";
import { EVERYTHING, Talk } from "../place/talk.ts";
import { TASKS as EXTENSION } from "../server/tasks.ts";
import { clientEra, fresh, notLocal, resultOf, serverEra, type Feature } from "./feature.ts";

const RELATED = "io.modelcontextprotocol/related-task";
const ACCEPTED = { action: "accept", content: { what: "this" } };

const crosses = (column: Column): boolean => clientEra(column) !== serverEra(column);

function within(column: Column): string | undefined {
  return notLocal(column) ?? (crosses(column) ? "Tasks stay within an era; see the row for those of the other one." : undefined);
}

/** A client that can follow tasks of its era. */
function openTalk({ place, column }: Talk): Promise<Talk> {
  const extensions = { ...objectOr(EVERYTHING["extensions"]), [EXTENSION]: {} };
  return Talk.open(place, column, { capabilities: { ...EVERYTHING, extensions } });
}

/** Calls a tool that becomes a task; gives the task as the client is told of it. */
async function make(talk: Talk, args: JsonObject, progressToken?: string): Promise<JsonObject> {
  const wish = talk.era === "legacy" ? { task: { ttl: 60_000 } } : {};
  const meta = progressToken === undefined ? {} : { meta: { progressToken } };
  const result = resultOf(await talk.request("tools/call", { name: talk.name("work"), arguments: args, ...wish }, meta));
  if (talk.era === "legacy") assert.equal(objectOr(result["_meta"])["com.example/kept"], true);
  else assert.equal(result["resultType"], "task");
  const task = talk.era === "legacy" ? objectOr(result["task"]) : result;
  assert.deepEqual([task["status"], task["x-odd"]], ["working", [1]]);
  assert.ok(!plain(task["taskId"]).startsWith("task-"), "the server's own id");
  return task;
}

const about = (talk: Talk, method: string, taskId: unknown, more: JsonObject = {}): Promise<WireMessage> =>
  talk.request(method, { taskId: plain(taskId), ...more });

/** What a finished task has to say. */
async function fetched(talk: Talk, taskId: unknown): Promise<unknown> {
  if (talk.era === "legacy") {
    const answer = await about(talk, "tasks/result", taskId);
    assert.deepEqual(objectOr(resultOf(answer)["_meta"])[RELATED], { taskId });
    return JSON.parse(textOf(answer));
  }
  const { status, result } = resultOf(await about(talk, "tasks/get", taskId));
  assert.equal(status, "completed");
  return JSON.parse(textOf({ result: objectOr(result) }));
}

const followed: Feature = {
  name: "tasks: made, looked at, listed, fetched",
  absent: within,
  async check(given) {
    await using talk = await openTalk(given);
    const { capabilities } = talk.welcome;
    const offered = talk.era === "legacy" ? objectOr(capabilities)["tasks"] : objectOr(objectOr(capabilities)["extensions"])[EXTENSION];
    assert.deepEqual(offered, talk.era === "legacy" ? { list: {}, cancel: {}, requests: { tools: { call: {} } } } : {});
    const listening = await talk.listen({});
    const [key, token] = [fresh("work"), fresh("token")];
    const { taskId } = await make(talk, { key }, token);
    const looked = resultOf(await about(talk, "tasks/get", taskId));
    assert.deepEqual([looked["taskId"], looked["status"], looked["x-odd"]], [taskId, "working", [1]]);
    if (talk.era === "legacy") assert.ok((await listed(talk)).includes(taskId));
    await talk.call("finish");
    assert.deepEqual(await fetched(talk, taskId), { args: { key }, answer: null });
    if (talk.era === "legacy") {
      await talk.news("notifications/tasks/status", (params) => params["taskId"] === taskId && params["status"] === "completed");
      await talk.news("notifications/progress", (params) => params["progressToken"] === token && params["progress"] === 9);
    }
    await listening.cancel();
  },
};

async function listed(talk: Talk): Promise<unknown[]> {
  const ids: unknown[] = [];
  let cursor: unknown;
  do {
    const result = resultOf(await talk.request("tasks/list", typeof cursor === "string" ? { cursor } : {}));
    if (Array.isArray(result["tasks"])) ids.push(...result["tasks"].map((task) => objectOr(task)["taskId"]));
    cursor = result["nextCursor"];
  } while (cursor !== undefined);
  return ids;
}

const cancelled: Feature = {
  name: "tasks: cancelled",
  absent: within,
  async check(given) {
    await using talk = await openTalk(given);
    const { taskId } = await make(talk, {});
    const answer = resultOf(await about(talk, "tasks/cancel", taskId));
    if (talk.era === "legacy") assert.deepEqual([answer["taskId"], answer["status"]], [taskId, "cancelled"]);
    assert.equal(resultOf(await about(talk, "tasks/get", taskId))["status"], "cancelled");
    if (talk.era === "legacy") assert.equal((await about(talk, "tasks/cancel", taskId)).error?.code, -32602);
  },
};

const asking: Feature = {
  name: "tasks: a question of one",
  absent: within,
  async check(given) {
    await using talk = await openTalk(given);
    const { taskId } = await make(talk, { ask: true });
    if (talk.era === "legacy") {
      talk.answer = ({ params }) => ({ ...ACCEPTED, _meta: objectOr(params["_meta"]) });
      const { answer } = objectOr(await fetched(talk, taskId));
      assert.deepEqual(objectOr(answer)["content"], ACCEPTED.content);
      assert.ok(
        /^task-\d+$/.test(plain(objectOr(objectOr(objectOr(answer)["_meta"])[RELATED])["taskId"])),
        "the answer names the server's task",
      );
      const [asked] = talk.asked;
      assert.deepEqual(objectOr(asked?.params["_meta"])[RELATED], { taskId });
      return assert.equal(asked?.params["message"], `${talk.column.server.name}: What?`);
    }
    const { status, inputRequests } = resultOf(await about(talk, "tasks/get", taskId));
    assert.deepEqual([status, Object.keys(objectOr(inputRequests))], ["input_required", ["q"]]);
    const { params } = objectOr(objectOr(inputRequests)["q"]);
    assert.equal(objectOr(params)["message"], `${talk.column.server.name}: What?`);
    resultOf(await about(talk, "tasks/update", taskId, { inputResponses: { q: ACCEPTED } }));
    assert.deepEqual(await fetched(talk, taskId), { args: { ask: true }, answer: ACCEPTED });
  },
};

const foreign: Feature = {
  name: "tasks: ids that were not given out, or altered",
  absent: within,
  async check(given) {
    await using talk = await openTalk(given);
    const taskId = plain((await make(talk, {}))["taskId"]);
    const altered = taskId.slice(0, -1) + (taskId.endsWith("A") ? "B" : "A");
    for (const id of ["task-1", altered, `${taskId}.`, ""]) assert.equal((await about(talk, "tasks/get", id)).error?.code, -32602, id);
    if (talk.era === "legacy") assert.equal((await talk.request("tasks/list", { cursor: "of nobody" })).error?.code, -32602);
    if (talk.era === "legacy") return;
    // Whoever has not declared that it can follow one:
    assert.equal((await about(given, "tasks/get", taskId)).error?.code, -32021);
    const listening = { notifications: { toolsListChanged: true, taskIds: [taskId] } };
    assert.equal((await given.request("subscriptions/listen", listening)).error?.code, -32021);
  },
};

const hidden: Feature = {
  name: "tasks: tools of the other era's servers",
  absent: (column) => notLocal(column) ?? (crosses(column) ? undefined : "Both are of one era."),
  async check(given) {
    await using talk = await openTalk(given);
    const wish = { task: { ttl: 60_000 } };
    const work = await talk.request("tools/call", { name: talk.name("work"), arguments: {}, ...wish });
    assert.equal(textOf(work), "without a task");
    const labour = await talk.request("tools/call", { name: talk.name("labour"), arguments: {}, ...wish });
    assert.equal(labour.result?.isError, true);
    assert.match(textOf(labour), /task/);
    const { tasks, extensions } = objectOr(talk.welcome["capabilities"]);
    assert.deepEqual([tasks, objectOr(extensions)[EXTENSION]], [undefined, undefined]);
    assert.equal((await about(talk, "tasks/get", "task-1")).error?.code, -32601);
  },
};

export const TASKS: readonly Feature[] = [followed, cancelled, asking, foreign, hidden];
