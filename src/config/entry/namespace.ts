/**
 * Namespaces: what exposed names begin with. With their separator and folded they must be prefix-free, so that no
 * two servers can ever share a name, whatever they offer.
 */

import type { Naming } from "../config.ts";
import { quote, type Problem } from "../problems.ts";

/** A namespace must leave so many characters of a name to the tool: `_`, six of a hash, and nine to tell it by. */
const ROOM_FOR_TOOL = 16;

/** The namespace of a server that names none: its own name, with `_` for what a model could not say. */
export function namespaceOf(server: string): string {
  return server.replaceAll(/[^A-Za-z0-9_-]/gu, "_");
}

/** The namespaces given out so far, in the order of the file. */
export class Namespaces {
  readonly #naming: Naming;
  readonly #taken = new Map<string, string>();

  constructor(naming: Naming) {
    this.#naming = naming;
  }

  /** Gives `namespace` to a server, or says why it cannot have it. An empty one is always free: it means bare names. */
  claim(server: string, namespace: string): Problem | undefined {
    if (namespace === "") return undefined;
    const { separator, maxLength, hostPrefix } = this.#naming;
    const path = ["mcpServers", server, "namespace"];
    const room = maxLength - hostPrefix.length - namespace.length - separator.length;
    if (room < ROOM_FOR_TOOL) {
      const longest = maxLength - hostPrefix.length - separator.length - ROOM_FOR_TOOL;
      return {
        path,
        says: `must be at most ${longest} characters long, so that names fit.`,
        mend: "Give the server a shorter `namespace`.",
      };
    }
    const prefix = fold(namespace + separator);
    const rival = [...this.#taken].find(([other]) => other.startsWith(prefix) || prefix.startsWith(other))?.[1];
    if (rival !== undefined) return this.#clash(server, namespace, rival);
    this.#taken.set(prefix, server);
    return undefined;
  }

  #clash(server: string, namespace: string, rival: string): Problem {
    const says = `(${quote(namespace)}) cannot be told from the namespace of the server ${quote(rival)}, so ${quote(server)} is left out.`;
    return { path: ["mcpServers", server, "namespace"], says, mend: `Give ${quote(server)} a \`namespace\` of its own.` };
  }
}

/** How names are compared: models and hosts confuse case, `-` and `_`. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll("-", "_");
}
