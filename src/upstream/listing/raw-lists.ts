import type { JsonObject } from "../../base/json.ts";

export type ListName = "tools" | "prompts" | "resources" | "templates";

/** The capability without which a server has no such list. */
export const CAPABILITY_OF: Readonly<Record<ListName, string>> = {
  tools: "tools",
  prompts: "prompts",
  resources: "resources",
  templates: "resources",
};

export const LIST_NAMES: readonly ListName[] = ["tools", "prompts", "resources", "templates"];

/** How long a list is taken for what it is where its server says nothing of it, in ms. */
export const UNSAID_MS = 60_000;

/** How long a list may be taken for the server's, as that says itself (spec 2026-07-28: Caching). */
export interface Keeping {
  /** Clock time, ms. */
  readonly until: number;
  /** Only for those who use the credential with which it was read. */
  readonly isPrivate: boolean;
}

/** What a server lists, as it came over the wire; nothing in it has been looked at. */
export interface RawLists {
  readonly tools: readonly unknown[];
  readonly prompts: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly templates: readonly unknown[];
  readonly instructions: string | undefined;
  /** ServerCapabilities. */
  readonly capabilities: JsonObject;
  /** Of the lists of a modern server. */
  readonly keeping?: Readonly<Partial<Record<ListName, Keeping>>>;
}
