/**
 * The `requestState` of a modern client's round (spec 2026-07-28: MRTR): who asked for what, until when, and how to go
 * on. It is the client's to bring back and not to change; each is good for one use.
 */

import { randomBytes } from "node:crypto";
import { canonicalJson, sha256 } from "../../base/digest.ts";
import type { Body } from "../../base/body.ts";
import type { Caller } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { without } from "../../era/meta.ts";
import { Seal } from "../seal.ts";

/** Either a call that waits here, or a server's own state. */
export type Continuation =
  | { readonly kind: "parked"; readonly id: string }
  | { readonly kind: "relayed"; readonly state: string | undefined };

/** What a round is about: the same request must come back. */
export interface Subject {
  readonly caller: Caller;
  readonly method: string;
  readonly params: Body;
}

const MOST_USED = 16_384;
const NOT_OF_THE_REQUEST: ReadonlySet<string> = new Set(["_meta", "inputResponses", "requestState"]);

export class States {
  readonly #seal: Seal;
  /** Nonces of the states that have been used. */
  readonly #used = new Set<string>();

  /** @param key of the state directory */
  constructor(key: Buffer) {
    this.#seal = new Seal(key, "toolyard request state", "tys1");
  }

  /** @param expires milliseconds since the epoch */
  issue(subject: Subject, continuation: Continuation, expires: number): string {
    const nonce = randomBytes(12).toString("base64url");
    const how = continuation.kind === "parked" ? { p: continuation.id } : { s: continuation.state };
    return this.#seal.seal({ i: subject.caller.identity, d: digestOf(subject), e: expires, n: nonce, ...how });
  }

  /**
   * @param now milliseconds since the epoch
   * @throws INVALID_PARAMS for a state that was altered, is another's, belongs to another request, is too old or was used
   */
  redeem(text: unknown, subject: Subject, now: number): Continuation {
    const value = typeof text === "string" ? this.#seal.open(text) : undefined;
    if (value === undefined) throw refused("was not given out here");
    const { i, d, e, n, p, s } = value;
    if (i !== subject.caller.identity || d !== digestOf(subject)) throw refused("belongs to another request");
    if (typeof e !== "number" || now > e) throw refused("is too old");
    if (typeof n !== "string" || this.#used.has(n)) throw refused("has been used");
    this.#remember(n);
    return typeof p === "string" ? { kind: "parked", id: p } : { kind: "relayed", state: typeof s === "string" ? s : undefined };
  }

  #remember(nonce: string): void {
    this.#used.add(nonce);
    const [oldest] = this.#used;
    if (this.#used.size > MOST_USED && oldest !== undefined) this.#used.delete(oldest);
  }
}

function digestOf({ method, params }: Subject): string {
  const own: JsonObject = without(params.object, (key) => NOT_OF_THE_REQUEST.has(key));
  return sha256(canonicalJson([method, own]));
}

function refused(why: string): ToolyardError {
  return new ToolyardError("INVALID_PARAMS", `The \`requestState\` ${why}.`, { mend: "Send the request anew, without it." });
}
