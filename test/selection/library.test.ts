/** Selection in the library: search, a View for one task, and the same over a gateway; and what the command line says of it. */

import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/index.ts";
import { makeHome } from "../faults/gateway.ts";
import { stdioServer } from "../support/fixture.ts";
import { testPlace } from "../seed/yard.ts";

const many = Array.from({ length: 40 }, (_, index) => ({ name: `task_${index}`, description: `Does number ${index}.`, call: () => index }));
const refund = { name: "refund", description: "Pays money back to a customer.", inputSchema: { type: "object" }, call: () => "paid" };
const config: ConfigInput = { mcpServers: { shop: { tools: [...many, refund] } }, selection: { pins: ["shop/task_7"] } };

describe("a yard with more tools than fit", () => {
  it("finds tools, and makes of a message a View that stays as it is", async () => {
    using place = testPlace();
    await using yard = await place.open(config);
    await yard.ready();
    const [hit] = await yard.search("give a customer the money back", { limit: 3 });
    expect(hit).toMatchObject({ name: "shop__refund", server: "shop", tool: "refund", signature: "shop__refund()" });
    const view = await yard.view().select("give a customer the money back", { tools: 12 });
    const names = (): string[] => view.tools().map(({ name }) => name);
    expect(names().slice(0, 2)).toEqual(["shop__task_7", "shop__refund"]);
    expect(names()).toHaveLength(new Set(names()).size);
    expect(names().length).toBeLessThanOrEqual(12);
    const before = names();
    yard.add("more", { tools: [{ name: "other", call: () => "" }] });
    await yard.ready();
    expect(names()).toEqual(before);
    expect((await view.callTool("shop__task_3")).content).toEqual([{ type: "text", text: "3" }]);
    expect([yard.tools().length, yard.view().allTools().length]).toEqual([42, 42]);
    expect(
      yard
        .view()
        .tools()
        .map(({ name }) => name),
    ).toContain("find_tools");
  });
});

describe("the command line", () => {
  it("finds tools and says what they cost, with the running gateway and without one", async () => {
    using home = makeHome({ mcpServers: { a: stdioServer({ tools: 20 }), b: stdioServer() }, selection: { mode: "auto" } });
    const at = ["--config", home.configFile];
    const ask = async (): Promise<unknown[]> => {
      const search = await home.run(["search", ...at, "--json", "--limit", "2", "echo", "a", "text"]);
      const costs = await home.run(["tools", ...at, "--tokens", "--json"]);
      const { servers, total } = JSON.parse(costs.stdout) as {
        servers: { server: string; tokens: number }[];
        total: { tools: number; tokens: number };
      };
      expect(servers.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(total.tokens);
      const hits = JSON.parse(search.stdout) as { name: string; server: string }[];
      return [hits.map(({ name, server }) => `${server}: ${name}`), servers.map(({ server }) => server), total];
    };
    const without = await ask();
    await using gateway = await home.serve();
    await gateway.untilReady();
    expect(await ask()).toEqual(without);
    const shown = await home.run(["tools", ...at, "--tokens"]);
    expect(shown.stdout).toMatch(/SERVER +TOOLS +TOKENS[\s\S]*a +\d+ +[\d,]+ +█+[\s\S]*total/);
    expect(shown.stderr).toContain("over the budget of 30 tools and 8,000 tokens");
  });
});
