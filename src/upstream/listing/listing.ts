/** Reads what a server lists: after each handshake, after each announced change, and again when that failed. */

import type { Cancel, Clock } from "../../base/clock.ts";
import { toToolyardError, type ToolyardError } from "../../base/errors.ts";
import { SingleFlight } from "../../base/flight.ts";
import { objectOr } from "../../base/json.ts";
import { backoffMs } from "../life/backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { fetchLists } from "./lists.ts";
import { CAPABILITY_OF, LIST_NAMES, UNSAID_MS, type ListName, type RawLists } from "./raw-lists.ts";

/** Words of change that do not stop put a reading off by so many times the debounce at the most. */
const LONGEST_DEBOUNCE = 10;

export interface ListingOptions {
  readonly clock: Clock;
  readonly pages: number;
  readonly debounceMs: number;
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  random(): number;
  /** The connection to read from, and how long one page may take; undefined: nothing can be read now. */
  source(): { readonly connection: Connection; readonly listMs: number } | undefined;
  lists(lists: RawLists): void;
  /** The last good lists stay; they are read again later. */
  failed(failure: ToolyardError): void;
  notice(text: string): void;
}

export class Listing {
  readonly #options: ListingOptions;
  readonly #flight = new SingleFlight<void>();
  #timer: Cancel = () => {};
  /** When each list has to be read again, if somebody wants it: Clock time, ms. */
  #until: Partial<Record<ListName, number>> = {};
  #last: RawLists | undefined;
  #failures = 0;
  #changed = false;
  /** Since when a reading is planned: Clock time, ms. */
  #plannedAt: number | undefined;

  constructor(options: ListingOptions) {
    this.#options = options;
  }

  /** Reads everything now; a reading under way is shared. Never rejects. */
  read(): Promise<void> {
    return this.#flight.run(() => this.#read());
  }

  /** The server says that something changed: many such words become one reading. */
  changed(): void {
    const { clock, debounceMs } = this.#options;
    this.#changed = true;
    // A server that never stops is read now and then all the same.
    const longest = (this.#plannedAt ?? clock.now()) + LONGEST_DEBOUNCE * debounceMs - clock.now();
    this.#plan(Math.min(debounceMs, Math.max(0, longest)));
  }

  /** Somebody reads a list here: if it may no longer be the server's, that is asked again, in the background. */
  wanted(list: ListName): void {
    const until = this.#until[list];
    if (until === undefined || until > this.#options.clock.now() || this.#plannedAt !== undefined) return;
    this.#plan(this.#options.debounceMs);
  }

  /** No reading is planned any more. */
  stop(): void {
    this.#timer();
    this.#plannedAt = undefined;
    this.#until = {};
  }

  async #read(): Promise<void> {
    const from = this.#options.source();
    if (from === undefined) return;
    const { connection, listMs } = from;
    this.#changed = false;
    const { clock, pages } = this.#options;
    const notice = (text: string): void => this.#options.notice(text);
    try {
      const { lists, incomplete } = await fetchLists(connection, { clock, listMs, pages, last: this.#last, notice });
      this.#last = lists;
      this.#until = untilOf(lists, clock.now());
      this.#options.lists(lists);
      if (incomplete) return this.#planAgain();
      this.#failures = 0;
      if (this.#changed) this.#plan(this.#options.debounceMs);
    } catch (error) {
      if (this.#options.source()?.connection !== connection) return;
      this.#options.failed(toToolyardError(error));
      this.#planAgain();
    }
  }

  #planAgain(): void {
    this.#plan(backoffMs(this.#failures++, this.#options.backoff, this.#options.random()));
  }

  #plan(ms: number): void {
    this.#timer();
    this.#plannedAt ??= this.#options.clock.now();
    this.#timer = this.#options.clock.after(ms, () => {
      this.#plannedAt = undefined;
      void this.read();
    });
  }
}

/** A modern server says it itself; of legacy ones, those that do not announce changes are asked now and then. */
function untilOf({ capabilities, keeping = {} }: RawLists, now: number): Partial<Record<ListName, number>> {
  const lists = LIST_NAMES.map((name) => {
    const capability = capabilities[CAPABILITY_OF[name]];
    const isTold = capability === undefined || objectOr(capability)["listChanged"] === true;
    return [name, keeping[name]?.until ?? (isTold ? Number.POSITIVE_INFINITY : now + UNSAID_MS)] as const;
  });
  return Object.fromEntries(lists);
}
