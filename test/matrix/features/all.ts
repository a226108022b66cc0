/** Every row, in the order of the table. */

import type { Feature } from "./feature.ts";
import { QUESTIONS } from "./questions.ts";
import { READS } from "./reads.ts";
import { STREAMS } from "./streams.ts";
import { TOOLS } from "./tools.ts";
import { WHOLE } from "./whole.ts";

const tasks: Feature = {
  name: "tasks",
  later: "Tasks are relayed within an era in a later step; until then they are hidden.",
  async check() {},
};

export const FEATURES: readonly Feature[] = [...TOOLS, ...READS, ...STREAMS, ...QUESTIONS, ...WHOLE, tasks];
