/**
 * A View as tools of Mastra: `new Agent({ …, tools: () => mastra(view) })`.
 * The types are structural: Mastra is never loaded from here.
 */

import type { ToolResult } from "../host.ts";
import { argumentsSchema, type ArgumentsSchema } from "./arguments-schema.ts";
import { isImage, partsOf, textOf, type Part } from "./parts.ts";
import { caller, discovered, type AdapterOptions, type CallTool, type OnProgress, type ToolSource } from "./source.ts";
import { ToolNames } from "./tool-names.ts";
import type { ToolDefinition } from "../host.ts";

export type { CallRecord, ToolSource } from "./source.ts";

export interface MastraOptions extends AdapterOptions {
  /** Give the model images; false: say that there is one. Default true. */
  readonly images?: boolean;
}

/** What Mastra gives a tool that runs, as far as it is used here. */
export interface MastraContext {
  readonly abortSignal?: AbortSignal | undefined;
  /** The stream of the run. */
  readonly writer?: { write(data: unknown): Promise<void> } | undefined;
}

export interface MastraTool {
  readonly id: string;
  readonly description: string;
  readonly inputSchema: ArgumentsSchema;
  execute(input: unknown, context?: MastraContext): Promise<ToolResult>;
  toModelOutput(output: ToolResult): MastraOutput;
}

export type MastraOutput =
  | { type: "text"; value: string }
  | { type: "content"; value: ({ type: "text"; text: string } | { type: "image-data"; data: string; mediaType: string })[] };

/** Mastra knows its own tools by this mark, and gives only them the run's stream. */
const MASTRA_MARK = Symbol.for("mastra.core.tool.Tool");

/**
 * The tools of a View as they are now; waits at most `discovery.wait` (3 s), and for nothing where lists are cached. Given as
 * a function, `tools` is read anew for each run. Calls never throw but for an abort: an error is text that names server,
 * tool and cause. Progress goes to the stream of the run.
 *
 * @param given a Toolyard, or a View of it
 */
export async function mastra(given: ToolSource, options: MastraOptions = {}): Promise<Record<string, MastraTool>> {
  const source = await discovered(given);
  const names = new ToolNames();
  const call = caller(source, options);
  const tools = source.tools();
  names.learn(tools.map(({ name }) => name));
  return Object.fromEntries(
    tools.map((tool) => {
      const id = names.toModel(tool.name);
      return [id, toMastraTool(id, tool, call, options.images ?? true)];
    }),
  );
}

function toMastraTool(id: string, { name, description, inputSchema }: ToolDefinition, call: CallTool, images: boolean): MastraTool {
  const tool: MastraTool = {
    id,
    description: description ?? "",
    inputSchema: argumentsSchema(inputSchema),
    execute: (input, { abortSignal, writer } = {}) => call(name, input, { signal: abortSignal, onProgress: tellTo(writer) }),
    toModelOutput: (output) => toModelOutput(output, images),
  };
  return Object.assign(tool, { [MASTRA_MARK]: true });
}

function tellTo(writer: MastraContext["writer"]): OnProgress {
  // A stream that nobody reads any more does not concern the call.
  return (progress) => void writer?.write({ type: "progress", ...progress }).catch(() => {});
}

function toModelOutput(result: ToolResult, images: boolean): MastraOutput {
  const parts = partsOf(result, (media) => images && isImage(media));
  if (parts.every(({ kind }) => kind === "text")) return { type: "text", value: textOf(result) };
  return { type: "content", value: parts.map(toContent) };
}

function toContent(part: Part): Extract<MastraOutput, { type: "content" }>["value"][number] {
  if (part.kind === "text") return { type: "text", text: part.text };
  return { type: "image-data", data: part.data, mediaType: part.mimeType };
}
