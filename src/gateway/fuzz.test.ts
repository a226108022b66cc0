/** Whatever a client sends, on either carrier and in either era: an answer in time, the specification's, and the connection stays usable. */

import { PassThrough } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../../test/support/http-raw.ts";
import { until, within } from "../../test/support/wait.ts";
import { isObject, objectOr, type JsonObject } from "../base/json.ts";
import { openFace } from "./face.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";
import { servePipe, type Pipe } from "./pipe.ts";

const META = "io.modelcontextprotocol/";
/** JSON as text, so that it may be what no value gives. */
const ODD = fc.constantFrom(
  ...["null", "true", "0", "-1", "1.5", "1e400", "9007199254740993", '""', '"x"', '"__proto__"', "[]", "[1]", "{}", '{"a":{}}'],
  ...["[".repeat(3_000) + "]".repeat(3_000), '"\\ud800"', '"\u0000"'.replace("\u0000", "\\u0000"), '{"__proto__":1,"__proto__":2}'],
);
const METHOD = fc.constantFrom(
  ...["initialize", "ping", "tools/list", "tools/call", "prompts/get", "prompts/list", "resources/read", "resources/list"],
  ...["resources/subscribe", "resources/unsubscribe", "completion/complete", "logging/setLevel", "server/discover", "tasks/get"],
  ...["tasks/result", "tasks/list", "tasks/cancel", "tasks/update", "no/such", "", "notifications/initialized", "notifications/cancelled"],
  ...["notifications/progress", "notifications/roots/list_changed", "sampling/createMessage", "elicitation/create", "roots/list"],
);
const VERSION = fc.constantFrom("2026-07-28", "2025-11-25", "2024-11-05", "1999-01-01", "2099-12-31", "x");
const NAME = fc.constantFrom('"demo__echo"', '"demo__big"', '"no__such"', '"__proto__"', "7", "null");

const meta = fc
  .record(
    {
      version: fc.oneof(
        VERSION.map((value) => JSON.stringify(value)),
        ODD,
      ),
      capabilities: fc.oneof(fc.constant("{}"), ODD),
      more: ODD,
    },
    { requiredKeys: [] },
  )
  .map(({ version, capabilities, more }) =>
    members({ [`${META}protocolVersion`]: version, [`${META}clientCapabilities`]: capabilities, progressToken: more }),
  );
const params = fc
  .record(
    {
      _meta: fc.oneof({ weight: 3, arbitrary: meta }, { weight: 1, arbitrary: ODD }),
      name: NAME,
      uri: ODD,
      arguments: fc.oneof(fc.constant('{"text":"hello","bytes":10}'), ODD),
      cursor: ODD,
      taskId: ODD,
      task: ODD,
      requestState: ODD,
      inputResponses: ODD,
      protocolVersion: fc.oneof(
        VERSION.map((value) => JSON.stringify(value)),
        ODD,
      ),
      capabilities: ODD,
      level: ODD,
      ref: ODD,
      requestId: ODD,
    },
    { requiredKeys: [] },
  )
  .map(members);
const message = fc
  .record(
    {
      jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('"2.0"') }, { weight: 1, arbitrary: ODD }),
      id: fc.oneof({ weight: 4, arbitrary: fc.nat(1_000).map(String) }, { weight: 2, arbitrary: ODD }),
      method: fc.oneof({ weight: 9, arbitrary: METHOD.map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: ODD }),
      params: fc.oneof({ weight: 5, arbitrary: params }, { weight: 1, arbitrary: ODD }),
      result: ODD,
      error: ODD,
    },
    { requiredKeys: ["jsonrpc"] },
  )
  .map(members);
