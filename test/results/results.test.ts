/** A result of 4 MB, as a model meets it: over the gateway in both eras and on both carriers, in the library, and through a search. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { openaiAgents } from "../../src/adapters/openai-agents.ts";
import { makeHome, startGateway } from "../faults/gateway.ts";
import { until } from "../support/wait.ts";
import { testPlace } from "../seed/yard.ts";
import { rowsText } from "./rows.ts";

interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Result {
  readonly content?: readonly Block[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

type CallTool = (name: string, args: JsonObject) => Promise<Result>;

const rows = { command: process.execPath, args: [join(import.meta.dirname, "rows.ts")] };
const original = rowsText();
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const textsOf = ({ content = [] }: Result): string[] => content.map((block) => String(block["text"]));

/** What an agent does: sees the shape, looks for what it needs, reads the row; then, to be sure, everything. */
async function story(call: CallTool, name = "rows__rows", args: JsonObject = {}): Promise<string> {
  const result = await call(name, args);
  expect(JSON.stringify(result).length).toBeLessThan(10_000);
  expect(result.structuredContent).toBeUndefined();
  const [preview = ""] = textsOf(result);
  expect(preview).toContain("/rows: array of 32000");
  expect(preview).toContain("orders: { sku: string; count: number }[]");
  expect(preview).toContain('/rows/0 = {"id":0,"customer":"Kunde 0"');
  const handle = /"(r_[\w-]+)"/.exec(preview)?.[1] ?? "";

  const [found = ""] = textsOf(await call("read_result", { handle, search: "Zürich" }));
  const row = /pointer "(\/rows\/\d+)\/city"/.exec(found)?.[1] ?? "";
  const [exact = ""] = textsOf(await call("read_result", { handle, pointer: row }));
  expect(JSON.parse(exact)).toMatchObject({ id: 20_417, customer: "Kunde 20417", city: "Zürich" });
  const [some = "", about] = textsOf(await call("read_result", { handle, pointer: "/rows", skip: 31_998 }));
  expect([JSON.parse(some), about]).toEqual([
    [expect.objectContaining({ id: 31_998 }), expect.objectContaining({ id: 31_999 })],
    expect.stringContaining("the last"),
  ]);

  for (const part of [1, 2]) expect(sha256(await wholeOf(call, handle, part))).toBe(sha256(original));
  const slow = await call("read_result", { handle, regex: "([^z]+)+zz" });
  expect([slow.isError, textsOf(slow)[0]]).toEqual([true, expect.stringContaining("longer than 100 ms")]);
  const behind = await call("read_result", { handle, offset: 1e9 });
  expect([behind.isError, textsOf(behind)[0]]).toEqual([true, expect.stringContaining("There is no byte 1000000000")]);
  return handle;
}

async function wholeOf(call: CallTool, handle: string, part: number): Promise<string> {
  const pieces: string[] = [];
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const [piece = "", about = ""] = textsOf(await call("read_result", { handle, part, offset }));
    pieces.push(piece);
    const next: string | undefined = /"offset": (\d+)/.exec(about)?.[1];
    offset = next === undefined ? undefined : Number(next);
  }
  return pieces.join("");
}

const config = { mcpServers: { rows }, results: { spill: "on" }, toolsets: { other: { servers: ["rows"] } } };

it.each(["legacy", "modern"] as const)(
  "is read over HTTP (%s), by nobody who came in by another door, and gone at the end",
  async (era) => {
    await using gateway = await startGateway(config);
    await gateway.untilReady();
    const client = await gateway.client({ era });
    const { result: list } = await client.request("tools/list");
    expect(list?.tools).toMatchObject([{ name: "rows__rows" }, { name: "read_result" }]);
    expect(JSON.stringify(list)).not.toContain("outputSchema");
    const call: CallTool = async (name, args) => (await client.call(name, args)).result as Result;
    const handle = await story(call);

    const other = await gateway.client({ era }, "/mcp/other");
    const foreign = (await other.call("read_result", { handle })).result as Result;
    const unknown = (await other.call("read_result", { handle: "r_AAAAAAAAAAAAAAAAAAAAAA" })).result as Result;
    expect([foreign.isError, textsOf(foreign)]).toEqual([true, textsOf(unknown)]);

    const folder = join(gateway.home.directory.path, "state/toolyard/spill");
    expect(existsSync(folder) && readdirSync(folder)).toHaveLength(1);
    await gateway.stop();
    expect(readdirSync(folder)).toEqual([]);
  },
);

it("is read on stdio", async () => {
  using home = makeHome(config);
  await using host = home.stdio();
  await host.handshake();
  await story(async (name, args) => (await host.call(name, args)).result as Result);
});

it("is read through a search", async () => {
  await using gateway = await startGateway({ mcpServers: { rows } });
  await gateway.untilReady();
  const client = await gateway.client({}, "/mcp?surface=search");
  await story(async (name, args) => (await client.call(name, args)).result as Result, "call_tool", { name: "rows__rows" });
});

it("is passed whole by a plain gateway, and where its tool says so", async () => {
  const whole = { ...rows, tools: { override: { rows: { results: { spill: "off" } } } } };
  for (const given of [{ mcpServers: { rows } }, { ...config, mcpServers: { rows: whole } }]) {
    await using gateway = await startGateway(given);
    await gateway.untilReady();
    const client = await gateway.client();
    expect(JSON.stringify((await client.request("tools/list")).result)).toContain("outputSchema");
    const { content, structuredContent } = (await client.call("rows__rows")).result as Result;
    expect([content?.[0]?.["text"], structuredContent]).toEqual([original, JSON.parse(original)]);
  }
});

it("is read by an agent of the library, and whole for code that calls it", async () => {
  using place = testPlace();
  await using yard = await place.open({ mcpServers: { rows } });
  await yard.ready();
  const agent = openaiAgents(yard.view());
  expect((await agent.listTools()).map(({ name }) => name)).toEqual(["rows__rows", "read_result"]);
  await story((name, args) => agent.callToolResult(name, args));
  expect(textsOf(await yard.callTool("rows__rows"))).toEqual([original]);
});

it("is removed by the next start after a kill -9", async () => {
  using home = makeHome(config);
  const folder = join(home.directory.path, "state/toolyard/spill");
  const first = await home.serve();
  await first.untilReady();
  await (await first.client()).call("rows__rows");
  expect(readdirSync(folder)).toHaveLength(1);
  first.kill("SIGKILL");
  await first.exited;
  expect(readdirSync(folder)).toHaveLength(1);
  await using second = await home.serve();
  await second.untilReady();
  await until(() => readdirSync(folder).length === 0);
});
