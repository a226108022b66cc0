/**
 * A View as one MCP server of the OpenAI Agents SDK: `new Agent({ mcpServers: [openaiAgents(view)] })`.
 * The types are structural: that SDK is never loaded from here.
 */

import { isObject } from "../base/json.ts";
import type { ToolDefinition, ToolResult } from "../host.ts";
import { isImage, partsOf, type Part } from "./parts.ts";
import { caller, forModel, type AdapterOptions, type ToolSource } from "./source.ts";
import { ToolNames } from "./tool-names.ts";

export type { CallRecord, ToolSource } from "./source.ts";

export interface OpenaiAgentsOptions extends AdapterOptions {
  /** Shown in traces. Two objects of one name in one process share that SDK's list cache, so let it differ. */
  readonly name?: string;
  /** Give the model `structuredContent` where a tool returns it. Default false. */
  readonly useStructuredContent?: boolean;
  /** Give the model images; false: say that there is one. Default true. */
  readonly images?: boolean;
}

/** A tool as that SDK lists it. */
export interface AgentTool {
  name: string;
  description?: string;
  inputSchema: { type: "object"; properties: Record<string, unknown>; required: string[]; additionalProperties: boolean };
}

/** A tool result as that SDK takes it. */
export interface AgentResult {
  content: { [key: string]: unknown; type: string }[];
  _meta?: Record<string, unknown>;
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

type Content = AgentResult["content"] & Omit<AgentResult, "content">;

/** The `MCPServer` of the OpenAI Agents SDK, as far as that SDK looks at it. */
export interface AgentServer {
  readonly name: string;
  /** Always false: the list is in memory, and asking anew each turn shows tools that came meanwhile. */
  cacheToolsList: boolean;
  useStructuredContent: boolean;
  /** Keeps what a run has once been shown in that run, and new runs free of what has gone. */
  toolFilter(context: { runContext: object }, tool: { name: string }): Promise<boolean>;
  /** Turns what should never be thrown into text that names its cause; that SDK would hide it. */
  errorFunction(args: { error: unknown }): string;
  connect(): Promise<void>;
  close(): Promise<void>;
  listTools(): Promise<AgentTool[]>;
  callTool(name: string, args: Record<string, unknown> | null, meta?: unknown, options?: { signal?: AbortSignal }): Promise<Content>;
  callToolResult(
    name: string,
    args: Record<string, unknown> | null,
    meta?: unknown,
    options?: { signal?: AbortSignal },
  ): Promise<AgentResult>;
  invalidateToolsCache(): Promise<void>;
}

let made = 0;

/**
 * One object for `mcpServers`. Its first list waits until every server has settled or `discovery.wait` has passed, later
 * ones for nothing, and none ever throws. Within a run tools are only added, since that SDK ends a run whose model calls
 * a tool that has gone: here such a call answers why. `connect` and `close` do nothing: the yard owns the servers.
 *
 * @param given a Toolyard, or a View of it
 */
export function openaiAgents(given: ToolSource, options: OpenaiAgentsOptions = {}): AgentServer {
  const source = forModel(given);
  const offered = new Offered(source);
  const callTool = caller(source, options);
  const call = async (name: string, args: unknown, signal: AbortSignal | undefined): Promise<AgentResult> =>
    toAgentResult(await callTool(offered.names.toExposed(name), args, { signal }), options.images ?? true);
  return {
    name: options.name ?? `toolyard-${++made}`,
    cacheToolsList: false,
    useStructuredContent: options.useStructuredContent ?? false,
    toolFilter: async ({ runContext }, { name }) => offered.isShownIn(runContext, name),
    errorFunction: ({ error }) => `The tool could not be called: ${error instanceof Error ? error.message : String(error)}`,
    connect: async () => {},
    close: async () => {},
    invalidateToolsCache: async () => {},
    listTools: async () => {
      await source.discovered?.();
      return offered.list();
    },
    callTool: async (name, args, _meta, { signal } = {}) => toContent(await call(name, args, signal)),
    callToolResult: (name, args, _meta, { signal } = {}) => call(name, args, signal),
  };
}

/** What the models of all runs have been shown, and what each run has. */
class Offered {
  readonly names = new ToolNames();
  readonly #source: ToolSource;
  readonly #ever = new Map<string, AgentTool>();
  readonly #byRun = new WeakMap<object, Set<string>>();
  #now: ReadonlySet<string> = new Set();

  constructor(source: ToolSource) {
    this.#source = source;
  }

  /** Every tool that there ever was, in the order in which they came. */
  list(): AgentTool[] {
    const tools = this.#source.tools();
    this.names.learn(tools.map(({ name }) => name));
    const present = tools.map((tool) => toAgentTool(this.names.toModel(tool.name), tool));
    for (const tool of present) this.#ever.set(tool.name, tool);
    this.#now = new Set(present.map(({ name }) => name));
    return [...this.#ever.values()];
  }

  /** Is the tool there now, or was it once shown to this run? That SDK asks for each tool of each list. */
  isShownIn(run: object, name: string): boolean {
    const shown = this.#byRun.get(run) ?? new Set();
    this.#byRun.set(run, shown);
    if (this.#now.has(name)) shown.add(name);
    return shown.has(name);
  }
}

/**
 * `additionalProperties: true` says what JSON Schema means anyway, but makes that SDK try a strict schema and complain;
 * so it is left out, although that SDK's type wants it.
 */
function toAgentTool(name: string, { description, inputSchema }: ToolDefinition): AgentTool {
  const { properties, required, additionalProperties, ...rest } = inputSchema;
  const schema = {
    ...rest,
    type: "object",
    properties: isObject(properties) ? properties : {},
    required: Array.isArray(required) ? required.filter((each) => typeof each === "string") : [],
    ...(additionalProperties === undefined || additionalProperties === true ? {} : { additionalProperties }),
  };
  return { name, ...(description === undefined ? {} : { description }), inputSchema: schema as AgentTool["inputSchema"] };
}

/** That SDK gives the model text and images; one block that it does not know would make JSON of all of them. */
function toAgentResult(result: ToolResult, images: boolean): AgentResult {
  const { _meta, structuredContent, isError } = result;
  return {
    content: partsOf(result, (media) => images && isImage(media)).map(toBlock),
    ...(_meta === undefined ? {} : { _meta }),
    ...(isObject(structuredContent) ? { structuredContent } : {}),
    ...(isError === undefined ? {} : { isError }),
  };
}

function toBlock(part: Part): AgentResult["content"][number] {
  return part.kind === "text" ? { type: "text", text: part.text } : { type: "image", data: part.data, mimeType: part.mimeType };
}

/** That SDK wants the content itself, with the rest of the result as properties of the array. */
function toContent({ content, ...rest }: AgentResult): Content {
  return Object.assign([...content], rest);
}
