/** Reading the hostile server's event log. */

import { existsSync, readFileSync } from "node:fs";
import type { What } from "../servers/hostile/log.ts";
import { until } from "./wait.ts";

/** One line of the log; `at` in milliseconds since the epoch. The other members depend on `what`. */
export interface HostileEvent {
  readonly at: number;
  readonly pid: number;
  readonly server: string;
  readonly what: What;
  readonly method?: string;
  readonly id?: string | number;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly [detail: string]: unknown;
}

/** What an event must be like: each member given must be equal to the event's. */
export type Pattern = Partial<HostileEvent> | ((event: HostileEvent) => boolean);

export class EventLog {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** The events so far that fit the pattern, oldest first. */
  all(pattern: Pattern = {}): HostileEvent[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, "utf8").split("\n");
    // The last piece is empty, or an event that is being written.
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as HostileEvent);
    return events.filter((event) => fits(event, pattern));
  }

  count(pattern: Pattern): number {
    return this.all(pattern).length;
  }

  /** What the client did against the protocol; a good client leaves this empty. */
  violations(): HostileEvent[] {
    return this.all({ what: "violation" });
  }

  /**
   * The `nth` event (from 1) that fits, once it is there.
   *
   * @throws Error after `deadlineMs`, with the log's last events
   */
  waitFor(pattern: Pattern, deadlineMs = 5_000, nth = 1): Promise<HostileEvent> {
    const what = typeof pattern === "function" ? pattern.toString() : JSON.stringify(pattern);
    return until(
      () => this.all(pattern)[nth - 1],
      deadlineMs,
      `event ${nth} like ${what}`,
      () => this.all().slice(-20),
    );
  }
}

function fits(event: HostileEvent, pattern: Pattern): boolean {
  if (typeof pattern === "function") return pattern(event);
  return Object.entries(pattern).every(([key, value]) => event[key] === value);
}
