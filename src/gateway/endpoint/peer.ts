/** What must be remembered of one client between its messages: a legacy session, or whoever is at the other end of a pipe. */

import type { Answer, Caller, Question } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { RpcId } from "../../wire/envelope.ts";
import type { Outlet } from "./outlet.ts";
import { Relay, type RelayOptions } from "./relay.ts";

export class Peer {
  /** Who this is, once a handshake has told. */
  caller: Caller | undefined;
  /** Least severe level of log messages that it wants; undefined: what servers send unasked. */
  logLevel: string | undefined;
  /** URIs of resources of whose changes it is told. */
  readonly subscriptions: Set<string> = new Set();
  /** Where what belongs to no request goes. */
  readonly outlet: Outlet;
  readonly #relay: Relay;
  /** By the client's own ids: `1` and `"1"` are two. */
  readonly #running = new Map<RpcId, AbortController>();

  constructor(outlet: Outlet, options: RelayOptions) {
    this.outlet = outlet;
    this.#relay = new Relay(options);
  }

  /** How many of its requests are under way. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Begins a request; its signal aborts when the client cancels or is gone.
   *
   * @throws INVALID_REQUEST while another one has this id
   */
  begin(id: RpcId): AbortSignal {
    if (this.#running.has(id)) {
      throw new ToolyardError("INVALID_REQUEST", `A request with the id ${JSON.stringify(id)} is still under way.`, {
        mend: "Give each request an id of its own.",
      });
    }
    const abort = new AbortController();
    this.#running.set(id, abort);
    return abort.signal;
  }

  end(id: RpcId): void {
    this.#running.delete(id);
  }

  /** The client no longer waits for this request; nothing happens where there is none. */
  cancel(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") this.#running.get(id)?.abort();
  }

  /** Puts a server's question to the client; see {@link Relay.ask}. */
  ask(question: Question, caller: Caller, outlet: Outlet): Promise<Answer> {
    return this.#relay.ask(question, caller, outlet);
  }

  /** Takes an answer of the client. */
  answered: Relay["answered"] = (envelope) => this.#relay.answered(envelope);

  /** The client is gone: everything of it is cancelled. */
  close(): void {
    for (const abort of this.#running.values()) abort.abort();
    this.#relay.close();
  }
}

/** May this client be asked anything at all? */
export function canBeAsked({ era, capabilities }: Caller): boolean {
  const { elicitation, sampling, roots } = capabilities;
  return era === "legacy" && (elicitation ?? sampling ?? roots) !== undefined;
}