const body = fc.oneof(
  { weight: 12, arbitrary: message },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }).map((all) => `[${all.join(",")}]`) },
  { weight: 1, arbitrary: fc.tuple(message, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
  { weight: 1, arbitrary: ODD },
);

function members(object: Record<string, string | undefined>): string {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}

/** What a message asks for, as far as it can be read. */
function read(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An answer has one of the two, and an error is one that the specification knows and is no fault of ours. */
function expectAnswer(answer: unknown): void {
  const { jsonrpc, result, error } = objectOr(answer);
  expect([jsonrpc, result === undefined]).toEqual(["2.0", error !== undefined]);
  if (error === undefined) return;
  const { code, data } = objectOr(error);
  expect([-32700, -32600, -32601, -32602, -32603, -32002, -32020, -32021, -32022]).toContain(code);
  expect(objectOr(data)["code"]).not.toBe("INTERNAL");
}

const runs = { numRuns: 300, endOnFailure: true };

describe("anything that a client may send", () => {
  let test: TestGateway;
  let session: string;
  beforeAll(async () => {
    test = await testGateway();
    session = (await test.legacy()).session ?? "";
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const headers = fc.record(
    {
      "mcp-session-id": fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom("x", "ty1.e30.AAAA") }),
      "mcp-protocol-version": VERSION,
      "mcp-method": fc.constantFrom("tools/call", "ping", "x"),
      "mcp-name": fc.constantFrom("demo__echo", "=?base64?!?=", "x"),
      "last-event-id": fc.constantFrom("x", "call.x.1-1"),
      accept: fc.constantFrom("application/json, text/event-stream", "application/json", "*/*", "text/html"),
    },
    { requiredKeys: [] },
  );

  it("by HTTP gets one of the statuses and errors of the specification", async () => {
    const property = fc.asyncProperty(body, headers, async (text, given) => {
      const own = given["mcp-session-id"] === "" ? { "mcp-session-id": session } : {};
      const sent = { "content-type": "application/json", ...given, ...own };
      const answer = await within(send(test.gateway.url, { headers: sent, body: text }), 3_000, "an answer");
      const got = await within(answer.text(), 3_000, "the end of the answer");
      expect([200, 202, 400, 404, 405, 406, 413, 415]).toContain(answer.status);
      if (got === "") expect(answer.status).toBe(202);
      if (got === "") return;
      for (const each of answersIn(got, answer.headers["content-type"])) expectAnswer(each);
      const asked = read(text);
      if (answer.status === 200 && typeof asked?.["method"] === "string" && !got.startsWith("[")) {
        expect(answersIn(got, answer.headers["content-type"]).at(-1)).toMatchObject({ id: asked["id"] });
      }
    });
    await fc.assert(property, runs);
    const client = await test.legacy();
    expect(await client.text("demo__echo", { text: "still there" })).toBe("still there");
    expect((await test.modern().call("demo__echo", { text: "here too" })).result).toBeDefined();
  }, 60_000);

  it("by a pipe gets an answer where there is one to give, and nothing else", async () => {
    const { face, close } = openFace(test.yard);
    const [input, output] = [new PassThrough(), new PassThrough()];
    const pipe: Pipe = servePipe(face, input, output, { limits: test.yard.config.limits });
    let received = "";
    output.setEncoding("utf8").on("data", (text: string) => (received += text));
    const lines = (): unknown[] =>
      received
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as unknown);
    let nth = 0;
    const property = fc.asyncProperty(body, async (text) => {
      const id = `after ${++nth}`;
      received = "";
      input.write(`${text.replaceAll("\n", " ")}\n${JSON.stringify({ jsonrpc: "2.0", id, method: "server/discover", params: MODERN })}\n`);
      await until(() => lines().some((line) => objectOr(line)["id"] === id), 3_000, "the next request is answered");
      for (const line of lines().flat()) if (objectOr(line)["method"] === undefined) expectAnswer(line);
    });
    try {
      await fc.assert(property, runs);
    } finally {
      pipe.close();
      close();
    }
  }, 60_000);
});

const MODERN = { _meta: { [`${META}protocolVersion`]: "2026-07-28", [`${META}clientCapabilities`]: {} } };

function answersIn(text: string, type = ""): unknown[] {
  const parts = type.startsWith("text/event-stream") ? [...text.matchAll(/^data: (.+)$/gm)].map(([, data = ""]) => data) : [text];
  return parts.flatMap((part) => JSON.parse(part) as unknown).filter((each) => objectOr(each)["method"] === undefined);
}
