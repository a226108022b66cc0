/** What is under way, so that an end can wait for it, and let nothing new begin. */

import { ToolyardError } from "../../base/errors.ts";

export class Activity {
  #count = 0;
  #closing = false;
  #still: () => void = () => {};

  get closing(): boolean {
    return this.#closing;
  }

  /** To be followed by {@link Activity.end}, also when it throws. @throws GATEWAY_CLOSING from {@link Activity.drain} on */
  begin(): void {
    this.#count++;
    this.refuseIfClosing();
  }

  end(): void {
    if (--this.#count === 0) this.#still();
  }

  /** @throws GATEWAY_CLOSING from {@link Activity.drain} on */
  refuseIfClosing(): void {
    if (this.#closing) throw new ToolyardError("GATEWAY_CLOSING", "The gateway is ending and takes no more requests.");
  }

  /** Lets nothing new begin; resolves when nothing is under way any more, or after `ms`. */
  async drain(ms: number): Promise<void> {
    this.#closing = true;
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#still = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
