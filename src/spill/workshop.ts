/** One thread for what is large, started when it is first needed and ended when it has had nothing to do. */

import { Worker } from "node:worker_threads";
import type { Cancel, Clock } from "../base/clock.ts";
import { messageOf, ToolyardError } from "../base/errors.ts";
import type { Done, Job } from "./jobs.ts";
import type { Word } from "./worker.ts";

const IDLE_MS = 30_000;
/** No job takes so long, in ms, but for one that is wrong. */
const LONGEST_MS = 20_000;
/** For a regular expression, in ms. */
const PATTERN_MS = 100;

/** The job that the thread is at. */
interface Current {
  settle(word: Word): void;
  fail(error: ToolyardError): void;
  cancel: Cancel;
}

export class Workshop {
  readonly #clock: Clock;
  #worker: Worker | undefined;
  #current: Current | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #cancelIdle: Cancel = () => {};
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does one job after the other, in the order in which they were given.
   *
   * @param transfer memory that the thread takes over
   * @throws what the job throws; STORE_UNAVAILABLE when it cannot be done
   */
  do<J extends Job>(job: J, transfer: readonly ArrayBuffer[] = []): Promise<Done<J>> {
    const done = this.#last.then(() => this.#do(job, transfer));
    this.#last = done.catch(() => {}); // told to whoever wanted it
    return done;
  }

  /** Ends the thread. What it is at fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(closing());
    await this.#last;
  }

  async #do<J extends Job>(job: J, transfer: readonly ArrayBuffer[]): Promise<Done<J>> {
    this.#cancelIdle();
    if (this.#closed) throw closing();
    const worker = (this.#worker ??= await this.#start());
    const done = new Promise<Word>((settle, fail) => {
      this.#current = { settle, fail, cancel: this.#limit(LONGEST_MS, "It took too long.") };
    });
    worker.ref();
    worker.postMessage(job, [...transfer]);
    try {
      return outcome(await done) as Done<J>; // the thread answers each job in its own kind
    } finally {
      this.#current?.cancel();
      this.#current = undefined;
      worker.unref();
      this.#cancelIdle = this.#clock.after(IDLE_MS, () => void this.#end(new ToolyardError("STORE_UNAVAILABLE", "It has ended.")));
    }
  }

  async #start(): Promise<Worker> {
    const { address, MARK } = await import("./worker.ts");
    if (this.#closed) throw closing();
    const worker = new Worker(new URL(address), { workerData: MARK, execArgv: [], name: MARK });
    worker.on("message", (word: Word) => this.#hear(word));
    worker.on("error", (error) => void this.#end(new ToolyardError("STORE_UNAVAILABLE", messageOf(error))));
    return worker;
  }

  #hear(word: Word): void {
    const current = this.#current;
    if (current === undefined) return;
    if (!("begun" in word)) return current.settle(word);
    current.cancel();
    const mend = "Use `search`, which finds a text as it is, a simpler pattern, or a smaller range (`pointer`, `offset`, `length`).";
    current.cancel = this.#limit(PATTERN_MS, `The pattern took longer than ${PATTERN_MS} ms.`, mend);
  }

  #limit(ms: number, says: string, mend?: string): Cancel {
    const code = mend === undefined ? "STORE_UNAVAILABLE" : "INVALID_ARGUMENTS";
    return this.#clock.after(ms, () => void this.#end(new ToolyardError(code, says, mend === undefined ? {} : { mend })));
  }

  async #end(reason: ToolyardError): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#cancelIdle();
    this.#current?.fail(reason);
    await worker?.terminate();
  }
}

function closing(): ToolyardError {
  return new ToolyardError("STORE_UNAVAILABLE", "Toolyard is closing.");
}

function outcome(word: Word): Done<Job> {
  if ("done" in word) return word.done;
  const { code, message, mend } =
    "failed" in word ? word.failed : { code: "INTERNAL" as const, message: "It has not ended.", mend: undefined };
  throw new ToolyardError(code, message, mend === undefined ? {} : { mend });
}
