/** The tasks that this process has seen, to list them and to know by which id a client knows one. What is forgotten can still be asked for by its id. */

import type { Caller } from "../../base/call.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Handle } from "./handles.ts";

export interface Known {
  /** The client's id. */
  readonly token: string;
  readonly handle: Handle;
  /** Later ones have higher numbers. */
  readonly number: number;
  /** How it stood when it was last seen, with the server's own id. */
  last: JsonObject;
}

/** The oldest are forgotten. */
const MOST = 10_000;

export class KnownTasks {
  readonly #byToken = new Map<string, Known>();
  #count = 0;

  note(token: string, handle: Handle, last: JsonObject = {}): void {
    const present = this.#byToken.get(token);
    if (present !== undefined) present.last = { ...present.last, ...last };
    else this.#byToken.set(token, { token, handle, number: ++this.#count, last });
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size > MOST && oldest !== undefined) this.#byToken.delete(oldest);
  }

  /** The tasks of a caller, oldest first; those after `number`. */
  of({ identity, era }: Caller, number: number, now: number): Known[] {
    return [...this.#byToken.values()].filter(
      ({ handle, number: own }) => own > number && handle.identity === identity && handle.era === era && now <= handle.expires,
    );
  }

  /** The client's id of a server's task; of two instances of a server, that of the client's own is meant. */
  tokenOf({ identity, instanceKey }: Caller, server: string, task: string): string | undefined {
    const fitting = [...this.#byToken.values()].filter(
      ({ handle }) => handle.identity === identity && handle.origin.server === server && handle.task === task,
    );
    return (fitting.find(({ handle }) => handle.origin.instanceKey === instanceKey) ?? fitting.at(-1))?.token;
  }
}
