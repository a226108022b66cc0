/** The clients that want log messages: how verbose a server has to be for them, and whose a message is that belongs to no call. */

import type { Caller } from "../../base/call.ts";
import type { Ear, Hearing } from "../../base/hearing.ts";
import type { JsonObject } from "../../base/json.ts";
import { mostVerbose } from "./log-level.ts";

export interface Listener extends Hearing {
  /** May the client know of this server? */
  sees(server: string): boolean;
}

/** One instance of a server, by how callers come to it. */
export interface Place {
  readonly server: string;
  /** Whether the calls of this caller come here. */
  serves(caller: Caller): boolean;
  /** Whether only those of this caller do. */
  belongsTo(caller: Caller): boolean;
}

export class Audience {
  readonly #listeners = new Map<Listener, string | undefined>();
  readonly #changed: () => Promise<void>;

  /** @param changed called when a server may have to be told another level; resolves when all know */
  constructor(changed: () => Promise<void>) {
    this.#changed = changed;
  }

  add(listener: Listener): Ear {
    this.#listeners.set(listener, undefined);
    return {
      setLevel: async (level) => {
        this.#listeners.set(listener, level);
        await this.#changed();
      },
      close: () => {
        const level = this.#listeners.get(listener);
        this.#listeners.delete(listener);
        if (level !== undefined) void this.#changed();
      },
    };
  }

  /** The most verbose level that anybody wants of this instance. */
  level(place: Place): string | undefined {
    const concerned = ({ caller, alone, sees }: Listener): boolean => sees(place.server) && (alone || place.serves(caller));
    return mostVerbose([...this.#listeners].map(([listener, level]) => (concerned(listener) ? level : undefined)));
  }

  /** Gives a message that belongs to no call to the one client that it is for; false where there is no such client. */
  give(place: Place, message: JsonObject): boolean {
    const isOwner = ({ caller, alone, sees }: Listener): boolean => sees(place.server) && (alone || place.belongsTo(caller));
    const owner = [...this.#listeners.keys()].find(isOwner);
    owner?.take(message);
    return owner !== undefined;
  }
}
