/**
 * The client that the official conformance suite watches: the library, opened on the URL that stands last on the
 * command line. It uses everything that the scenario's server offers; where the scenario says which calls to make
 * (`MCP_CONFORMANCE_CONTEXT`), it makes those.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openToolyard, type Handlers, type ToolDefinition, type Toolyard } from "../../src/index.ts";

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly type?: string;
  readonly default?: unknown;
}

const PATIENCE = 10_000;

/** Accepts every form, with its defaults, and agrees to whatever it has none for. */
const handlers: Handlers = {
  elicit: ({ requestedSchema }) => ({ action: "accept", content: filled(requestedSchema as Schema) }),
  sample: () => ({ role: "assistant", model: "none", content: { type: "text", text: "Yes." } }),
  roots: ["file:///conformance"],
};

function filled({ properties = {} }: Schema): Record<string, boolean | string | number> {
  const values = Object.entries(properties).map(([name, schema]) => [name, schema.default ?? valueFor(schema)] as const);
  return Object.fromEntries(values) as Record<string, boolean | string | number>;
}

function valueFor({ type }: Schema): unknown {
  if (type === "number" || type === "integer") return 2;
  if (type === "boolean") return true;
  return type === "array" ? [] : type === "object" ? {} : "text";
}

/** Arguments for all that a tool requires. The tool that gives back a schema wants the one that came with its neighbour. */
function argumentsFor({ inputSchema }: ToolDefinition, tools: readonly ToolDefinition[]): Record<string, unknown> {
  const { properties = {}, required = [] } = inputSchema as Schema;
  const rich = tools.find(({ name }) => name === "json_schema_2020_12_tool")?.inputSchema;
  return Object.fromEntries(required.map((name) => [name, name === "schema" ? rich : valueFor(properties[name] ?? {})]));
}

function callsFor(tools: readonly ToolDefinition[]): readonly ToolCall[] {
  const { toolCalls } = JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}") as { toolCalls?: readonly ToolCall[] };
  return toolCalls ?? tools.map((tool) => ({ name: tool.name, arguments: argumentsFor(tool, tools) }));
}

async function useAll(yard: Toolyard): Promise<void> {
  const view = yard.view();
  for (const call of callsFor(yard.tools())) {
    const result = await yard.callTool(call.name, call.arguments, { timeoutMs: PATIENCE });
    if (result.isError === true) throw new Error(`${call.name}: ${JSON.stringify(result.content)}`);
  }
  const { resources, prompts } = view.snapshot();
  for (const { name } of resources) await view.readResource(name);
  for (const { name } of prompts) await view.getPrompt(name);
}

const url = process.argv.at(-1) ?? "";
const home = mkdtempSync(join(tmpdir(), "toolyard-conformance-"));
const paths = { config: join(home, "config"), cache: join(home, "cache"), state: join(home, "state"), runtime: join(home, "run") };
try {
  await using yard = await openToolyard({ mcpServers: { subject: { url, namespace: "" } } }, { paths, ...handlers });
  const { subject } = await yard.ready({ timeoutMs: PATIENCE });
  if (subject?.state !== "ready") throw new Error(`The server is ${subject?.state}: ${subject?.reason}`);
  await useAll(yard);
} finally {
  rmSync(home, { recursive: true, force: true });
}
