/** The configuration as it is written: the shape of `toolyard.json`, for those who give it in code. */

import type { JsonValue } from "../base/json.ts";
import type { LocalTool } from "./config.ts";

/** `"250ms"`, `"60s"`, `"10m"`, `"2h"`, `"1d"`, or a number of milliseconds. */
export type Duration = string | number;

/** `"128KB"`, `"10MB"` (steps of 1024), or a number of bytes. */
export type Size = string | number;

export interface ConfigInput {
  readonly $schema?: string;
  readonly mcpServers?: Readonly<Record<string, ServerInput>>;
  readonly naming?: {
    readonly separator?: string;
    readonly maxLength?: number;
    readonly host?: string;
    readonly onConflict?: "error" | "first" | "suffix";
  };
  readonly toolsets?: Readonly<Record<string, ToolsetInput>>;
  readonly selection?: SelectionInput & { readonly embeddings?: EmbeddingsInput };
  readonly discovery?: { readonly wait?: Duration };
  readonly results?: ResultsInput;
  readonly limits?: LimitsInput;
  readonly gateway?: {
    readonly host?: string;
    readonly port?: number;
    readonly publicUrl?: string;
    readonly auth?: { readonly keys?: boolean };
  };
}

/** Which tools a model is shown. */
export interface SelectionInput {
  readonly mode?: "auto" | "all" | "search";
  readonly budget?: { readonly tools?: number; readonly tokens?: number };
  readonly pins?: readonly string[];
}

/** An endpoint by which searches go by meaning too. */
export interface EmbeddingsInput {
  /** The address before `/embeddings`. */
  readonly url: string;
  readonly model: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ToolsetInput extends SelectionInput {
  readonly servers?: readonly string[];
  readonly tools?: readonly string[];
}

/** One server: a program (`command`), an address (`url`), or functions (`tools`). */
export interface ServerInput {
  readonly type?: "stdio" | "http" | "sse";
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly inheritEnv?: readonly string[];
  readonly cwd?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  readonly namespace?: string;
  readonly connect?: "eager" | "lazy";
  readonly sharing?: "per-identity" | "shared" | "per-client";
  readonly maxInstances?: number;
  readonly ask?: "auto" | "exclusive" | "none";
  readonly trust?: "none" | "annotations";
  readonly reload?: "swap" | "stop-first";
  readonly timeouts?: TimeoutsInput;
  readonly concurrency?: number;
  readonly cache?: boolean;
  readonly instructions?: "own" | "off" | { readonly text: string };
  readonly roots?: readonly string[];
  readonly tools?: ToolRulesInput | readonly LocalTool[];
  readonly results?: ResultsInput;
}

export interface ResultsInput {
  readonly spill?: "auto" | "on" | "off";
  readonly maxBytes?: Size;
}

export interface TimeoutsInput {
  readonly connect?: Duration;
  readonly list?: Duration;
  readonly call?: Duration;
  readonly callMax?: Duration;
  readonly idle?: Duration;
  readonly tools?: Readonly<Record<string, Duration>>;
}

export interface ToolRulesInput {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly override?: Readonly<Record<string, OverrideInput>>;
}

export interface OverrideInput {
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: Readonly<Record<string, ArgumentInput>>;
  readonly results?: ResultsInput;
}

export interface ArgumentInput {
  readonly value?: JsonValue;
  readonly default?: JsonValue;
  readonly description?: string;
  readonly name?: string;
}

export interface LimitsInput {
  readonly message?: Size;
  readonly body?: Size;
  /** `"5/60s"` */
  readonly starts?: string;
  readonly stable?: Duration;
  readonly backoff?: { readonly first?: Duration; readonly max?: Duration };
  readonly breaker?: { readonly failures?: number; readonly open?: Duration };
  readonly probe?: Duration;
  readonly drain?: Duration;
  readonly keepAlive?: Duration;
  readonly sessionIdle?: Duration;
  readonly sendBuffer?: Size;
  readonly queue?: number;
  readonly queueWait?: Duration;
  readonly parked?: number;
  readonly input?: Duration;
  readonly pages?: number;
  readonly listDebounce?: Duration;
}
