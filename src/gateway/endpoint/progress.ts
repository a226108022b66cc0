/** Progress of one call on its way to the client that asked for it: under the client's own token, not more often than it can be of use. */

import { Body } from "../../base/body.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ProgressToken } from "../../era/meta.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { Outlet } from "./outlet.ts";

/** Milliseconds between two messages; of what comes in between, the last is kept. */
const PACE_MS = 50;

export class ProgressGate {
  readonly #token: ProgressToken;
  readonly #outlet: Outlet;
  #kept: JsonObject | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(token: ProgressToken, outlet: Outlet) {
    this.#token = token;
    this.#outlet = outlet;
  }

  /** Takes `{progress, total?, message?}`. */
  readonly take = (progress: JsonObject): void => {
    this.#kept = progress;
    if (this.#timer === undefined) this.#send();
  };

  /** The answer comes next: what was kept back goes out before it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write();
    this.#kept = undefined;
  }

  readonly #send = (): void => {
    this.#timer = undefined;
    if (this.#kept === undefined) return;
    this.#write();
    this.#timer = setTimeout(this.#send, PACE_MS);
  };

  /** A client that reads too slowly gets the latest value later. */
  #write(): void {
    if (this.#kept === undefined) return;
    const params = Body.of({ progressToken: this.#token, ...this.#kept });
    if (this.#outlet.send(writeRequest(undefined, "notifications/progress", params), true)) this.#kept = undefined;
  }
}
