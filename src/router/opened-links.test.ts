import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer, Call, Question } from "../base/call.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import type { JsonObject } from "../base/json.ts";
import { parseConfig } from "../config/load.ts";
import type { RoutedCall } from "./route.ts";
import { answeringRounds } from "./rounds.ts";

const MINUTE = 60_000;
const DONE: Answer = { result: Body.of({ resultType: "complete", content: [] }) };

function asking(...urls: string[]): Answer {
  const requests = urls.map(
    (url, nth) => [`k${nth}`, { method: "elicitation/create", params: { mode: "url", message: "?", url } }] as const,
  );
  return { result: Body.of({ resultType: "input_required", inputRequests: Object.fromEntries(requests), requestState: "s" }) };
}

interface Run {
  readonly answer: Promise<Answer>;
  readonly clock: FakeClock;
  /** Clock times of the calls to the server. */
  readonly called: number[];
  readonly sent: (JsonObject | undefined)[];
  /** URLs of the links that the caller was asked to open, with their ids. */
  readonly asked: { url: unknown; id: unknown }[];
  readonly completed: string[];
  cancel(): void;
}

/** A server that answers with these in turn, the last one for ever. */
async function run(answers: readonly Answer[], action = "accept"): Promise<Run> {
  const clock = new FakeClock();
  const abort = new AbortController();
  const [called, sent, asked, completed]: [number[], (JsonObject | undefined)[], Run["asked"], string[]] = [[], [], [], []];
  const ask = async ({ params }: Question): Promise<Answer> => {
    asked.push({ url: params.get("url"), id: params.get("elicitationId") });
    return { result: Body.of({ action }) };
  };
  const call: Call = {
    ...{ method: "tools/call", params: Body.of({ name: "x" }), signal: abort.signal, ask },
    caller: { identity: "local", era: "legacy", protocolVersion: "2025-11-25", capabilities: { elicitation: { url: {} } } },
    completed: (server, id) => completed.push(`${server} ${id}`),
  };
  const server = parseConfig({ mcpServers: { crm: { url: "http://x.example/mcp" } } }).servers.get("crm");
  if (server === undefined) throw new Error("There is no server.");
  const routed: RoutedCall = { call, route: { server, item: undefined, name: "x" } };
  const answer = answeringRounds({ inputMs: 10 * MINUTE }, clock)(routed, async ({ call: { params, signal } }) => {
    signal?.throwIfAborted();
    called.push(clock.now());
    sent.push(params.get("inputResponses") as JsonObject | undefined);
    return answers[Math.min(called.length, answers.length) - 1] ?? DONE;
  });
  answer.catch(() => {});
  await clock.pass(0);
  return { answer, clock, called, sent, asked, completed, cancel: () => abort.abort() };
}

describe("a call whose link the caller has opened", () => {
  it("is repeated at once, then at a growing distance, and does not ask again; rounds of waiting are not counted", async () => {
    const { answer, clock, called, sent, asked, completed } = await run([...Array.from({ length: 12 }, () => asking("a:1")), DONE]);
    await clock.pass(2 * MINUTE);
    expect(await answer).toBe(DONE);
    const gaps = called.map((at, nth) => at - (called[nth - 1] ?? 0));
    expect(gaps).toEqual([0, 0, 2_000, 3_000, 4_500, 6_750, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(sent.slice(1)).toEqual(Array.from({ length: 12 }, () => ({ k0: { action: "accept" } })));
    expect(asked).toEqual([{ url: "a:1", id: expect.any(String) }]);
    expect(completed).toEqual([`crm ${String(asked[0]?.id)}`]);
  });

  it("asks for another link as such; the first one is done by then", async () => {
    const { answer, clock, called, asked, completed } = await run([asking("a:1"), asking("a:2"), asking("a:2"), DONE]);
    await clock.pass(1);
    expect(completed).toEqual([`crm ${String(asked[0]?.id)}`]);
    await clock.pass(MINUTE);
    expect(await answer).toBe(DONE);
    expect(asked.map(({ url }) => url)).toEqual(["a:1", "a:2"]);
    expect(called).toEqual([0, 0, 0, 2_000]);
    expect(completed).toHaveLength(2);
  });

  it("asks what stands beside it without delay", async () => {
    const { answer, clock, called, asked } = await run([asking("a:1"), asking("a:1", "a:2"), DONE]);
    await clock.pass(1);
    expect(await answer).toBe(DONE);
    expect([called, asked.length]).toEqual([[0, 0, 0], 2]);
  });

  it("ends when the user has had enough time", async () => {
    const { answer, clock, completed } = await run([asking("a:1")]);
    await clock.pass(11 * MINUTE);
    await expect(answer).rejects.toMatchObject({ code: "CANNOT_ASK", message: expect.stringContaining("a:1") });
    expect([completed, clock.pending]).toEqual([[], 0]);
  });

  it("ends with its cancel", async () => {
    const { answer, clock, called, cancel } = await run([asking("a:1")]);
    await clock.pass(10_000);
    const before = called.length;
    cancel();
    await expect(answer).rejects.toThrow();
    expect([called.length, clock.pending]).toEqual([before, 0]);
  });

  it("is not, where the caller declines", async () => {
    const { answer, clock, completed } = await run([asking("a:1"), DONE], "decline");
    await clock.pass(1);
    expect(await answer).toBe(DONE);
    expect(completed).toEqual([]);
  });
});
