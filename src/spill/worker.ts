/**
 * The thread in which results are taken apart and read, so that one that is large, or a pattern that never ends, holds up
 * nobody's calls. This module is loaded by whoever starts the thread too, to learn its address; then it does nothing.
 */

import { isMainThread, parentPort, workerData, type MessagePort } from "node:worker_threads";
import { toToolyardError } from "../base/errors.ts";
import { keep, read, type Done, type Job } from "./jobs.ts";

/** What the thread says of the job that it was given. */
export type Word =
  | { readonly begun: true }
  | { readonly done: Done<Job> }
  | {
      readonly failed: {
        readonly code: ReturnType<typeof toToolyardError>["code"];
        readonly message: string;
        readonly mend: string | undefined;
      };
    };

export const MARK = "toolyard-spill";
export const address: string = import.meta.url;

if (!isMainThread && workerData === MARK && parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  const say = (word: Word): void => port.postMessage(word);
  port.on("message", (job: Job) => {
    try {
      say({ done: job.kind === "keep" ? keep(job) : read(job, () => say({ begun: true })) });
    } catch (error) {
      const { code, message, details } = toToolyardError(error, "STORE_UNAVAILABLE");
      say({ failed: { code, message, mend: details.mend } });
    }
  });
}
