import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load.ts";
import type { Snapshot } from "./item.ts";
import { buildSection, nothingListed } from "./section.ts";
import { buildSnapshot } from "./snapshot.ts";
import { serverSnapshot, visibleSnapshot } from "./visible.ts";

const app = {
  tools: [
    { name: "show", inputSchema: {}, _meta: { ui: { resourceUri: "ui://page", visibility: ["app"] }, "ui/resourceUri": "ui://page" } },
    { name: "plain", inputSchema: {}, _meta: { "ui/resourceUri": "ui://own" } },
  ],
  resources: [
    { uri: "ui://page", name: "page" },
    { uri: "a://same", name: "same" },
  ],
};

/** Two servers that offer exactly the same. */
function twins(): Snapshot {
  const config = parseConfig({ mcpServers: { one: { command: "x" }, two: { command: "x" } } });
  const sections = [...config.servers.values()].map((server) => buildSection(server, config.naming, { ...nothingListed, ...app }, "live"));
  return buildSnapshot(sections, config.naming, 1);
}

const metaOf = (snapshot: Snapshot, tool: string): unknown => snapshot.tool(tool)?.definition["_meta"];

describe("pages of Apps that two servers address alike", () => {
  it("stay where they are for the first, and move for the other, in tool and resource", () => {
    const made = twins();
    expect(metaOf(made, "one__show")).toBe(app.tools[0]?._meta);
    const moved = { ui: { resourceUri: "ui://two/page", visibility: ["app"] }, "ui/resourceUri": "ui://two/page" };
    expect(metaOf(made, "two__show")).toEqual(moved);
    expect(made.resource("ui://page")?.server).toBe("one");
    expect(made.resource("ui://two/page")).toMatchObject({ server: "two", origin: "ui://page", id: "two/ui://page" });
    expect(made.resource("ui://two/page")?.definition).toEqual({ uri: "ui://two/page", name: "page" });
  });

  it("move also where they are not listed", () => {
    const made = twins();
    expect(metaOf(made, "one__plain")).toEqual({ "ui/resourceUri": "ui://own" });
    expect(metaOf(made, "two__plain")).toEqual({ "ui/resourceUri": "ui://two/own" });
    expect(made.tool("two__plain")?.ownPage).toBe("ui://own");
  });

  it("leave all else: other addresses are the first one's", () => {
    const made = twins();
    expect(made.resources.map(({ name }) => name)).toEqual(["ui://page", "a://same", "ui://two/page"]);
    expect(made.hidden.map(({ id }) => id)).toEqual(["two/a://same"]);
  });

  it("go with their tool into a toolset, and are their own where the server stands alone", () => {
    const picked = visibleSnapshot(twins(), { servers: undefined, tools: ["two/show"] });
    expect(picked.resources.map(({ name }) => name)).toEqual(["ui://two/page"]);
    const alone = serverSnapshot(twins(), "two");
    expect(alone.resource("ui://page")?.definition["uri"]).toBe("ui://page");
    expect(metaOf(alone, "show")).toEqual(app.tools[0]?._meta);
  });
});
