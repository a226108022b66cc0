/** The event log: one JSON line for everything that the server sees or does, so that tests check from outside. */

import { appendFileSync } from "node:fs";

export type What =
  | "start"
  | "listening"
  | "in"
  | "out"
  | "cancelled"
  | "closed"
  | "aborted"
  | "executed"
  | "headers"
  | "status"
  | "session"
  | "grandchild"
  | "control"
  | "signal"
  | "eof"
  | "violation"
  | "exit";

/** Appends one event; the file is written at once, since the next moment may be the process's last. */
export type WriteEvent = (what: What, details?: Readonly<Record<string, unknown>>) => void;

/** @param file where to; empty: nowhere */
export function openEventLog(file: string, server: string): WriteEvent {
  if (file === "") return () => {};
  return (what, details) => {
    const event = { at: Math.round((performance.timeOrigin + performance.now()) * 10) / 10, pid: process.pid, server, what, ...details };
    appendFileSync(file, `${JSON.stringify(event)}\n`);
  };
}
