/** Resources that no list names, but a result of their server: whoever was shown such a link may read it (spec: Tools, Resource Links). */

import { isObject, type JsonValue } from "../base/json.ts";
import type { Body } from "../base/body.ts";

/** Of one identity; the oldest is forgotten. */
const MOST = 10_000;
const MOST_IDENTITIES = 1_000;
/** What the text of every result with a link holds; most results are not looked into any further. */
const TRACE = Buffer.from('"resource_link"');

export class NamedLinks {
  /** URIs with their servers, by identity; the ones used last at the end. */
  readonly #links = new Map<string, Map<string, string>>();

  /** Remembers what a result of this server links to. */
  note(identity: string, server: string, result: Body): void {
    if (!result.bytes.includes(TRACE)) return;
    const uris = linksIn(result.get("content") ?? result.get("messages"));
    if (uris.length === 0) return;
    const own = this.#links.get(identity) ?? new Map<string, string>();
    renew(this.#links, identity, own, MOST_IDENTITIES);
    for (const uri of uris) renew(own, uri, server, MOST);
  }

  /** The server that has named this URI to this identity last. */
  owner(identity: string, uri: string): string | undefined {
    return this.#links.get(identity)?.get(uri);
  }
}

function renew<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > most && !oldest.done) map.delete(oldest.value);
}

/** Of a tool's content, or of a prompt's messages. */
function linksIn(parts: JsonValue | undefined): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part) => {
    const block = isObject(part) && isObject(part["content"]) ? part["content"] : part;
    return isObject(block) && block["type"] === "resource_link" && typeof block["uri"] === "string" ? block["uri"] : [];
  });
}
