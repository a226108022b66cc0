import type { Caller } from "./call.ts";
import type { JsonObject } from "./json.ts";

/** A client that hears what servers log outside of the streams of its calls. */
export interface Hearing {
  readonly caller: Caller;
  /** True where no other client uses these servers: all that they log is for this one. */
  readonly alone: boolean;
  /** Takes the params of a `notifications/message` that is for this client and no other. */
  take(message: JsonObject): void;
}

/** What such a client can change. */
export interface Ear {
  /**
   * Sets the least severe level that it wants. Resolves when the servers that have to know do, or have had a moment to
   * say so. Never rejects.
   */
  setLevel(level: string): Promise<void>;
  /** The client is gone. */
  close(): void;
}
