/** Links that one legacy client was asked to open: ids that are this client's, and the word that one is done (spec 2025-11-25: Elicitation, URL mode). */

import { randomUUID } from "node:crypto";
import { Body } from "../../base/body.ts";
import type { RpcError } from "../../base/call.ts";
import { stringOr } from "../../base/json.ts";
import { linksIn, withLinks } from "../../era/links.ts";
import { writeRequest } from "../../wire/envelope.ts";
import { namedBy } from "./relay.ts";

/** Older ones are forgotten: many are never done. */
const MOST = 1_000;

export class Links {
  readonly #send: (news: Buffer) => void;
  /** The client's ids, by server and its own id. They are the same, unless two servers use the same one. */
  readonly #ids = new Map<string, string>();

  /** @param send tells the client that one is done */
  constructor(send: (news: Buffer) => void) {
    this.#send = send;
  }

  /** A question of a server as the client gets it. */
  shown(server: string, params: Body): Body {
    const id = params.get("elicitationId");
    return typeof id === "string" ? params.with({ elicitationId: this.#idFor(server, id) }) : params;
  }

  /** An error as the client gets it: links in it name the server, as the client knows only us. */
  shownError(server: string, error: RpcError): RpcError {
    const links = linksIn(error);
    if (links.length === 0) return error;
    return withLinks(
      error,
      links.map((link) => namedBy(server, this.shown(server, Body.of(link))).object),
    );
  }

  /** The server says that the user is done there. */
  readonly completed = (server: string, id: string): void => {
    const key = keyOf(server, id);
    const elicitationId = this.#ids.get(key);
    if (elicitationId === undefined) return;
    this.#ids.delete(key);
    this.#send(writeRequest(undefined, "notifications/elicitation/complete", Body.of({ elicitationId })));
  };

  #idFor(server: string, id: string): string {
    const key = keyOf(server, id);
    const shown = this.#ids.get(key) ?? ([...this.#ids.values()].includes(id) ? randomUUID() : id);
    this.#ids.set(key, shown);
    const oldest = stringOr(this.#ids.keys().next().value);
    if (this.#ids.size > MOST && oldest !== undefined) this.#ids.delete(oldest);
    return shown;
  }
}

function keyOf(server: string, id: string): string {
  return JSON.stringify([server, id]);
}
