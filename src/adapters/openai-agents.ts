/**
 * A View as one MCP server of the OpenAI Agents SDK: `new Agent({ mcpServers: [openaiAgents(view)] })`.
 * The types are structural: that SDK is never loaded from here.
 */

import { isObject } from "../base/json.ts";
import type { ToolDefinition, ToolResult } from "../view.ts";

/** What the adapter needs of a Toolyard or a View. */
export interface ToolSource {
  tools(): ToolDefinition[];
  callTool(name: string, args: Record<string, unknown>, options: { signal?: AbortSignal; onProgress?: OnProgress }): Promise<ToolResult>;
  /** The same for whoever puts results straight into a model's window. */
  forModel?(): ToolSource;
}

type OnProgress = (progress: { progress: number; total?: number; message?: string }) => void;

export interface OpenaiAgentsOptions {
  /** Shown in traces. Two objects of one name in one process share that SDK's list cache, so let it differ. */
  readonly name?: string;
  /** Give the model `structuredContent` where a tool returns it. Default false. */
  readonly useStructuredContent?: boolean;
  /** Told after each call, for logs and for showing what an answer rests on. */
  onCall?(call: CallRecord): void;
  onProgress?(tool: string, progress: Parameters<OnProgress>[0]): void;
}

/** One finished call. */
export interface CallRecord {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  readonly ms: number;
  readonly ok: boolean;
  readonly result: ToolResult;
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

/** Names that this SDK would change by itself are changed here, once, so that they stay unique. */
const LEGAL = /^[A-Za-z0-9_]{1,64}$/;
const LONGEST = 64;

let made = 0;

/**
 * One object for `mcpServers`. Its list never waits and never throws; tools are only added within its life, so that a
 * run never meets a tool that has gone: a call to one answers why. `connect` and `close` do nothing: the yard owns the
 * servers.
 *
 * @param given a Toolyard, or a View of it
 */
export function openaiAgents(given: ToolSource, options: OpenaiAgentsOptions = {}): AgentServer {
  const source = given.forModel?.() ?? given;
  const names = new AgentNames();
  const seen = new Map<string, AgentTool>();
  const call = async (name: string, args: Record<string, unknown> | null, signal: AbortSignal | undefined): Promise<ToolResult> => {
    const startedAt = performance.now();
    const tool = names.exposed(name);
    const onProgress: OnProgress = (progress) => options.onProgress?.(tool, progress);
    const result = await source.callTool(tool, args ?? {}, { ...(signal === undefined ? {} : { signal }), onProgress });
    options.onCall?.({ tool, arguments: args ?? {}, ms: performance.now() - startedAt, ok: result.isError !== true, result });
    return result;
  };
  return {
    name: options.name ?? `toolyard-${++made}`,
    cacheToolsList: false,
    useStructuredContent: options.useStructuredContent ?? false,
    errorFunction: ({ error }) => `The tool could not be called: ${error instanceof Error ? error.message : String(error)}`,
    connect: async () => {},
    close: async () => {},
    invalidateToolsCache: async () => {},
    listTools: async () => {
      for (const tool of source.tools()) {
        const name = names.agentName(tool.name);
        seen.set(name, toAgentTool(name, tool));
      }
      return [...seen.values()];
    },
    callTool: async (name, args, _meta, { signal } = {}) => toContent(await call(name, args, signal)),
    callToolResult: async (name, args, _meta, { signal } = {}) => toAgentResult(await call(name, args, signal)),
  };
}

/** Exposed names on one side, names of `[A-Za-z0-9_]` on the other; each pair stays for good. */
class AgentNames {
  readonly #toAgent = new Map<string, string>();
  readonly #toExposed = new Map<string, string>();

  agentName(exposed: string): string {
    const known = this.#toAgent.get(exposed);
    if (known !== undefined) return known;
    const name = this.#free(exposed);
    this.#toAgent.set(exposed, name);
    this.#toExposed.set(name, exposed);
    return name;
  }

  exposed(agentName: string): string {
    return this.#toExposed.get(agentName) ?? agentName;
  }

  #free(exposed: string): string {
    const plain = LEGAL.test(exposed) ? exposed : exposed.replaceAll(/[^A-Za-z0-9_]/g, "_").slice(0, LONGEST);
    for (let count = 1; ; count++) {
      const suffix = count === 1 ? "" : `_${count}`;
      const name = plain.slice(0, LONGEST - suffix.length) + suffix;
      if (!this.#toExposed.has(name)) return name;
    }
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

function toAgentResult({ content, _meta, structuredContent, isError }: ToolResult): AgentResult {
  return {
    content,
    ...(_meta === undefined ? {} : { _meta }),
    ...(isObject(structuredContent) ? { structuredContent } : {}),
    ...(isError === undefined ? {} : { isError }),
  };
}

/** That SDK wants the content itself, with the rest of the result as properties of the array. */
function toContent(result: ToolResult): Content {
  const { content, ...rest } = toAgentResult(result);
  return Object.assign([...content], rest);
}
