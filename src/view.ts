/** What one caller sees and may call. The only door for every face: gateway, adapters, command line. */

import { Body } from "./base/body.ts";
import type { Answer, Call, Caller } from "./base/call.ts";
import { ToolyardError } from "./base/errors.ts";
import type { Ear, Hearing } from "./base/hearing.ts";
import { isObject, stringOr, type JsonObject } from "./base/json.ts";
import type { Changed, Watch } from "./base/watch.ts";
import type { Item, Snapshot } from "./catalog/item.ts";
import type { CacheHints } from "./era/results.ts";
import { capabilitiesOf } from "./era/capabilities.ts";
import { LATEST_LEGACY } from "./era/revisions.ts";
import {
  answerOf,
  toErrorResult,
  toToolResult,
  type CallOptions,
  type Handlers,
  type ToolDefinition,
  type ToolHit,
  type ToolResult,
} from "./host.ts";
import { calledIn } from "./selection/meta/call-tool.ts";
import type { Found } from "./selection/finder.ts";
import { aboutOf, signatureOf } from "./selection/meta/signature.ts";
import type { Budget } from "./selection/plan.ts";
import { callOwn } from "./selection/own-tool.ts";
import type { ActiveSet } from "./selection/selection.ts";
import type { ListName } from "./upstream/listing/raw-lists.ts";
import { frozen, type Missing, type ViewSource, type Why } from "./view-source.ts";

/** More than any budget for one task should have. */
const MOST_SELECTED = 100;

export class View {
  readonly #source: ViewSource;
  readonly #handlers: Handlers;
  readonly #caller: Caller;

  constructor(source: ViewSource, handlers: Handlers) {
    this.#source = source;
    this.#handlers = handlers;
    this.#caller = { identity: "local", era: "legacy", protocolVersion: LATEST_LEGACY, capabilities: capabilitiesOf(handlers) };
  }

  /** The catalog as this View sees it, at this moment. */
  snapshot(): Snapshot {
    return this.#source.snapshot();
  }

  /** The tools that a model is shown, in a stable order: all that there are, or few and the means to find and call the rest. Never waits. */
  tools(): ToolDefinition[] {
    this.listed("tools");
    return [...this.active().tools] as unknown as ToolDefinition[];
  }

  /** Every tool of servers that can be called, shown or not. Never waits. */
  allTools(filter: { server?: string } = {}): ToolDefinition[] {
    this.listed("tools");
    return definitions(this.snapshot().tools, filter) as unknown as ToolDefinition[];
  }

  /** What a model is shown; the same object while nothing changes. @param defers the client looks up tools itself */
  active(defers = false): ActiveSet {
    return this.#source.active(defers);
  }

