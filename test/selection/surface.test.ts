/** What models are shown by the real gateway: few tools, found and called through, the same bytes each time. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { tokensOf } from "../../src/selection/tokens.ts";
import { makeHome, START_MS, type Gateway, type Home } from "../faults/gateway.ts";
import { stdioServer, startHttp, watchedServer, type HttpServer } from "../support/fixture.ts";
import type { HttpClient } from "../support/http-client.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import { until } from "../support/wait.ts";

const OWN = ["find_tools", "describe_tool", "call_tool", "read_tool", "read_result"];
const PATIENCE = { deadlineMs: 20_000 };

const refund = {
  name: "refund_customer",
  description: "Pays money back to a customer who was charged twice.",
  inputSchema: {
    type: "object",
    properties: { customer: { type: "string" }, cents: { type: "integer" } },
    required: ["customer", "cents"],
  },
};
const weather = {
  name: "forecast",
  description: "Tells the weather of a city for the next days.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  annotations: { readOnlyHint: true },
};

/** Some 250 tools of four servers: stdio and HTTP, of both eras. */
function configOf(http: HttpServer, selection: object = {}): object {
  return {
    selection: { mode: "auto", ...selection },
    mcpServers: {
      shop: { ...stdioServer({ tools: 70, tool: [JSON.stringify(refund), "delete_customer"] }), tools: { deny: ["delete_*"] } },
      sky: { ...stdioServer({ tools: 70, era: "modern", tool: [JSON.stringify(weather)] }), trust: "annotations" },
      web: { url: http.url },
      rest: stdioServer({ tools: 40 }),
    },
    toolsets: { pinned: { pins: ["shop/refund_*"] } },
  };
}

const listOf = ({ result }: WireMessage): JsonObject[] => (result?.tools ?? []) as unknown as JsonObject[];
const namesOf = (answer: WireMessage): unknown[] => listOf(answer).map(({ name }) => name);
const listed = async (client: HttpClient): Promise<WireMessage> => await client.request("tools/list", {}, PATIENCE);

