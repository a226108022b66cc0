/**
 * A View as tools of the AI SDK: `generateText({ model, prompt, tools: await aiSdk(view) })`.
 * The types are structural: that SDK is never loaded from here.
 */

import type { ToolResult } from "../host.ts";
import { argumentsSchema, type ArgumentsSchema } from "./arguments-schema.ts";
import { partsOf, textOf, type Part } from "./parts.ts";
import { progressing } from "./progressing.ts";
import {
  caller,
  discovered,
  forModel,
  offer,
  type AdapterOptions,
  type CallTool,
  type DeferLoading,
  type OfferedTool,
  type ToolSource,
} from "./source.ts";
import { ToolNames } from "./tool-names.ts";

export type { CallRecord, ToolSource } from "./source.ts";

export interface AiSdkOptions extends AdapterOptions {
  /** For that SDK's `toolSearch` (version 7): true defers what the View would not show, a function says it tool by tool. Default false. */
  readonly deferLoading?: DeferLoading;
  /** Give the model images, sound and files; false: say that there is one. Default true. */
  readonly media?: boolean;
}

/** A dynamic tool of the AI SDK. */
export interface AiSdkTool {
  readonly type: "dynamic";
  readonly description?: string;
  readonly inputSchema: ArgumentsSchema;
  readonly deferLoading?: boolean;
  /** The exposed name. That SDK passes it on to tool calls, and never to the model. */
  readonly metadata: { readonly tool: string };
  /** Yields the progress of the call as preliminary results, and last its result. */
  execute(input: unknown, options: { abortSignal?: AbortSignal | undefined }): AsyncGenerator<ToolResult, void>;
  toModelOutput(options: { output: ToolResult }): AiSdkOutput;
}

export type AiSdkOutput =
  | { type: "text"; value: string }
  | { type: "error-text"; value: string }
  | {
      type: "content";
      value: ({ type: "text"; text: string } | { type: "file"; mediaType: string; data: { type: "data"; data: string } })[];
    };

export type AiSdkTools = Record<string, AiSdkTool>;

/**
 * The tools of a View as they are now; waits at most `discovery.wait` (3 s), and for nothing where lists are cached. Calls
 * never throw but for an abort: an error is text that names server, tool and cause. Ask anew for each run, or let
 * {@link growing} add what comes during one.
 *
 * @param given a Toolyard, or a View of it
 */
export async function aiSdk(given: ToolSource, options: AiSdkOptions = {}): Promise<AiSdkTools> {
  const source = await discovered(given);
  const names = new ToolNames();
  const call = caller(source, options);
  const offered = offer(source, options.deferLoading);
  names.learn(offered.map(({ tool }) => tool.name));
  return Object.fromEntries(offered.map((each) => [names.toModel(each.tool.name), toAiSdkTool(each, call, options.media ?? true)]));
}

/**
 * Which of these tools a View shows: `activeTools` of a call or a step. With a frozen View (`view.select`) the choice is made
 * once and a prompt cache holds; `deferLoading: () => false` makes tools of all that there are to choose from.
 */
export function activeTools(tools: AiSdkTools, view: ToolSource): string[] {
  return keysOf(tools, forModel(view));
}

/**
 * A `prepareStep` that lets the tools of a View be active, and within a run only ever more of them: what the model was once
 * shown it may go on calling. Make one for each run.
 */
export function growing(tools: AiSdkTools, view: ToolSource): () => { activeTools: string[] } {
  const source = forModel(view);
  const active = new Set<string>();
  return () => {
    for (const key of keysOf(tools, source)) active.add(key);
    return { activeTools: [...active] };
  };
}

function keysOf(tools: AiSdkTools, source: ToolSource): string[] {
  const shown = new Set(source.tools().map(({ name }) => name));
  return Object.keys(tools).filter((key) => shown.has(tools[key]?.metadata.tool ?? ""));
}

function toAiSdkTool({ tool, deferred }: OfferedTool, call: CallTool, media: boolean): AiSdkTool {
  const { name, description, inputSchema } = tool;
  return {
    type: "dynamic",
    ...(description === undefined ? {} : { description }),
    inputSchema: argumentsSchema(inputSchema),
    ...(deferred ? { deferLoading: true } : {}),
    metadata: { tool: name },
    async *execute(input, { abortSignal }) {
      const running = progressing((onProgress) => call(name, input, { signal: abortSignal, onProgress }));
      let step = await running.next();
      for (; !step.done; step = await running.next()) yield preliminary(step.value);
      yield step.value;
    },
    toModelOutput: ({ output }) => toModelOutput(output, media),
  };
}

function preliminary({ progress, total, message }: { progress: number; total?: number; message?: string }): ToolResult {
  const text = message ?? `${progress}${total === undefined ? "" : ` of ${total}`}`;
  return { content: [{ type: "text", text }], _meta: { progress: { progress, total, message } } };
}

function toModelOutput(result: ToolResult, media: boolean): AiSdkOutput {
  if (result.isError === true) return { type: "error-text", value: textOf(result) };
  const parts = partsOf(result, () => media);
  return parts.every(({ kind }) => kind === "text")
    ? { type: "text", value: textOf(result) }
    : { type: "content", value: parts.map(toContent) };
}

function toContent(part: Part): Extract<AiSdkOutput, { type: "content" }>["value"][number] {
  if (part.kind === "text") return { type: "text", text: part.text };
  return { type: "file", mediaType: part.mimeType, data: { type: "data", data: part.data } };
}
