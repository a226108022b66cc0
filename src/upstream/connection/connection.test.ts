import { describe, expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Call } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { JsonObject } from "../../base/json.ts";
import { readEnvelope } from "../../wire/envelope.ts";
import { Connection } from "./connection.ts";
import type { Link } from "../links/link.ts";

const nothing = (): void => {};
const link: Link = {
  ...{ kind: "http", speak: nothing, request: nothing, notify: nothing, reply: nothing, cancel: nothing },
  close: async () => {},
};
const events = {
  ...{ listChanged: nothing, updated: nothing, log: nothing, deaf: nothing, reopened: nothing, notice: nothing, closed: nothing },
};

/** A connection with one call under way, and what that call has been told. */
function withCall(): { say: (method: string, params: JsonObject, stream?: number) => void; told: unknown[] } {
  const questions = { ask: "auto" as const, hasRoots: false, roots: async () => undefined };
  const connection = new Connection({ server: "srv", clock: new FakeClock(), questions, capabilities: {}, clientInfo: {} }, events);
  connection.attach(link);
  const told: unknown[] = [];
  const caller = { identity: "local", era: "legacy" as const, protocolVersion: "2025-11-25", capabilities: {} };
  const notify = (method: string, params: Body): void => void told.push([method, params.value]);
  const call: Call = { method: "tools/call", params: Body.empty, caller, notify };
  void connection.request({ method: "tools/call", params: Body.empty, limits: { quietMs: 1_000, totalMs: 1_000 }, call });
  const say = (method: string, params: JsonObject, stream?: number): void =>
    connection.linkEvents.message(readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: "2.0", method, params }))), stream);
  return { say, told };
}

describe("notifications that the protocol does not define", () => {
  it("go to the caller on whose stream they come", () => {
    const { say, told } = withCall();
    say("notifications/com.example/news", { text: "ä" }, 1);
    expect(told).toEqual([["notifications/com.example/news", { text: "ä" }]]);
  });

  it.each([
    ["notifications/com.example/news", undefined],
    ["notifications/com.example/news", 2],
    ["notifications/tasks/status", 1],
    ["notifications/message", 1],
  ])("reach nobody where they name no call, or are known: %s on %s", (method, stream) => {
    const { say, told } = withCall();
    say(method, {}, stream);
    expect(told).toEqual([]);
  });
});
