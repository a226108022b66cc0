/** Who comes in by HTTP: a key is asked for, where the configuration says so, and what was opened with it ends with it. */

import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { IncomingMessage, ServerResponse } from "../../wire/node-http.ts";
import { LOCAL, principalOf, type Principal } from "./caller.ts";
import type { KeyFile } from "./key-file.ts";
import { idIn, isExpired, isOf, isSame, type Key } from "./key.ts";

export interface AuthOptions {
  readonly keys: KeyFile;
  /** For the commands of this user, who find it in the record of the running gateway. */
  readonly token: string;
}

/** RFC 6750, section 3: with `error` where something was given that is no good. */
const CHALLENGE = 'Bearer realm="toolyard"';

export class Gate {
  readonly #auth: AuthOptions | undefined;
  readonly #clock: Clock;
  /** Requests that are not over, each with the id of its key. */
  readonly #open = new Map<ServerResponse, string>();

  /**
   * @param auth undefined: nobody is asked
   * @param left told when keys may have become invalid, with what says which have not
   */
  constructor(auth: AuthOptions | undefined, clock: Clock, left: (isGood: (holder: string) => boolean) => void) {
    this.#auth = auth;
    this.#clock = clock;
    auth?.keys.onLook(() => {
      this.#endRevoked();
      left((holder) => this.#isGood(holder));
    });
  }

  /** @throws UNAUTHENTICATED, with the challenge in the response's headers; STORE_UNAVAILABLE */
  admit(request: IncomingMessage, response: ServerResponse): Principal {
    if (this.#auth === undefined) return LOCAL;
    const given = tokenIn(request);
    const principal = given === undefined ? undefined : this.#principal(given, this.#auth);
    if (principal === undefined) throw refuse(response, given !== undefined);
    if (principal.holder === "") return principal;
    this.#open.set(response, principal.holder);
    response.once("close", () => this.#open.delete(response));
    return principal;
  }

  close(): void {
    this.#auth?.keys.close();
  }

  #principal(given: string, { keys, token }: AuthOptions): Principal | undefined {
    if (isSame(given, token)) return LOCAL;
    const id = idIn(given);
    const key = id === undefined ? undefined : keys.find(id);
    return isOf(key, given) && key !== undefined && !isExpired(key, this.#clock.now()) ? principalOf(key) : undefined;
  }

  #endRevoked(): void {
    for (const [response, holder] of this.#open) if (!this.#isGood(holder)) response.destroy();
  }

  #isGood(holder: string): boolean {
    if (holder === "") return true;
    const key = this.#find(holder);
    return key !== undefined && !isExpired(key, this.#clock.now());
  }

  /** While the keys cannot be read, nobody's is known to be good any more. */
  #find(id: string): Key | undefined {
    try {
      return this.#auth?.keys.find(id);
    } catch {
      return undefined;
    }
  }
}

/** `Authorization: Bearer …`, and nothing else: what stands in an address is written into logs on the way. */
function tokenIn({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
}

function refuse(response: ServerResponse, wasGiven: boolean): ToolyardError {
  response.setHeader("www-authenticate", wasGiven ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE);
  const message = wasGiven ? "The key is not one of this gateway, or is good no longer." : "This gateway asks its callers for a key.";
  return new ToolyardError("UNAUTHENTICATED", message, {
    mend: "Send one as `Authorization: Bearer ty_…`; whoever runs the gateway makes it with `toolyard keys create`.",
  });
}
