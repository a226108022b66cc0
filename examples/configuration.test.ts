import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/load.ts";

const fileOf = (example: string): string => fileURLToPath(new URL(`${example}/toolyard.json`, import.meta.url));
const env = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  DATABASE_URL: "http://127.0.0.1:1/mcp",
  KNOWLEDGE_URL: "http://127.0.0.1:2/mcp",
};

describe.each([
  ["operations", ["filesystem", "database", "monitoring", "everything", "memory"], "database"],
  ["support", ["crm", "knowledge", "tickets", "analytics"], "knowledge"],
])("the configuration of %s", (example, servers, overHttp) => {
  it("is valid, every server of it", async () => {
    const config = await loadConfig(fileOf(example), { env });
    expect([...config.rejected.values()].map(({ message }) => message)).toEqual([]);
    expect([...config.servers.keys()]).toEqual(servers);
  });

  it("names programs and folders that exist, wherever it is opened from", async () => {
    const { servers: entries } = await loadConfig(fileOf(example), { env });
    const stdio = [...entries.values()].map(({ transport }) => transport).filter((transport) => transport.kind === "stdio");
    expect(stdio).toHaveLength(servers.length - 1);
    for (const { cwd = "", args } of stdio) for (const arg of args) expect(existsSync(resolve(cwd, arg)), arg).toBe(true);
  });

  it("loses only the server whose address is not set", async () => {
    const config = await loadConfig(fileOf(example), { env: { HOME: env.HOME } });
    expect([...config.rejected.keys()]).toEqual([overHttp]);
  });
});
