/** On HTTP each message has a connection of its own, so nothing but waiting puts a request behind the handshake's end. */

import { sleep, type Clock } from "../../base/clock.ts";

/** A server that says nothing to `notifications/initialized` for so long (ms) is asked all the same. */
const PATIENCE_MS = 2_000;

/** Holds requests back until the server has taken `notifications/initialized`: some refuse what overtakes it. */
export class Welcome {
  readonly #clock: Clock;
  #awaited: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a request has to wait for; undefined where there is nothing. */
  get awaited(): Promise<void> | undefined {
    return this.#awaited;
  }

  /** @param taken settles when the server has answered the notification */
  await(taken: Promise<unknown>): void {
    const stop = new AbortController();
    const settled = taken.finally(() => stop.abort()).catch(() => {});
    this.#awaited = Promise.race([settled, sleep(this.#clock, PATIENCE_MS, stop.signal)]).then(() => {
      this.#awaited = undefined;
    });
  }
}
