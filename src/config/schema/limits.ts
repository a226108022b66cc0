/** `limits` of the file. */

import type { z } from "zod";
import type { Limits } from "../config.ts";
import { duration, rate, refuse, section, size, whole } from "./fields.ts";

const backoff = section(
  {
    first: duration("10ms", "10m", { description: "Before the first new try.", examples: ["2s"] }).prefault("1s"),
    max: duration("10ms", "1h", {
      description: "The longest wait; each wait is 1.6 times the one before, with jitter.",
      examples: ["2m"],
    }).prefault("60s"),
  },
  { description: "How long to wait before a lost server is connected again." },
).transform(({ first, max }, context) =>
  first <= max ? { firstMs: first, maxMs: max } : refuse(context, "must not have a `first` above its `max`."),
);

const breaker = section(
  {
    failures: whole({ min: 1, max: 1000 }, 5, {
      description: "So many lost connections or timeouts in a row open it. Errors that a tool itself reports never count.",
      examples: [10],
    }),
    open: duration("1s", "1h", {
      description: "So long calls are answered at once with an error, before one is let through to try.",
      examples: ["10s"],
    }).prefault("30s"),
  },
  { description: "When a server that keeps failing is left alone for a while." },
).transform(({ failures, open }) => ({ failures, openMs: open }));

export const limits: z.ZodType<Limits> = section(
  {
    message: size("4KB", "256MB", {
      description: "The largest message to or from a server. A larger one fails that call alone.",
      examples: ["32MB"],
    }).prefault("10MB"),
    body: size("4KB", "256MB", { description: "The largest request that the gateway takes.", examples: ["4MB"] }).prefault("10MB"),
    starts: rate({
      description:
        "More starts of one server than this in the time, and it is left stopped until you restart it (or the next probe, every 5 minutes).",
      examples: ["3/30s"],
    }).prefault("5/60s"),
    stable: duration("1s", "1h", {
      description: "A server that has run for so long is healthy again: its failures are forgotten.",
      examples: ["5m"],
    }).prefault("60s"),
    backoff: backoff.prefault({}),
    breaker: breaker.prefault({}),
    probe: duration("100ms", "60s", {
      description: "How long a server may take to say which protocol revisions it speaks, before the older handshake is tried.",
      examples: ["5s"],
    }).prefault("2s"),
    drain: duration("0ms", "10m", {
      description: "How long calls in flight may go on when their server is changed, removed or stopped.",
      examples: ["30s"],
    }).prefault("10s"),
    keepAlive: duration("1s", "10m", {
      description: "How often an open stream carries a sign of life, so that nothing between cuts it.",
      examples: ["30s"],
    }).prefault("15s"),
    sessionIdle: duration("1m", "7d", { description: "How long a client's session outlives its last request.", examples: ["2h"] }).prefault(
      "30m",
    ),
    sendBuffer: size("16KB", "64MB", {
      description: "How much may wait for a client that reads slowly. Then progress is dropped, and at last the client.",
      examples: ["4MB"],
    }).prefault("1MB"),
    queue: whole({ min: 0, max: 100_000 }, 256, {
      description: "How many calls may wait for one server beyond those it is running.",
      examples: [64],
    }),
    queueWait: duration("0ms", "10m", { description: "How long a call may wait in that queue.", examples: ["30s"] }).prefault("5s"),
    parked: whole({ min: 1, max: 10_000 }, 64, {
      description: "How many calls of one caller may wait for a person's answer.",
      examples: [16],
    }),
    input: duration("1s", "24h", { description: "How long a call waits for a person's answer.", examples: ["30m"] }).prefault("10m"),
    pages: whole({ min: 1, max: 10_000 }, 64, { description: "How many pages of a server's list are read.", examples: [200] }),
    listDebounce: duration("0ms", "60s", {
      description: "Announcements of a changed list that come closer together than this count as one.",
      examples: ["1s"],
    }).prefault("250ms"),
  },
  { description: "Bounds. The defaults suit nearly everybody." },
).transform((given): Limits => ({
  messageBytes: given.message,
  bodyBytes: given.body,
  starts: given.starts,
  stableMs: given.stable,
  backoff: given.backoff,
  breaker: given.breaker,
  probeMs: given.probe,
  drainMs: given.drain,
  keepAliveMs: given.keepAlive,
  sessionIdleMs: given.sessionIdle,
  sendBufferBytes: given.sendBuffer,
  queue: given.queue,
  queueWaitMs: given.queueWait,
  parked: given.parked,
  inputMs: given.input,
  pages: given.pages,
  listDebounceMs: given.listDebounce,
}));
