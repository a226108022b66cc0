import type { Answer, Call } from "../../base/call.ts";
import type { Cancel, Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";

/** The limits of one request, in ms. */
export interface RequestLimits {
  /** It ends after so long without an answer or progress. */
  readonly quietMs: number;
  /** It ends after so long, whatever happens. */
  readonly totalMs: number;
}

/** One request that a server has not answered yet: who waits, for how long, and what may interrupt it. */
export class Pending {
  readonly id: number;
  readonly method: string;
  /** The call it serves; undefined for our own requests. */
  readonly call: Call | undefined;
  /** The task that it is about, by the server's own id. */
  readonly task: string | undefined;
  readonly answer: Promise<Answer>;
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly limits: RequestLimits;
  readonly #giveUp: (pending: Pending, error: ToolyardError) => void;
  readonly #signal: AbortSignal | undefined;
  #resolve: (answer: Answer) => void = () => {};
  #reject: (error: ToolyardError) => void = () => {};
  #cancelTimer: Cancel = () => {};
  #lastSign: number;
  #questions = 0;
  #settled = false;
  #pausedAt = 0;
  #pausedMs = 0;
  #lastProgress = Number.NEGATIVE_INFINITY;

  /** @param giveUp called when the caller cancels or the time is over; it must settle this */
  constructor(
    request: {
      id: number;
      method: string;
      call: Call | undefined;
      limits: RequestLimits;
      signal?: AbortSignal | undefined;
      task?: string | undefined;
    },
    clock: Clock,
    giveUp: (pending: Pending, error: ToolyardError) => void,
  ) {
    this.id = request.id;
    this.method = request.method;
    this.call = request.call;
    this.task = request.task;
    this.limits = request.limits;
    this.#clock = clock;
    this.#giveUp = giveUp;
    this.#signal = request.signal ?? request.call?.signal;
    this.startedAt = clock.now();
    this.#lastSign = this.startedAt;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#signal?.addEventListener("abort", this.#aborted);
    this.#arm();
  }

  resolve(answer: Answer): void {
    this.#release();
    this.#resolve(answer);
  }

  reject(error: ToolyardError): void {
    this.#release();
    this.#reject(error);
  }

  /** True for a value that really is progress; it restarts the quiet limit. */
  progress(value: unknown): boolean {
    if (typeof value !== "number" || !(value > this.#lastProgress)) return false;
    this.#lastProgress = value;
    this.#lastSign = this.#clock.now();
    return true;
  }

  /** A question to the caller is open: the call's time stands still. */
  pause(): void {
    if (this.#questions++ > 0) return;
    this.#pausedAt = this.#clock.now();
    this.#cancelTimer();
  }

  resume(): void {
    if (this.#questions === 0 || --this.#questions > 0) return;
    const now = this.#clock.now();
    this.#pausedMs += now - this.#pausedAt;
    this.#lastSign = now;
    this.#arm();
  }

  readonly #aborted = (): void => {
    this.#giveUp(this, new ToolyardError("CANCELLED", "The caller cancelled."));
  };

  /** When the time will be over, in Clock ms. */
  #end(): number {
    const quiet = this.#lastSign + this.limits.quietMs;
    const total = this.startedAt + this.#pausedMs + this.limits.totalMs;
    const caller = this.call?.deadline ?? Number.POSITIVE_INFINITY;
    return Math.min(quiet, total, caller + this.#pausedMs);
  }

  #arm(): void {
    if (this.#settled) return; // a question may outlive its call
    this.#cancelTimer = this.#clock.after(Math.max(0, this.#end() - this.#clock.now()), this.#ring);
  }

  readonly #ring = (): void => {
    const now = this.#clock.now();
    if (now < this.#end()) return this.#arm();
    this.#giveUp(this, new ToolyardError("CALL_TIMEOUT", `No answer within ${seconds(now - this.startedAt - this.#pausedMs)}.`));
  };

  #release(): void {
    this.#settled = true;
    this.#cancelTimer();
    this.#signal?.removeEventListener("abort", this.#aborted);
  }
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