describe("a gateway with some 250 tools", () => {
  let http: HttpServer;
  let home: Home;
  let gateway: Gateway;
  beforeAll(async () => {
    http = await startHttp({ tools: 70 });
    home = makeHome(configOf(http));
    gateway = await home.serve();
    await gateway.untilReady();
  }, 2 * START_MS);
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    home[Symbol.dispose]();
    await http.stop();
  });

  it.each(["legacy", "modern"] as const)("shows a %s client what fits the budget, twice in the same bytes", async (era) => {
    expect((await gateway.state()).catalog.tools).toBeGreaterThan(250);
    await using client = await gateway.client({ era });
    const [first, second] = [await listed(client), await listed(client)];
    expect(namesOf(first)).toEqual(OWN);
    expect(listOf(first).reduce((sum, tool) => sum + tokensOf(tool), 0)).toBeLessThan(2_000);
    expect(JSON.stringify(second.result)).toBe(JSON.stringify(first.result));
  });

  it.each(["legacy", "modern"] as const)("lets a %s client find, describe and call what it is not shown", async (era) => {
    await using client = await gateway.client({ era });
    expect(await client.text("find_tools", { queries: ["give money back to a customer", "will it rain in Berlin"] })).toMatch(
      /shop__refund_customer\(customer: string, cents: integer\)[\s\S]*sky__forecast\(city: string\) \[read-only\]/,
    );
    expect(await client.text("describe_tool", { names: ["shop__refund_customer"] })).toContain('"required":["customer","cents"]');
    const args = { customer: "ann", cents: 5 };
    expect(textOf(await client.call("call_tool", { name: "shop__refund_customer", arguments: args }))).toContain("ann");
    expect(textOf(await client.call("shop__refund_customer", args))).toContain("ann");
    expect(textOf(await client.call("read_tool", { name: "sky__forecast", arguments: { city: "Rome" } }))).toContain("Rome");
    expect((await client.call("read_tool", { name: "shop__refund_customer", arguments: args })).result).toMatchObject({ isError: true });
    const { result } = await client.call("call_tool", { name: "shop__refund_customer", arguments: { cents: 5 } });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toMatch(/customer.*is missing.*Arguments of shop__refund_customer/);
  });

  it("does the same on stdio, in both eras", async () => {
    await using legacy = home.stdio();
    await legacy.handshake();
    expect(namesOf(await legacy.request("tools/list", {}, PATIENCE))).toEqual(OWN);
    expect(await legacy.text("call_tool", { name: "sky__forecast", arguments: { city: "Oslo" } })).toContain("Oslo");
    await using modern = home.stdio([], { era: "modern" });
    expect(namesOf(await modern.request("tools/list", {}, PATIENCE))).toEqual(OWN);
    expect(await modern.text("find_tools", { queries: ["weather forecast"] })).toContain("sky__forecast");
  });

  it("keeps what is denied from every way to it", async () => {
    await using client = await gateway.client();
    expect(await client.text("find_tools", { queries: ["delete customer"] })).not.toContain("delete_customer");
    for (const name of ["describe_tool", "call_tool", "read_tool"]) {
      const args = name === "describe_tool" ? { names: ["shop__delete_customer"] } : { name: "shop__delete_customer" };
      const { result } = await client.call(name, args);
      expect(result).toMatchObject({ isError: true });
      expect(JSON.stringify(result)).toContain("There is no tool");
    }
  });

  it("shows everything where that is wished: by the address, by a host that looks up tools itself, and the pinned tools in any case", async () => {
    await using all = await gateway.client({}, "/mcp?surface=all");
    expect(namesOf(await listed(all)).length).toBeGreaterThan(250);
    await using claude = await gateway.client({ era: "modern" });
    const clientInfo = { name: "claude-code", version: "2.1.0" };
    const answer = await claude.request("tools/list", { _meta: { "io.modelcontextprotocol/clientInfo": clientInfo } }, PATIENCE);
    expect(namesOf(answer).length).toBeGreaterThan(250);
    await using search = await gateway.client({}, "/mcp/server/sky?surface=search");
    expect(namesOf(await listed(search))).toEqual(OWN);
    await using pinned = await gateway.client({}, "/mcp/pinned");
    expect(namesOf(await listed(pinned))).toEqual(["shop__refund_customer", ...OWN]);
  });

  it("cancels a call inside call_tool at its server", async () => {
    await using client = await gateway.client();
    const abandoned = client.call("call_tool", { name: "web__slow", arguments: { ms: 20_000 } }, { id: "slow" });
    abandoned.catch(() => {});
    await http.log.waitFor({ what: "in", name: "slow" }, 10_000);
    await client.cancel("slow");
    await http.log.waitFor({ what: "cancelled" }, 10_000);
  });
});

describe("what was decided", () => {
  it("holds over a restart although the tools would fit now, until the configuration is another", async () => {
    using shrinking = watchedServer({ tools: 30 });
    const few = { mcpServers: { a: shrinking.entry, b: stdioServer({ only: ["echo"] }) }, selection: { mode: "auto" } };
    using home = makeHome(few);
    const first = await home.serve();
    await first.untilReady();
    await using client = await first.client();
    expect(namesOf(await listed(client))).toContain("find_tools");
    shrinking.set({ "change-tools": "empty" });
    await until(async () => (await first.state()).catalog.tools === 1, 15_000);
    expect(namesOf(await listed(client))).toContain("find_tools");
    await first.stop();

    await using again = await home.serve();
    await again.untilReady();
    expect((await again.state()).catalog.tools).toBe(1);
    await using later = await again.client();
    expect(namesOf(await listed(later))).toContain("find_tools");
    home.configure({ ...few, selection: { mode: "auto", budget: { tools: 25 } } });
    await until(async () => !namesOf(await listed(later)).includes("find_tools"), 15_000);
    expect(namesOf(await listed(later))).toEqual(["b__echo"]);
  });
});
