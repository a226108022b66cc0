/**
 * Ids of legacy sessions, as sealed tokens: all that a session is stands in its id, so that any process with the key
 * accepts it, this one after a restart too. Readable, not forgeable; it holds only what the client itself has said.
 */

import { randomBytes } from "node:crypto";
import { isObject, type JsonObject } from "../../base/json.ts";
import { Seal } from "../seal.ts";

/** What a session is. */
export interface Grant {
  readonly identity: string;
  /** Id of the key with which it began; it is good with no other. Empty where there was none. */
  readonly holder: string;
  /** The path of the endpoint; the token is good for no other. */
  readonly path: string;
  readonly version: string;
  readonly capabilities: JsonObject;
  /** Its client looks up tools itself. */
  readonly defers?: boolean;
  /** Tells sessions with equal contents apart; set by {@link TokenSeal.seal}. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** A session lasts so long, in ms; then its client has to begin anew. */
export const TOKEN_LIFE_MS: number = 30 * 24 * 60 * 60 * 1_000;

/** Bytes of capabilities, as JSON, that a token carries whole: it stands in a header. */
const MOST_CAPABILITIES = 2_048;
const ESSENTIAL: readonly string[] = ["elicitation", "sampling", "roots"];

const PREFIX = "ty1";

export class TokenSeal {
  readonly #seal: Seal;

  /** @param key of the state directory */
  constructor(key: Buffer) {
    this.#seal = new Seal(key, "toolyard session", PREFIX);
  }

  seal(grant: Omit<Grant, "nonce">): string {
    const nonce = randomBytes(16).toString("base64url");
    const { identity: i, holder: k, path: p, version: v, issuedAt: t } = grant;
    return this.#seal.seal({ i, k, p, v, c: slim(grant.capabilities), n: nonce, t, ...(grant.defers === true ? { d: true } : {}) });
  }

  /** Undefined for what was not sealed with this key, or too long ago. @param now milliseconds since the epoch */
  open(token: string, now: number): Grant | undefined {
    const value = this.#seal.open(token);
    const grant = value === undefined ? undefined : grantOf(value);
    return grant === undefined || now - grant.issuedAt > TOKEN_LIFE_MS ? undefined : grant;
  }
}

function grantOf({ i, k, p, v, c, n, t, d }: JsonObject): Grant | undefined {
  const named = typeof i === "string" && typeof k === "string" && typeof p === "string";
  const whole = named && typeof v === "string" && typeof n === "string" && typeof t === "number";
  if (!whole || !isObject(c)) return undefined;
  const defers = d === true ? { defers: true } : {};
  return { identity: i, holder: k, path: p, version: v, capabilities: c, ...defers, nonce: n, issuedAt: t };
}

/** Whole where it fits, else what questions of servers depend on, else nothing: then nothing is asked. */
function slim(capabilities: JsonObject): JsonObject {
  const essential = Object.fromEntries(ESSENTIAL.map((key) => [key, capabilities[key]]));
  return [capabilities, essential].find((each) => JSON.stringify(each).length <= MOST_CAPABILITIES) ?? {};
}
