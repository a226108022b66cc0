/** `results`: of the file, of a server's entry, and of one tool. */

import { z } from "zod";
import type { Results } from "../config.ts";
import { section, size } from "./fields.ts";

const spill = z.enum(["auto", "on", "off"], { error: 'must be "auto", "on" or "off".' }).meta({
  description:
    "Whether a large result is kept on disk, and the model gets a preview of it and reads the rest with `read_result`. `auto`: where tools are searched for, and in the adapters of agent frameworks.",
  examples: ["on"],
});

const maxBytes = size("4KB", "256MB", { description: "A result larger than this is large.", examples: ["64KB"] });

export const results: z.ZodType<Results> = section(
  { spill: spill.prefault("auto"), maxBytes: maxBytes.prefault("128KB") },
  { description: "What becomes of results that are too large for a model's window." },
);

/** What does not stand there is decided one level further out. @param whose as "the server's" */
export function ownResults(whose: string): z.ZodType<Partial<Results>> {
  return section(
    { spill: spill.optional(), maxBytes: maxBytes.optional() },
    { description: `What becomes of ${whose} results, where it differs from \`results\` further out.` },
  ).transform((given) => ({
    ...(given.spill === undefined ? {} : { spill: given.spill }),
    ...(given.maxBytes === undefined ? {} : { maxBytes: given.maxBytes }),
  }));
}
