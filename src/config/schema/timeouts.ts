/** `timeouts` of an entry. */

import { z } from "zod";
import { duration, section } from "./fields.ts";

/** In milliseconds. */
export interface TimeoutsShape {
  readonly connect: number;
  readonly list: number;
  readonly call: number;
  readonly callMax?: number | undefined;
  readonly idle: number;
  readonly tools: Readonly<Record<string, number>>;
}

export const timeouts: z.ZodType<TimeoutsShape> = section(
  {
    connect: duration("100ms", "1h", {
      description: "From the start until the server answers the handshake. Generous, because `npx` may have to download first.",
      examples: ["3m"],
    }).prefault("60s"),
    list: duration("100ms", "10m", {
      description: "For one answer to a question about what the server offers.",
      examples: ["20s"],
    }).prefault("5s"),
    call: duration("100ms", "24h", { description: "A call that shows no progress for so long ends.", examples: ["5m"] }).prefault("60s"),
    callMax: duration("100ms", "24h", {
      description: "A call ends after so long, progress or not. Never less than `call`. Default: `10m`, or `call` where that is longer.",
      examples: ["1h"],
    }).optional(),
    idle: duration("1s", "24d", {
      description: "A process that gets no call for so long is stopped; the next call starts it again.",
      examples: ["24h"],
    }).prefault("10m"),
    tools: z
      .record(z.string(), duration("100ms", "24h", { description: "Stands for `call` where that tool is called." }))
      .meta({ description: "The same as `call`, for single tools by their own names.", examples: [{ run_report: "20m" }] })
      .prefault({}),
  },
  { description: "How long things may take." },
);
