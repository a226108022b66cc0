/** The configuration as the rest of Toolyard sees it: validated, interpolated, in milliseconds and bytes, every default filled in. */

import type { ToolyardError } from "../base/errors.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";

export interface Config {
  /** The file it came from; undefined for one given as an object. */
  readonly file: string | undefined;
  /** Valid entries, in the order of the file; disabled ones too. */
  readonly servers: ReadonlyMap<string, ServerConfig>;
  /** Entries that disable only themselves, with the reason. */
  readonly rejected: ReadonlyMap<string, ToolyardError>;
  readonly naming: Naming;
  readonly toolsets: ReadonlyMap<string, Toolset>;
  readonly selection: SelectionConfig;
  readonly discovery: { readonly waitMs: number };
  readonly results: Results;
  readonly limits: Limits;
  readonly gateway: GatewayConfig;
}

export interface Naming {
  readonly separator: string;
  readonly maxLength: number;
  /** The prefix that the host itself puts before every name (`mcp__toolyard__`); its length is reserved. */
  readonly hostPrefix: string;
  readonly onConflict: "error" | "first" | "suffix";
}

export interface Toolset {
  /** Server names; undefined: all. */
  readonly servers: readonly string[] | undefined;
  /** Patterns over tool ids (`github/search_*`), added to what `servers` gives; undefined: none beside them. */
  readonly tools: readonly string[] | undefined;
  /** What it says otherwise than `selection` does. */
  readonly selection?: SelectionOverride;
}

/** How many tools a model is shown. */
export interface SelectionConfig {
  readonly mode: "auto" | "all" | "search";
  readonly budget: { readonly tools: number; readonly tokens: number };
  /** Patterns over tool ids, the most important first. */
  readonly pins: readonly string[];
  /** What makes vectors of texts, where searches go by meaning too. */
  readonly embeddings?: EmbeddingsConfig | undefined;
}

/** An endpoint as OpenAI's `POST /embeddings`. */
export interface EmbeddingsConfig {
  readonly url: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
}

export interface SelectionOverride {
  readonly mode?: SelectionConfig["mode"] | undefined;
  readonly budget?: { readonly tools?: number | undefined; readonly tokens?: number | undefined } | undefined;
  readonly pins?: readonly string[] | undefined;
}

/** What becomes of results that are too large for a model's window. */
export interface Results {
  /** `auto`: kept on disk where what is called goes into a model's window by way of an adapter or a search. */
  readonly spill: "auto" | "on" | "off";
  /** A larger one is too large. */
  readonly maxBytes: number;
}

export interface Limits {
  readonly messageBytes: number;
  readonly bodyBytes: number;
  readonly starts: { readonly count: number; readonly windowMs: number };
  readonly stableMs: number;
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  readonly breaker: { readonly failures: number; readonly openMs: number };
  readonly probeMs: number;
  readonly drainMs: number;
  readonly keepAliveMs: number;
  readonly sessionIdleMs: number;
  readonly sendBufferBytes: number;
  readonly queue: number;
  readonly queueWaitMs: number;
  readonly parked: number;
  readonly inputMs: number;
  readonly pages: number;
  readonly listDebounceMs: number;
}

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly auth: AuthConfig;
}

/** How the gateway learns who calls; all of it off: nobody is asked. */
export interface AuthConfig {
  /** True: callers need an API key of the state directory. */
  readonly keys: boolean;
}

export type Transport = StdioTransport | HttpTransport | LocalTransport;

export interface StdioTransport {
  readonly kind: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | Secret>>;
  /** Names or patterns (`AWS_*`) of variables that the child gets from our own environment. */
  readonly inheritEnv: readonly string[];
  readonly cwd: string | undefined;
}

export interface HttpTransport {
  readonly kind: "http" | "sse";
  readonly url: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
}

/** A server inside this process. */
export interface LocalTransport {
  readonly kind: "local";
  readonly tools: readonly LocalTool[];
}

export interface LocalContext {
  readonly signal: AbortSignal;
  /** Reports progress to whoever called, when that caller wants it. */
  progress(progress: number, total?: number, message?: string): void;
}

export interface LocalTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  /** Other fields of an MCP Tool (`title`, `annotations`, `outputSchema`, `_meta`). */
  readonly [field: string]: unknown;
  /** Returns a CallToolResult, or any other value, which becomes one text block (and `structuredContent` when it is an object). */
  call(args: JsonObject, context: LocalContext): unknown;
}

export interface ServerConfig {
  readonly name: string;
  readonly transport: Transport;
  /** A disabled entry may still hold placeholders: to enable one, parse the configuration again. */
  readonly disabled: boolean;
  /** Prefix in exposed names; empty: bare names. */
  readonly namespace: string;
  readonly connect: "lazy" | "eager";
  readonly sharing: "per-identity" | "shared" | "per-client";
  readonly maxInstances: number;
  readonly ask: "auto" | "exclusive" | "none";
  readonly trust: "none" | "annotations";
  readonly reload: "swap" | "stop-first";
  readonly timeouts: Timeouts;
  /** Milliseconds by tool name, for those that differ from `timeouts.call`. */
  readonly toolTimeouts: ReadonlyMap<string, number>;
  readonly concurrency: number;
  readonly cache: boolean;
  readonly tools: ToolRules;
  /** Where they differ from {@link Config.results}. */
  readonly results: Partial<Results>;
  /** The server's own instructions, none, or a text in their place. */
  readonly instructions: "own" | "off" | { readonly text: string };
  /** Roots (`file:` URIs) that this server is told; undefined: none configured. */
  readonly roots: readonly string[] | undefined;
  /** Every value that must not be shown, wherever it went (environment, headers, arguments, URL): what prints about this server removes them. */
  readonly secrets: readonly Secret[];
  /** Digest of all that decides which process or endpoint this is (not of rules): equal means that a live link can stay. Never contains a secret in the clear. */
  readonly fingerprint: string;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly listMs: number;
  /** Without progress for so long, a call ends. */
  readonly callMs: number;
  /** A call ends after so long, progress or not. */
  readonly callMaxMs: number;
  /** A process without a call for so long is stopped. */
  readonly idleMs: number;
}

export interface ToolRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly override: ReadonlyMap<string, Override>;
}

export interface Override {
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  /** By argument name: a fixed value hides the argument from the schema and is put into every call. */
  readonly arguments?: ReadonlyMap<string, ArgumentOverride>;
  /** Where they differ from the server's. */
  readonly results?: Partial<Results>;
}

export interface ArgumentOverride {
  readonly value?: JsonValue;
  readonly default?: JsonValue;
  readonly description?: string;
  readonly name?: string;
}
