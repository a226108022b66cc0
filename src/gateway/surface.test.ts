import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpClient } from "../../test/support/http-client.ts";
import { modernParams, type WireMessage } from "../../test/support/inbox.ts";
import { until } from "../../test/support/wait.ts";
import type { JsonObject } from "../base/json.ts";
import type { LocalContext } from "../config/config.ts";
import type { ServerInput } from "../config/input.ts";
import { openFace } from "./face.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";
import { servePipe } from "./pipe.ts";

const META_TOOLS = ["find_tools", "describe_tool", "call_tool"];

/** A server with many tools, and one of each kind that matters here. */
function shop(topic: string): ServerInput {
  const made = Array.from({ length: 40 }, (_, index) => ({
    name: `${topic}_${index}`,
    description: `Does task ${index} about ${topic}.`,
    inputSchema: { type: "object", properties: { note: { type: "string" } } },
    call: () => `${topic} ${index}`,
  }));
  const order = {
    name: "order",
    description: `Orders ${topic} of a customer.`,
    inputSchema: { type: "object", properties: { count: { type: "integer" }, to: { type: "string" } }, required: ["count", "to"] },
    outputSchema: { type: "object", properties: { ordered: { type: "integer" } } },
    call: ({ count }: JsonObject, context: LocalContext) => {
      context.progress(1, 2, "half");
      return { ordered: Number(count) };
    },
  };
  const look = { name: "look", description: `Looks ${topic} up.`, annotations: { readOnlyHint: true }, call: () => "looked" };
  return { tools: [...made, order, look] };
}

async function names(client: HttpClient): Promise<string[]> {
  return await client.toolNames();
}

const listOf = async (client: HttpClient): Promise<JsonObject[]> =>
  ((await client.request("tools/list")).result as unknown as { tools: JsonObject[] }).tools;

