/** What every adapter shares: what it needs of a Toolyard or a View, and a call that throws for nothing but an abort. */

import type { ToolDefinition, ToolResult } from "../host.ts";

/** What an adapter needs of a Toolyard or a View. */
export interface ToolSource {
  /** The tools that a model is shown. */
  tools(): ToolDefinition[];
  callTool(name: string, args: Record<string, unknown>, options: { signal?: AbortSignal; onProgress?: OnProgress }): Promise<ToolResult>;
  /** Resolves once the first list need not wait any longer. */
  discovered?(): Promise<void>;
  /** The same for whoever puts results straight into a model's window: large ones are kept, with a tool that reads the rest. */
  forModel?(): ToolSource;
  /** What a model is shown. @param defers the client looks up tools itself, so that it may have them all */
  active?(defers?: boolean): { readonly tools: readonly object[] };
  /** Every tool that can be called, shown or not. */
  allTools?(): ToolDefinition[];
}

/** A source as an adapter uses it, once its first list need not wait any longer. */
export async function discovered(given: ToolSource): Promise<ToolSource> {
  const source = forModel(given);
  await source.discovered?.();
  return source;
}

export function forModel(given: ToolSource): ToolSource {
  return given.forModel?.() ?? given;
}

/** How far a call is, as its server says. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export type OnProgress = (progress: Progress) => void;

/** One finished call. */
export interface CallRecord {
  /** The exposed name. */
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  readonly ms: number;
  readonly ok: boolean;
  readonly result: ToolResult;
}

export interface AdapterOptions {
  /** Told after each call, for logs and for showing what an answer rests on. */
  onCall?(call: CallRecord): void;
  /** Told how far a call is. @param tool the exposed name */
  onProgress?(tool: string, progress: Progress): void;
}

/** One call of a framework's. */
export interface Calling {
  readonly signal?: AbortSignal | null | undefined;
  readonly onProgress?: OnProgress;
}

export type CallTool = (tool: string, args: unknown, calling?: Calling) => Promise<ToolResult>;

/**
 * A call by the exposed name. Whatever goes wrong is a result with `isError` and the reason as text, since frameworks
 * hide what is thrown from the model, or end the run by it.
 *
 * @throws the signal's reason (from the call) when it aborts
 */
export function caller(source: ToolSource, options: AdapterOptions): CallTool {
  return async (tool, given, { signal, onProgress } = {}) => {
    const startedAt = performance.now();
    const args = (given ?? {}) as Record<string, unknown>;
    const told: OnProgress = (progress) => {
      onProgress?.(progress);
      options.onProgress?.(tool, progress);
    };
    const result = await source
      .callTool(tool, args, { ...(signal ? { signal } : {}), onProgress: told })
      .catch((error: unknown) => failure(tool, error, signal ?? undefined));
    options.onCall?.({ tool, arguments: args, ms: performance.now() - startedAt, ok: result.isError !== true, result });
    return result;
  };
}

function failure(tool: string, error: unknown, signal: AbortSignal | undefined): ToolResult {
  if (signal?.aborted) throw error;
  const cause = error instanceof Error ? error.message : String(error);
  return { content: [{ type: "text", text: `"${tool}" could not be called: ${cause}` }], isError: true };
}

/** Which tools the framework may look up by itself: where true, those that the View would not show. */
export type DeferLoading = boolean | ((tool: ToolDefinition) => boolean);

export interface OfferedTool {
  readonly tool: ToolDefinition;
  /** Sent to the model only once it has been looked up. */
  readonly deferred: boolean;
}

/**
 * The tools of a source, and which of them can wait until the model looks for them. Where the operator has all models search,
 * the means to do so stay among them.
 */
export function offer(source: ToolSource, defer: DeferLoading = false): OfferedTool[] {
  const shown = source.tools();
  if (defer === false) return shown.map((tool) => ({ tool, deferred: false }));
  const names = new Set(shown.map(({ name }) => name));
  const all = new Map<string, ToolDefinition>();
  const active = (source.active?.(true).tools ?? shown) as readonly ToolDefinition[];
  for (const tool of [...active, ...(source.allTools?.() ?? [])]) all.set(tool.name, tool);
  return [...all.values()].map((tool) => ({ tool, deferred: typeof defer === "function" ? defer(tool) : !names.has(tool.name) }));
}
