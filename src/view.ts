/** What one caller sees and may call. The only door for every face: gateway, adapters, command line. */

import { Body } from "./base/body.ts";
import type { Answer, Call, Caller, Question, RpcError } from "./base/call.ts";
import { ToolyardError } from "./base/errors.ts";
import type { Ear, Hearing } from "./base/hearing.ts";
import { isObject, stringOr, type JsonObject } from "./base/json.ts";
import type { Changed, Watch } from "./base/watch.ts";
import type { Item, Snapshot } from "./catalog/item.ts";
import type { CacheHints } from "./era/results.ts";
import { capabilitiesOf } from "./era/capabilities.ts";
import { LATEST_LEGACY } from "./era/revisions.ts";
import { schemaBlock } from "./router/router.ts";
import { calledIn } from "./selection/meta/call-tool.ts";
import type { Found } from "./selection/finder.ts";
import { aboutOf, signatureOf } from "./selection/meta/signature.ts";
import type { Budget } from "./selection/plan.ts";
import { callOwn, type OwnTool } from "./selection/own-tool.ts";
import type { ActiveSet } from "./selection/selection.ts";
import type { ListName } from "./upstream/listing/raw-lists.ts";

export type { ActiveSet } from "./selection/selection.ts";

/** What a View is cut out of; the Toolyard is one. */
export interface ViewSource {
  /** The catalog as this View may see it, now. */
  snapshot(): Snapshot;
  instructions(snapshot: Snapshot): string | undefined;
  call(call: Call, snapshot: Snapshot): Promise<Answer>;
  watch(call: Call, changed: Changed): Promise<Watch>;
  rootsChanged(caller: Caller): void;
  hear(hearing: Hearing): Ear;
  listed(list: ListName): void;
  keeping(list: ListName): CacheHints;
  /** Resolves once the first list need not wait any longer. */
  discovered(): Promise<void>;
  /** Servers that should be in the list and are not, with the reason. */
  missing(): Missing[];
  onChange(listener: () => void): () => void;
  /** What a model is shown. @param defers the client looks up tools itself */
  active(defers: boolean): ActiveSet;
  /** A tool of Toolyard's own in this View. */
  own(name: string): OwnTool | undefined;
  /** The visible tools that fit best, best first. */
  search(query: string, limit: number): Promise<readonly Found[]>;
  /** What a model is shown for one task. @param best tools for it, best first */
  select(best: readonly Item[], budget: Partial<Budget>): ActiveSet;
  why(name: string, snapshot: Snapshot): Why;
  /** The same for whoever puts results straight into a model's window. */
  forModel(): ViewSource;
}

export interface Missing {
  readonly server: string;
  readonly state: string;
  readonly reason?: string;
}

/** Everything that is known about a name. */
export interface Why {
  readonly name: string;
  /** Can it be called now? */
  readonly callable: boolean;
  readonly server?: string;
  readonly tool?: string;
  /** Sentences, the most telling one first. */
  readonly reasons: string[];
}

/** What this host can answer when a server asks; each is optional. */
export interface Handlers {
  /** Answers `elicitation/create`: `{ action: "accept" | "decline" | "cancel", content? }`. */
  elicit?(request: JsonObject, context: QuestionContext): Promise<JsonObject> | JsonObject;
  /** Answers `sampling/createMessage`. */
  sample?(request: JsonObject, context: QuestionContext): Promise<JsonObject> | JsonObject;
  /** Roots of this host, as `file:` URIs. */
  roots?: readonly string[] | (() => Promise<readonly string[]> | readonly string[]);
}

export interface QuestionContext {
  /** The server that asks. */
  readonly server: string;
  /** Aborts when no answer is needed any more. */
  readonly signal: AbortSignal;
}

export interface CallOptions {
  /** Cancels the call; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The call ends after so many ms at the latest; the server's own limits hold beside it. */
  readonly timeoutMs?: number;
  onProgress?(progress: { progress: number; total?: number; message?: string }): void;
}

/** A CallToolResult (spec: Tools): unknown fields and content types are kept. */
export interface ToolResult {
  content: { type: string; [field: string]: unknown }[];
  structuredContent?: unknown;
  isError?: boolean;
  _meta?: Record<string, unknown>;
  [field: string]: unknown;
}

/** A tool that a search has found. */
export interface ToolHit {
  /** Its exposed name. */
  readonly name: string;
  readonly server: string;
  /** The server's own name for it. */
  readonly tool: string;
  /** In one line: `crm__search(text: string, limit?: integer)`. */
  readonly signature: string;
  /** The first sentence of what it says of itself. */
  readonly about: string;
  /** Comparable within one search only. */
  readonly score: number;
}

/** A tool as clients see it (spec: Tool), with its exposed name. */
export interface ToolDefinition {
  name: string;
  title?: string;
  description?: string;
  inputSchema: Record<string, unknown>;
  [field: string]: unknown;
}

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
    return answer.error === undefined ? asToolResult(answer.result) : asResult(answer.error, this.called(params));
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
      ...(Object.keys(this.#caller.capabilities).length === 0 ? {} : { ask: (question) => this.#answer(question) }),
    };
  }

  async #answer({ server, method, params, signal }: Question): Promise<Answer> {
    const handlers = this.#handlers;
    const context = { server, signal };
    if (method === "elicitation/create" && handlers.elicit) return { result: Body.of(await handlers.elicit(params.object, context)) };
    if (method === "sampling/createMessage" && handlers.sample) return { result: Body.of(await handlers.sample(params.object, context)) };
    if (method === "roots/list" && handlers.roots) {
      const uris = typeof handlers.roots === "function" ? await handlers.roots() : handlers.roots;
      return { result: Body.of({ roots: uris.map((uri) => ({ uri })) }) };
    }
    return { error: { code: -32601, message: `This host does not answer ${method}.` } };
  }
}

/** An error on the wire, as the result that a model reads. @param item the tool that was called */
function asResult({ code, message }: RpcError, item: Item | undefined): ToolResult {
  const content: ToolResult["content"] = [{ type: "text", text: message }];
  if (code === -32602 && item !== undefined) content.push(schemaBlock(item) as { type: string });
  return { content, isError: true };
}

/** The same source with a list of tools that never changes. */
function frozen(source: ViewSource, choose: (source: ViewSource) => ActiveSet): ViewSource {
  const active = choose(source);
  return { ...source, active: () => active, onChange: () => () => {}, forModel: () => frozen(source.forModel(), choose) };
}

function definitions(items: readonly Item[], { server }: { server?: string }): JsonObject[] {
  return items.filter((item) => server === undefined || item.server === server).map((item) => item.definition);
}

/** A server's answer may be anything; a host gets a result with content in any case. */
function asToolResult(body: Body): ToolResult {
  const value = body.object;
  if (Array.isArray(value["content"])) return value as unknown as ToolResult;
  const text = stringOr(body.value) ?? JSON.stringify(body.value);
  return { ...value, content: [{ type: "text", text }] };
}