  /**
   * The same View for whoever puts results straight into a model's window, as adapters do: where `results.spill` is `auto`, large
   * results are kept, and `read_result` is among the tools.
   */
  forModel(): View {
    return new View(this.#source.forModel(), this.#handlers);
  }

  prompts(filter: { server?: string } = {}): JsonObject[] {
    this.listed("prompts");
    return definitions(this.snapshot().prompts, filter);
  }

  resources(filter: { server?: string } = {}): JsonObject[] {
    this.listed("resources");
    return definitions(this.snapshot().resources, filter);
  }

  resourceTemplates(filter: { server?: string } = {}): JsonObject[] {
    this.listed("templates");
    return definitions(this.snapshot().templates, filter);
  }

  /** What the servers say of themselves, under one heading each; undefined when none says anything. */
  instructions(): string | undefined {
    return this.#source.instructions(this.snapshot());
  }

  /** Resolves once the first list need not wait any longer: everything cached or settled, or `discovery.wait` over. */
  discovered(): Promise<void> {
    return this.#source.discovered();
  }

  missing(): Missing[] {
    return this.#source.missing();
  }

  /** Which tool of which server an exposed name stands for; undefined for one that this View does not show. */
  resolve(name: string): { server: string; tool: string } | undefined {
    const item = this.snapshot().tool(name);
    return item === undefined ? undefined : { server: item.server, tool: item.origin };
  }

  /** The tool that the params of a `tools/call` mean, also through one of Toolyard's own. */
  called(params: Body): Item | undefined {
    const name = calledIn(params);
    return name === undefined ? undefined : this.snapshot().tool(name);
  }

  /** Why a name can, or cannot, be called. */
  why(name: string): Why {
    return this.#source.why(name, this.snapshot());
  }

  /** Told after each change of what this View may show. Returns the listener's remover. */
  on(_event: "change", listener: () => void): () => void {
    return this.#source.onChange(listener);
  }

  /**
   * The tools that fit a task best, best first, among those that this View may see.
   *
   * @param options `limit`: so many at the most, 10 when nothing is said
   */
  async search(query: string, { limit = 10 }: { limit?: number } = {}): Promise<ToolHit[]> {
    return (await this.#find(query, limit)).map(({ item, score }) => ({
      name: item.name,
      server: item.server,
      tool: item.origin,
      signature: signatureOf(item.definition),
      about: aboutOf(item.definition),
      score,
    }));
  }

  /**
   * A View for one task, whose list never changes: the pinned tools, those that fit the message best, and the means to find
   * others where there is room. What it does not show can be called by its name all the same.
   *
   * @param budget what stands otherwise than in the configuration: tools, and tokens of the model's window
   */
  async select(message: string, budget: Partial<Budget> = {}): Promise<View> {
    const found = await this.#find(message, budget.tools ?? MOST_SELECTED);
    const best = found.map(({ item }) => item);
    return new View(
      frozen(this.#source, (source) => source.select(best, budget)),
      this.#handlers,
    );
  }

  /** Sends one request of any face on its way. Never rejects. */
  request(call: Call): Promise<Answer> {
    const snapshot = this.snapshot();
    const own = call.method === "tools/call" ? this.#source.own(stringOr(call.params.get("name")) ?? "") : undefined;
    if (own === undefined) return this.#source.call(call, snapshot);
    const settled = async (): Promise<Snapshot> => {
      await this.discovered();
      return this.snapshot();
    };
    return callOwn(own, call, { snapshot, settled, request: (other) => this.#source.call(other, this.snapshot()) });
  }

  /**
   * Tells of changes of a resource, and of parts of it, until the watch is closed; a server that comes back is asked anew.
   *
   * @throws UNKNOWN_NAME for a resource that nobody here has, SERVER_REMOVED, SERVER_BUSY
   */
  watch(uri: string, who: Pick<Call, "caller" | "ask">, changed: Changed): Promise<Watch> {
    return this.#source.watch({ method: "resources/subscribe", params: Body.of({ uri }), ...who }, changed);
  }

  /** A caller has other roots than before; servers that are its own are told. */
  rootsChanged(caller: Caller): void {
    this.#source.rootsChanged(caller);
  }

  /** Somebody reads a list: parts of it that may no longer be right are read anew, in the background. */
  listed(list: ListName): void {
    this.#source.listed(list);
  }

  /** How long a list of this View may be kept, from now on, and for whom. */
  keeping(list: ListName): CacheHints {
    return this.#source.keeping(list);
  }

  /** A client wants to hear what the servers of this View log outside of its calls, where that is for it alone. */
  hear(hearing: Hearing): Ear {
    return this.#source.hear(hearing);
  }

  /**
   * Calls a tool by its exposed name. A server's fault, a deadline or an unknown name is a result with `isError`,
   * which names server, tool, cause and what can be done.
   *
   * @throws USAGE when name or arguments are of the wrong type; the signal's reason when it aborts
   */
  async callTool(name: string, args: Record<string, unknown> = {}, options: CallOptions = {}): Promise<ToolResult> {
    if (typeof name !== "string") throw new ToolyardError("USAGE", "callTool: the name must be a string.");
    if (!isObject(args)) throw new ToolyardError("USAGE", `callTool: the arguments of "${name}" must be an object.`);
    options.signal?.throwIfAborted();
    const params = Body.of({ name, arguments: args });
    const answer = await this.request({ ...this.#call(options), method: "tools/call", params });
    options.signal?.throwIfAborted();
    return answer.error === undefined ? toToolResult(answer.result) : toErrorResult(answer.error, this.called(params));
  }

  /** Reads a resource by its URI (spec: `resources/read`). @throws UNKNOWN_NAME or the server's error as INVALID_PARAMS */
  readResource(uri: string, options: CallOptions = {}): Promise<JsonObject> {
    return this.#orThrow({ ...this.#call(options), method: "resources/read", params: Body.of({ uri }) });
  }

  /** Gets a prompt by its exposed name (spec: `prompts/get`). @throws as {@link View.readResource} */
  getPrompt(name: string, args: Record<string, string> = {}, options: CallOptions = {}): Promise<JsonObject> {
    return this.#orThrow({ ...this.#call(options), method: "prompts/get", params: Body.of({ name, arguments: args }) });
  }

  async #find(query: string, limit: number): Promise<readonly Found[]> {
    if (typeof query !== "string") throw new ToolyardError("USAGE", "What is searched for must be a text.");
    await this.discovered();
    return await this.#source.search(query, limit);
  }

  async #orThrow(call: Call): Promise<JsonObject> {
    const answer = await this.request(call);
    call.signal?.throwIfAborted();
    if (answer.error === undefined) return answer.result.object;
    throw new ToolyardError("INVALID_PARAMS", answer.error.message, { data: answer.error.data });
  }

  #call(options: CallOptions): Omit<Call, "method" | "params"> {
    const { signal, timeoutMs } = options;
    return {
      caller: this.#caller,
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }),
      ...(options.onProgress === undefined ? {} : { progress: (progress) => options.onProgress?.(progress as { progress: number }) }),
      ...(Object.keys(this.#caller.capabilities).length === 0 ? {} : { ask: (question) => answerOf(this.#handlers, question) }),
    };
  }
}

function definitions(items: readonly Item[], { server }: { server?: string }): JsonObject[] {
  return items.filter((item) => server === undefined || item.server === server).map((item) => item.definition);
}
