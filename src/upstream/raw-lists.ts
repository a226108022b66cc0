import type { JsonObject } from "../base/json.ts";

/** What a server lists, as it came over the wire; nothing in it has been looked at. */
export interface RawLists {
  readonly tools: readonly unknown[];
  readonly prompts: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly templates: readonly unknown[];
  readonly instructions: string | undefined;
  /** ServerCapabilities. */
  readonly capabilities: JsonObject;
}
