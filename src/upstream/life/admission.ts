/** How a call comes to a connection: at once, by waiting for the one that is being made, or never, with the reason. */

import type { Call } from "../../base/call.ts";
import { sleep, type Clock } from "../../base/clock.ts";
import { ToolyardError, type ErrorCode } from "../../base/errors.ts";
import type { Connection } from "../connection/connection.ts";
import type { RequestLimits } from "../connection/pending.ts";
import type { Lifeline } from "./lifeline.ts";

export class Admission {
  readonly #server: string;
  readonly #lifeline: Lifeline;
  readonly #clock: Clock;

  constructor(server: string, lifeline: Lifeline, clock: Clock) {
    this.#server = server;
    this.#lifeline = lifeline;
    this.#clock = clock;
  }

  /** Why nothing can be called of a server that has not yet said what it offers. */
  get silence(): ToolyardError {
    return this.#refusal() ?? this.#error("SERVER_STARTING", "It is starting, and has not yet said what it offers.");
  }

  /**
   * A connection for a request, within its time.
   *
   * @throws SERVER_* where there is none to be had soon, CANCELLED
   */
  async connection(limits: RequestLimits, call?: Call): Promise<Connection> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const waited = new AbortController();
    const stop = (): void => waited.abort();
    call?.signal?.addEventListener("abort", stop, { once: true });
    const patience = Math.min(limits.quietMs, limits.totalMs, (call?.deadline ?? Number.POSITIVE_INFINITY) - this.#clock.now());
    const late = sleep(this.#clock, Math.max(0, patience), waited.signal).then(() => {
      if (call?.signal?.aborted) throw new ToolyardError("CANCELLED", "The caller cancelled.");
      throw this.#error("SERVER_STARTING", `It was not ready within ${inSeconds(patience)}.`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([this.#lifeline.connect(), late]);
    } finally {
      stop();
      call?.signal?.removeEventListener("abort", stop);
    }
  }

  /** Why a call need not wait: there will be no connection soon. */
  #refusal(): ToolyardError | undefined {
    const { state, reason, retryAfterMs } = this.#lifeline;
    switch (state) {
      case "disabled":
        return this.#error("SERVER_DISABLED", "It is disabled.");
      case "closed":
        return this.#error("SERVER_REMOVED", "It has been removed.");
      case "failed":
        return this.#error("SERVER_FAILED", `It could not be started. ${reason?.message ?? ""}`.trim(), retryAfterMs);
      case "backoff":
        return retryAfterMs === 0 ? undefined : this.#waiting(); // at 0 the next attempt is about to begin
      case "auth-required":
        return this.#waiting();
      default:
        return undefined;
    }
  }

  /** The last failure and when the next try is, unless a try now costs nothing. */
  #waiting(): ToolyardError | undefined {
    const { reason, retryAfterMs } = this.#lifeline;
    if (this.#lifeline.mayHurry()) return undefined;
    const again = retryAfterMs === 0 ? "" : ` The next try is in ${inSeconds(retryAfterMs)}.`;
    return this.#error(reason?.code ?? "SERVER_UNREACHABLE", `${reason?.message ?? ""}${again}`, retryAfterMs);
  }

  #error(code: ErrorCode, message: string, retryAfterMs?: number): ToolyardError {
    return new ToolyardError(code, message, { server: this.#server, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}

export function inSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
