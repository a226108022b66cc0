/** The resources of whose changes one legacy client is told (spec 2025-11-25: Resources, Subscriptions). */

import { Body } from "../../base/body.ts";
import type { Answer, Call } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Watch } from "../../base/watch.ts";
import { errorToClient } from "../../era/results.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { View } from "../../view.ts";

/** Of one client; each costs its server a subscription. */
export const MOST_URIS = 1_000;

export class Subscriptions {
  readonly #send: (news: Buffer) => void;
  readonly #watches = new Map<string, Watch>();

  /** @param send tells the client of a change */
  constructor(send: (news: Buffer) => void) {
    this.#send = send;
  }

  /**
   * The server's own answer, where it had to be asked. What it refuses, or cannot be asked for, is not subscribed to.
   *
   * @throws UNKNOWN_NAME, SERVER_* and SERVER_BUSY when the client has too many
   */
  async subscribe(uri: string, who: Pick<Call, "caller" | "ask">, view: View): Promise<Answer> {
    const present = this.#watches.get(uri);
    if (present !== undefined) return { result: Body.empty };
    if (this.#watches.size >= MOST_URIS) throw new ToolyardError("SERVER_BUSY", `The client watches ${MOST_URIS} resources already.`);
    const watch = await view.watch(uri, who, this.#tell);
    this.#end(uri); // another request may have been quicker
    this.#watches.set(uri, watch);
    try {
      const { result, error } = await watch.answer;
      if (error === undefined) return { result };
      this.#end(uri, watch);
      return { error: errorToClient(error, who.caller.protocolVersion) };
    } catch (error) {
      this.#end(uri, watch);
      throw error;
    }
  }

  /** Needs no answer of the server. */
  unsubscribe(uri: string): Answer {
    this.#end(uri);
    return { result: Body.empty };
  }

  /** The client is gone. */
  close(): void {
    for (const uri of this.#watches.keys()) this.#end(uri);
  }

  /** @param only do nothing where another watch has taken its place */
  #end(uri: string, only?: Watch): void {
    const watch = this.#watches.get(uri);
    if (watch === undefined || (only !== undefined && only !== watch)) return;
    this.#watches.delete(uri);
    watch.close();
  }

  readonly #tell = (uri: string): void => this.#send(resourceUpdated(uri));
}

/** The notification that a resource has changed. @param _meta of a modern one */
export function resourceUpdated(uri: string, _meta?: JsonObject): Buffer {
  return writeRequest(undefined, "notifications/resources/updated", Body.of(_meta === undefined ? { uri } : { uri, _meta }));
}
