/** What the catalog is made of. All of it is immutable; a change makes a new Snapshot. */

import type { JsonObject, JsonValue } from "../base/json.ts";
import type { ArgumentOverride } from "../config/config.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";

export type ItemKind = "tool" | "prompt" | "resource" | "template";

/** One entry of the catalog. */
export interface Item {
  readonly kind: ItemKind;
  readonly server: string;
  /** The server's own name for it: tool or prompt name, URI, URI template. */
  readonly origin: string;
  /** `server/origin`; rules are keyed by it. */
  readonly id: string;
  /** What clients and models see: exposed name for tools and prompts, URI or template for the rest. */
  readonly name: string;
  /** The name that the configuration gave it (`override.name`), if it did. */
  readonly chosen?: string;
  /** The definition as clients get it: exposed name, overrides applied, every unknown field kept. */
  readonly definition: JsonObject;
  /** Arguments that an override fixes, renames or gives a default; undefined for most. */
  readonly arguments?: ReadonlyMap<string, ArgumentOverride>;
  /** The server's own input schema, where those overrides changed what clients get. */
  readonly ownSchema?: JsonValue | undefined;
  /** Of a tool whose page clients find elsewhere than its server says: the server's own URI of it. */
  readonly ownPage?: string;
}

/** An entry that is not offered, and why; `why` and `check` show it. */
export interface Hidden {
  readonly kind: ItemKind;
  readonly id: string;
  readonly reason: string;
}

/** One server's part of the catalog. */
export interface Section {
  readonly server: string;
  /** What its exposed names begin with (`github__`); empty where they are bare. */
  readonly prefix: string;
  /** `live`: listed by the running server. `cached`: from the last good lists. `none`: nothing known yet. */
  readonly source: "live" | "cached" | "none";
  readonly items: readonly Item[];
  readonly hidden: readonly Hidden[];
  readonly instructions: string | undefined;
  readonly capabilities: JsonObject;
  /** Of a modern server: how long each of its lists may be kept. */
  readonly keeping?: RawLists["keeping"];
}

/** The catalog at one moment. */
export interface Snapshot {
  /** Rises by one with every change. */
  readonly version: number;
  /** By server, in the order of the configuration. */
  readonly sections: ReadonlyMap<string, Section>;
  readonly tools: readonly Item[];
  readonly prompts: readonly Item[];
  readonly resources: readonly Item[];
  readonly templates: readonly Item[];
  /** What lost its name, URI or place to another server's, and why. */
  readonly hidden: readonly Hidden[];
  tool(name: string): Item | undefined;
  prompt(name: string): Item | undefined;
  resource(uri: string): Item | undefined;
}
