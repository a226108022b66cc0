/** Every row, in the order of the table. */

import type { Feature } from "./feature.ts";
import { QUESTIONS } from "./questions.ts";
import { READS } from "./reads.ts";
import { STREAMS } from "./streams.ts";
import { TASKS } from "./tasks.ts";
import { TOOLS } from "./tools.ts";
import { WHOLE } from "./whole.ts";

export const FEATURES: readonly Feature[] = [...TOOLS, ...READS, ...STREAMS, ...QUESTIONS, ...WHOLE, ...TASKS];
