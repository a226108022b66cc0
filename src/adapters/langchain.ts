/**
 * A View as tools of LangChain: `createAgent({ model, tools: await langchain(view, { DynamicStructuredTool }) })`.
 * The types are structural, and LangChain is never loaded from here: its class comes as an argument.
 */

import type { ToolResult } from "../host.ts";
import { checkable } from "./checkable.ts";
import { isImage, partsOf, textOf, type Part } from "./parts.ts";
import { progressing } from "./progressing.ts";
import { caller, discovered, type AdapterOptions, type Progress, type ToolSource } from "./source.ts";
import { ToolNames } from "./tool-names.ts";

export type { CallRecord, ToolSource } from "./source.ts";

export interface LangchainOptions<Tool> extends AdapterOptions {
  /** The class of that name, from `langchain` or `@langchain/core/tools`. */
  readonly DynamicStructuredTool: new (fields: LangchainToolFields) => Tool;
  /** Give the model images; false: say that there is one. Default true. */
  readonly images?: boolean;
}

/** What that class is made with. */
export interface LangchainToolFields {
  name: string;
  description: string;
  schema: Record<string, unknown>;
  responseFormat: "content_and_artifact";
  /** Says in what an objection to arguments consists. */
  verboseParsingErrors: boolean;
  /** The exposed name. */
  metadata: Record<string, unknown>;
  func(
    input: unknown,
    runManager?: unknown,
    config?: { signal?: AbortSignal | undefined },
  ): AsyncGenerator<Progress, [content: LangchainContent, artifact: ToolResult]>;
}

export type LangchainContent = string | ({ type: "text"; text: string } | { type: "image_url"; image_url: { url: string } })[];

/**
 * The tools of a View as they are now; waits at most `discovery.wait` (3 s), and for nothing where lists are cached. Ask anew
 * for each agent. The content is for the model, the artifact is the whole result. Calls never throw but for an abort: an
 * error is content that names server, tool and cause, and `isError` of the artifact. Progress comes as tool events.
 *
 * @param given a Toolyard, or a View of it
 */
export async function langchain<Tool>(given: ToolSource, options: LangchainOptions<Tool>): Promise<Tool[]> {
  const source = await discovered(given);
  const names = new ToolNames();
  const call = caller(source, options);
  const tools = source.tools();
  names.learn(tools.map(({ name }) => name));
  return tools.map(
    ({ name, description, inputSchema }) =>
      new options.DynamicStructuredTool({
        name: names.toModel(name),
        description: description ?? "",
        schema: checkable(inputSchema),
        responseFormat: "content_and_artifact",
        verboseParsingErrors: true,
        metadata: { tool: name },
        async *func(input, _runManager, config) {
          const result = yield* progressing((onProgress) => call(name, input, { signal: config?.signal, onProgress }));
          return [toContent(result, options.images ?? true), result];
        },
      }),
  );
}

function toContent(result: ToolResult, images: boolean): LangchainContent {
  const parts = partsOf(result, (media) => images && isImage(media));
  return parts.every(({ kind }) => kind === "text") ? textOf(result) : parts.map(toBlock);
}

function toBlock(part: Part): Exclude<LangchainContent, string>[number] {
  if (part.kind === "text") return { type: "text", text: part.text };
  return { type: "image_url", image_url: { url: `data:${part.mimeType};base64,${part.data}` } };
}