describe("what a client is shown", () => {
  let test: TestGateway;
  beforeAll(async () => {
    const servers = { pears: shop("pears"), plums: { ...shop("plums"), trust: "annotations" } as ServerInput, nuts: shop("nuts") };
    const toolsets = {
      small: { tools: ["pears/order", "pears/look"] },
      pinned: { servers: ["pears"], pins: ["pears/look", "pears/pears_1*"], budget: { tools: 8 } },
      whole: { servers: ["pears"], mode: "all" },
    };
    test = await testGateway({ servers, config: { toolsets } });
    await test.yard.ready({ timeoutMs: 10_000 });
  }, 30_000);
  afterAll(() => test[Symbol.asyncDispose]());

  it.each(["legacy", "modern"] as const)("is a search where there is more than the budget (%s)", async (era) => {
    const client = era === "legacy" ? await test.legacy() : test.modern();
    const tools = await listOf(client);
    expect(tools.map(({ name }) => name)).toEqual([...META_TOOLS, "read_tool", "read_result"]);
    expect(JSON.stringify(tools).length).toBeLessThan(8_000); // a token is more than one letter
    expect(await listOf(client)).toEqual(tools);
    expect(JSON.stringify(tools[0])).toContain("- pears:");
  });

  it("is all of them where that fits, or where it is wished", async () => {
    expect((await names(await test.legacy({}, "/small"))).toSorted()).toEqual(["pears__look", "pears__order"]);
    expect(await names(await test.legacy({}, "/whole"))).toHaveLength(42);
    expect((await names(await test.legacy({}, "?surface=all"))).length).toBeGreaterThan(120);
    expect(await names(await test.legacy({}, "/small?surface=search"))).toEqual([...META_TOOLS, "read_result"]);
    expect((await names(test.modern({}, "/whole/?surface=search"))).slice(0, 3)).toEqual(META_TOOLS);
    expect(await names(test.modern({}, "/server/pears"))).toEqual([...META_TOOLS, "read_result"]);
    expect((await test.client({}, "?surface=some").post({ jsonrpc: "2.0", id: 1, method: "ping" })).status).toBe(404);
  });

  it("has the pinned tools in it, as many as fit", async () => {
    expect(await names(await test.legacy({}, "/pinned"))).toEqual([
      "pears__look",
      ...["pears__1", "pears__10", "pears__11"],
      ...META_TOOLS,
      "read_result",
    ]);
  });

  it("is all of them for a client that looks up tools itself, by its own word, in both eras", async () => {
    const client = test.client();
    const clientInfo = { name: "claude-code", version: "2.0.0" };
    await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    client.version = "2025-11-25";
    expect((await names(client)).length).toBeGreaterThan(120);
    const answer = await test.modern().request("tools/list", { _meta: { "io.modelcontextprotocol/clientInfo": clientInfo } });
    expect(answer.result?.tools?.length).toBeGreaterThan(120);
    expect(await names(await test.legacy())).toHaveLength(5);
  });

  it("is the same on a pipe", async () => {
    const own = openFace(test.yard, { surface: "search" });
    const [input, output] = [new PassThrough(), new PassThrough()];
    const pipe = servePipe(own.face, input, output, { limits: test.yard.config.limits });
    const lines: string[] = [];
    output.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
    input.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: modernParams({}, {}) })}\n`);
    const answer = await until(() => lines.map((line) => JSON.parse(line) as WireMessage).find(({ id }) => id === 1));
    expect(answer.result?.tools?.map(({ name }) => name)).toEqual([...META_TOOLS, "read_tool", "read_result"]);
    pipe.close();
    own.close();
  });
});

describe("the tools that find and call the others", () => {
  let test: TestGateway;
  beforeAll(async () => {
    const pears = { ...shop("pears"), trust: "annotations" } as ServerInput;
    const plums = shop("plums");
    const toolsets = { some: { servers: ["pears"], tools: ["plums/order"] } };
    test = await testGateway({ servers: { pears, plums }, config: { toolsets, selection: { mode: "search" } } });
    await test.yard.ready({ timeoutMs: 10_000 });
  }, 30_000);
  afterAll(() => test[Symbol.asyncDispose]());

  it.each(["legacy", "modern"] as const)("find, describe, call (%s)", async (era) => {
    const client = era === "legacy" ? await test.legacy() : test.modern();
    const found = await client.text("find_tools", { queries: ["order pears for a customer", "look plums up"] });
    expect(found).toContain("pears__order(count: integer, to: string)");
    expect(found).toContain("plums__look(");
    expect(found).toMatch(/pears__look\(\) \[read-only\]/);
    const described = JSON.parse(await client.text("describe_tool", { names: ["pears__order"] })) as JsonObject;
    expect(described).toMatchObject({ name: "pears__order", inputSchema: { required: ["count", "to"] } });
    const called = await client.call("call_tool", { name: "pears__order", arguments: { count: 2, to: "me" } });
    expect(called.result).toMatchObject({ structuredContent: { ordered: 2 } });
    const hidden = await client.call("pears__order", { count: 3, to: "me" });
    expect(hidden.result).toMatchObject({ structuredContent: { ordered: 3 } });
  });

  it("carry progress and errors as every call does", async () => {
    const client = await test.legacy();
    await client.call("call_tool", { name: "pears__order", arguments: { count: 2, to: "me" } }, { meta: { progressToken: "p" } });
    expect(client.inbox.messages.map(({ params }) => params)).toContainEqual(
      expect.objectContaining({ progressToken: "p", message: "half" }),
    );
  });

  it("give back the schema where arguments do not fit, without a call", async () => {
    const client = await test.legacy();
    const { result } = await client.call("call_tool", { name: "pears__order", arguments: { count: "two" } });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain('\\"to\\" is missing. \\"count\\" must be integer.');
    expect(JSON.stringify(result)).toContain("Arguments of pears__order:");
    expect(await client.text("call_tool", { name: "pears__order", arguments: '{"count":1,"to":"me"}' })).toContain("1");
  });

  it("let read_tool reach nothing that may change something, nor what an untrusted server says", async () => {
    const client = await test.legacy();
    expect(await client.text("read_tool", { name: "pears__look" })).toBe("looked");
    for (const name of ["pears__order", "plums__look"]) {
      const { result } = await client.call("read_tool", { name, arguments: { count: 1, to: "me" } });
      expect(result).toMatchObject({ isError: true });
    }
  });

  it("reach what the caller may see, and nothing else: what is denied looks like what there is not", async () => {
    const client = await test.legacy({}, "/some");
    expect(await client.text("find_tools", { queries: ["look plums up"] })).not.toContain("plums__look");
    for (const name of ["plums__look", "plums__nowhere"]) {
      const { result } = await client.call("call_tool", { name });
      expect(result).toMatchObject({ isError: true });
      expect(JSON.stringify(result)).toContain(`There is no tool \\"${name}\\".`);
      expect(JSON.stringify(result)).not.toContain("plums__1");
    }
    expect(await client.text("describe_tool", { names: ["plums__look"] })).toContain("There is no tool");
    expect(await client.text("call_tool", { name: "plums__order", arguments: { count: 1, to: "x" } })).toContain("1");
  });
});
