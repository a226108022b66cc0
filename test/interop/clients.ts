/** The clients that are tried, and by which driver. */

import type { Package } from "./packages.ts";

export interface Client extends Package {
  readonly driver: string;
  /** More that the driver is told. */
  readonly told?: Readonly<Record<string, string>>;
  /** How it is called on the page, where its package alone does not say it. */
  readonly title?: string;
  /** It is a bridge: the driver's client speaks to it by stdio, and it to the gateway by HTTP. */
  readonly bridge?: string;
}

const V1: Package = { name: "@modelcontextprotocol/sdk", version: "1.32.2" };
const V2: Package = { name: "@modelcontextprotocol/client", version: "2.4.0" };
const INSPECTOR = { name: "@modelcontextprotocol/inspector", version: "2.12.0", driver: "programs.mjs" };

export const CLIENTS: readonly Client[] = [
  { ...V1, driver: "sdk-v1.mjs" },
  { ...V2, driver: "sdk-v2.mjs" },
  { ...V2, driver: "sdk-v2.mjs", told: { mode: "legacy" }, title: "@modelcontextprotocol/client, mode legacy" },
  { name: "@openai/agents", version: "0.20.0", beside: ["zod@4"], driver: "openai-agents.mjs" },
  { name: "@ai-sdk/mcp", version: "2.0.99", driver: "ai-sdk.mjs" },
  {
    name: "@langchain/mcp-adapters",
    version: "1.1.4",
    beside: ["@langchain/core@1.4.0", "@langchain/langgraph"],
    driver: "langchain.mjs",
  },
  { name: "mcp-use", version: "1.34.6", beside: ["langchain@1", "@langchain/core@1.4.0"], driver: "mcp-use.mjs" },
  { ...INSPECTOR, told: { program: "inspector" } },
  { ...INSPECTOR, told: { program: "inspector", era: "modern" }, title: "@modelcontextprotocol/inspector, --protocol-era modern" },
  { name: "mcporter", version: "0.12.3", driver: "programs.mjs", told: { program: "mcporter" } },
  {
    name: "mcp-remote",
    version: "0.15.1",
    beside: [`${V1.name}@${V1.version}`],
    driver: "sdk-v1.mjs",
    bridge: "mcp-remote",
    title: "mcp-remote 0.15.1, with SDK v1 before it",
  },
];
