/**
 * A View as tools of the Anthropic SDK, for its tool runner and for a loop of one's own.
 * The types are structural: that SDK is never loaded from here.
 */

import { isObject } from "../base/json.ts";
import type { ToolResult } from "../host.ts";
import { partsOf, textOf, type MediaPart, type Part } from "./parts.ts";
import {
  caller,
  discovered,
  offer,
  type AdapterOptions,
  type CallTool,
  type DeferLoading,
  type OfferedTool,
  type ToolSource,
} from "./source.ts";
import { ToolNames } from "./tool-names.ts";

export type { CallRecord, ToolSource } from "./source.ts";

export interface AnthropicOptions extends AdapterOptions {
  /** Add Anthropic's own tool search, and defer what the View would not show. Without anything to defer it is left out. */
  readonly toolSearch?: "bm25" | "regex";
  /** With `toolSearch`, which tools are deferred, tool by tool. */
  readonly deferLoading?: Exclude<DeferLoading, boolean>;
  /** Let the list be the end of a cached prefix of the prompt: `cache_control` on the last tool that is not deferred. Default false. */
  readonly cache?: boolean | "5m" | "1h";
  /** Give the model images and PDFs; false: say that there is one. Default true. */
  readonly media?: boolean;
}

interface Cached {
  cache_control?: { type: "ephemeral"; ttl?: "5m" | "1h" };
}

/** A tool of the Messages API. */
export interface AnthropicTool extends Cached {
  name: string;
  description?: string;
  input_schema: { type: "object"; [member: string]: unknown };
  defer_loading?: boolean;
}

/** Anthropic's own search over deferred tools. */
export type AnthropicToolSearch = Cached &
  (
    | { type: "tool_search_tool_bm25_20251119"; name: "tool_search_tool_bm25" }
    | { type: "tool_search_tool_regex_20251119"; name: "tool_search_tool_regex" }
  );

/** A tool as the SDK's tool runner calls it. */
export interface AnthropicRunnableTool extends AnthropicTool {
  parse(input: unknown): Record<string, unknown>;
  /** @throws Error with the whole text where the result is an error: so the SDK wants it, and makes an error result for the model of it */
  run(input: Record<string, unknown>, context?: { signal?: AbortSignal | null | undefined }): Promise<AnthropicBlock[]>;
}

export type AnthropicBlock =
  | { type: "text"; text: string }
  | { type: "image"; source: { type: "base64"; media_type: ImageType; data: string } }
  | { type: "document"; source: { type: "base64"; media_type: "application/pdf"; data: string } };

export interface AnthropicToolResult {
  type: "tool_result";
  tool_use_id: string;
  content: AnthropicBlock[];
  is_error?: boolean;
}

export interface AnthropicTools {
  /** For `client.beta.messages.toolRunner({ tools })`. */
  readonly runnable: (AnthropicRunnableTool | AnthropicToolSearch)[];
  /** For `client.messages.create({ tools })`. */
  readonly tools: (AnthropicTool | AnthropicToolSearch)[];
  /** Answers a `tool_use` block. Throws for nothing but an abort. */
  run(toolUse: { id: string; name: string; input: unknown }, options?: { signal?: AbortSignal }): Promise<AnthropicToolResult>;
}

const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;
type ImageType = (typeof IMAGES)[number];
const PDF = "application/pdf";

/**
 * The tools of a View as they are now; waits at most `discovery.wait` (3 s), and for nothing where lists are cached. Their
 * order holds while servers come and go, so a prompt cache does too. An error is text that names server, tool and cause.
 *
 * @param given a Toolyard, or a View of it
 */
export async function anthropic(given: ToolSource, options: AnthropicOptions = {}): Promise<AnthropicTools> {
  const source = await discovered(given);
  const names = new ToolNames();
  const call = caller(source, options);
  const offered = offer(source, options.toolSearch !== undefined && (options.deferLoading ?? true));
  names.learn(offered.map(({ tool }) => tool.name));
  const tools = offered.map((each) => toTool(names.toModel(each.tool.name), each));
  const search = offered.some(({ deferred }) => deferred) ? searchTool(options.toolSearch) : [];
  const media = options.media ?? true;
  const all = withCache([...tools, ...search], options.cache ?? false);
  return {
    tools: all,
    runnable: all.map((tool) => ("input_schema" in tool ? toRunnable(tool, names, call, media) : tool)),
    run: async ({ id, name, input }, { signal } = {}) => {
      const result = await call(names.toExposed(name), input, { signal });
      const content = toBlocks(result, media);
      return { type: "tool_result", tool_use_id: id, content, ...(result.isError === true ? { is_error: true } : {}) };
    },
  };
}

function toTool(name: string, { tool, deferred }: OfferedTool): AnthropicTool {
  return {
    name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: { ...tool.inputSchema, type: "object" },
    ...(deferred ? { defer_loading: true } : {}),
  };
}

function searchTool(kind: AnthropicOptions["toolSearch"]): AnthropicToolSearch[] {
  if (kind === "bm25") return [{ type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" }];
  return kind === "regex" ? [{ type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" }] : [];
}

type AnyTool = AnthropicTool | AnthropicToolSearch;

/** Deferred tools stand outside the prefix, and the API refuses a mark on them. */
function withCache(tools: AnyTool[], cache: boolean | "5m" | "1h"): AnyTool[] {
  const last = tools.findLastIndex((tool) => !("defer_loading" in tool));
  if (cache === false || last === -1) return tools;
  const mark: Cached = { cache_control: { type: "ephemeral", ...(cache === true ? {} : { ttl: cache }) } };
  return tools.map((tool, at) => (at === last ? { ...tool, ...mark } : tool));
}

function toRunnable(tool: AnthropicTool, names: ToolNames, call: CallTool, media: boolean): AnthropicRunnableTool {
  return {
    ...tool,
    parse: (input) => (isObject(input) ? input : {}),
    run: async (input, context) => {
      const result = await call(names.toExposed(tool.name), input, { signal: context?.signal });
      if (result.isError === true) throw new Error(textOf(result));
      return toBlocks(result, media);
    },
  };
}

function toBlocks(result: ToolResult, media: boolean): AnthropicBlock[] {
  return partsOf(result, (part) => media && (isImageOfTheirs(part.mimeType) || part.mimeType === PDF)).map(toBlock);
}

function isImageOfTheirs(mimeType: string): mimeType is ImageType {
  return (IMAGES as readonly string[]).includes(mimeType);
}

function toBlock(part: Part): AnthropicBlock {
  return part.kind === "text" ? { type: "text", text: part.text } : toMedia(part);
}

function toMedia({ mimeType, data }: MediaPart): AnthropicBlock {
  if (isImageOfTheirs(mimeType)) return { type: "image", source: { type: "base64", media_type: mimeType, data } };
  return { type: "document", source: { type: "base64", media_type: PDF, data } };
}
