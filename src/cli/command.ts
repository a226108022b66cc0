import type { Output } from "./terminal/output.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly input?: Readonly<Record<string, string>>;
}

/** What a command's module exports. */
export interface CommandModule<Arguments extends unknown[], Options> {
  /** Does the work and says how it went, as an exit code. */
  run(output: Output, options: Options, ...args: Arguments): Promise<number>;
}
