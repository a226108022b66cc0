import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Answer, Caller, Origin, Question } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Item } from "../../catalog/item.ts";
import { Tasks, type Sight } from "./tasks.ts";

const KEY = randomBytes(32);
const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;
const RELATED = "io.modelcontextprotocol/related-task";

const ann: Caller = { identity: "ann", era: "legacy", protocolVersion: "2025-11-25", capabilities: {} };
const modernAnn: Caller = {
  ...ann,
  era: "modern",
  protocolVersion: "2026-07-28",
  capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
};
const item: Item = { kind: "tool", server: "jobs", origin: "run", id: "jobs/run", name: "jobs__run", definition: {} };
const everything: Sight = { sees: () => true, look: async (params) => ({ result: Body.of({ ...params.object, status: "working" }) }) };

function make(tasks: Tasks, caller: Caller, task: JsonObject = {}): string {
  const own = { taskId: "1", status: "working", ...(caller.era === "legacy" ? { ttl: HOUR } : { ttlMs: HOUR }), ...task };
  const result = Body.of(caller.era === "legacy" ? { task: own } : { resultType: "task", ...own });
  const { result: shown = Body.empty } = tasks.created({ result }, caller, item);
  return String((caller.era === "legacy" ? shown.get("task") : shown.value)?.["taskId" as never]);
}

const isUnknown = (tasks: Tasks, taskId: unknown, caller: Caller): void =>
  expect(() => tasks.open(Body.of({ taskId: taskId as string }), caller)).toThrow("Unknown task");

const idsOf = async (tasks: Tasks, caller: Caller, sight = everything): Promise<unknown[]> =>
  ((await tasks.list(undefined, caller, sight)).get("tasks") as JsonObject[]).map(({ taskId }) => taskId);

describe("the id of a task", () => {
  it("leads its caller back to the server, in another process with the key too", () => {
    const token = make(new Tasks(KEY, new FakeClock()), ann);
    const { params, origin } = new Tasks(KEY, new FakeClock()).open(Body.of({ taskId: token }), ann);
    expect([params.value, origin]).toEqual([{ taskId: "1" }, { server: "jobs", tool: "jobs/run" }]);
  });

  it("is nobody else's, no other era's, and no other key's", () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const token = make(tasks, ann);
    isUnknown(tasks, token, { ...ann, identity: "bob" });
    isUnknown(tasks, token, modernAnn);
    isUnknown(new Tasks(randomBytes(32), new FakeClock()), token, ann);
    for (const other of ["1", `${token}A`, "", 7, null]) isUnknown(tasks, other, ann);
    expect(token).toMatch(/^[\w.-]+$/); // it stands in a header
  });

  it("ends a day after the server may have forgotten the task", async () => {
    const clock = new FakeClock();
    const tasks = new Tasks(KEY, clock);
    const [token, lasting] = [make(tasks, ann), make(tasks, ann, { taskId: "2", ttl: null })];
    await clock.pass(DAY + HOUR + 1);
    isUnknown(tasks, token, ann);
    expect(tasks.open(Body.of({ taskId: lasting }), ann).params.get("taskId")).toBe("2");
  });

  it("is of no use to a modern client that has not said that it can follow one", () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const token = make(tasks, modernAnn);
    const open = (): unknown => tasks.open(Body.of({ taskId: token }), { ...modernAnn, capabilities: {} });
    expect(open).toThrow(expect.objectContaining({ code: "MISSING_CAPABILITY" }));
  });
});

describe("lists of tasks", () => {
  it("are the caller's own, and what its View shows", async () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const [one, two] = [make(tasks, ann), make(tasks, ann, { taskId: "2" })];
    make(tasks, { ...ann, identity: "bob" });
    expect(await idsOf(tasks, ann)).toEqual([one, two]);
    expect(await idsOf(tasks, ann, { ...everything, sees: () => false })).toEqual([]);
  });

  it("show a task as it was last seen while its server cannot be asked, and none that it has forgotten", async () => {
    const tasks = new Tasks(KEY, new FakeClock());
    make(tasks, ann);
    const failing = (code: number): Sight => ({ ...everything, look: async () => ({ error: { code, message: "no" } }) });
    expect((await tasks.list(undefined, ann, failing(-32603))).get("tasks")).toMatchObject([{ status: "working" }]);
    expect(await idsOf(tasks, ann, failing(-32602))).toEqual([]);
  });

  it("have pages", async () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const all = Array.from({ length: 120 }, (_, index) => make(tasks, ann, { taskId: `n${index}` }));
    const seen: unknown[] = [];
    for (let cursor: string | undefined, page = 0; page < 3; page++) {
      const result = await tasks.list(cursor, ann, everything);
      seen.push(...(result.get("tasks") as JsonObject[]).map(({ taskId }) => taskId));
      cursor = result.get("nextCursor") as string | undefined;
    }
    expect(seen).toEqual(all);
    await expect(tasks.list("x", ann, everything)).rejects.toThrow("cursor");
  });
});

describe("messages about a task", () => {
  it("name it by the client's id on their way to the client, by the server's on the way back", async () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const token = make(tasks, ann);
    const meta = (taskId: string): JsonObject => ({ _meta: { [RELATED]: { taskId }, kept: 1 } });
    const asked: Question[] = [];
    const ask = tasks.relating(async (question): Promise<Answer> => {
      asked.push(question);
      return { result: Body.of({ action: "accept", ...question.params.object }) };
    }, ann);
    const question = { server: "jobs", method: "elicitation/create", signal: new AbortController().signal };
    const { result } = await ask({ ...question, params: Body.of(meta("1")) });
    expect(asked[0]?.params.value).toEqual(meta(token));
    expect(result?.value).toEqual({ action: "accept", ...meta("1") });
    await ask({ ...question, server: "other", params: Body.of(meta("1")) });
    expect(asked[1]?.params.value).toEqual({ _meta: { kept: 1 } });
    expect(tasks.status(Body.of({ taskId: "1", status: "failed" }), "jobs", ann)?.value).toEqual({ taskId: token, status: "failed" });
    expect(tasks.status(Body.of({ taskId: "9" }), "jobs", ann)).toBeUndefined();
  });

  it("of two clients' own instances are told apart", () => {
    const tasks = new Tasks(KEY, new FakeClock());
    const [a, b] = ["a", "b"].map((instanceKey) => ({ ...ann, instanceKey }));
    const [ofA, ofB] = [a, b].map((caller) => make(tasks, caller ?? ann));
    expect(tasks.status(Body.of({ taskId: "1" }), "jobs", a ?? ann)?.get("taskId")).toBe(ofA);
    expect(tasks.status(Body.of({ taskId: "1" }), "jobs", b ?? ann)?.get("taskId")).toBe(ofB);
    const origin: Origin = tasks.open(Body.of({ taskId: ofB ?? "" }), ann).origin;
    expect(origin.instanceKey).toBe("b");
  });
});
