/** Single flight: callers that arrive while one run is under way share its outcome. */
export class SingleFlight<T> {
  #running: Promise<T> | undefined;

  run(action: () => Promise<T>): Promise<T> {
    this.#running ??= action().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when no run is under way, however the last one ended. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => {});
  }
}

/** At most `limit` holders at once, the others in order of arrival. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Resolves with the function that gives the slot back (once; later calls do nothing). */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#giveBack();
    };
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
