/** `tools` of an entry: which of a server's tools are offered, and how. */

import { z } from "zod";
import type { JsonValue } from "../../base/json.ts";
import type { Override } from "../config.ts";
import { section, template, text, texts } from "./fields.ts";
import { ownResults } from "./results.ts";

export interface ToolsShape {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly override: Readonly<Record<string, Override>>;
}

const jsonValue = z.custom<JsonValue>((value) => value !== undefined, { error: "must be a JSON value." });

const argument = section(
  {
    value: jsonValue
      .meta({ description: "Put into every call; the argument then disappears from what the model sees.", examples: ["acme/shop"] })
      .optional(),
    default: jsonValue.meta({ description: "Put into a call that does not give the argument.", examples: [20] }).optional(),
    description: template({ description: "Stands for the server's own text.", examples: ["Owner and name, as `acme/shop`."] }).optional(),
    name: text({ description: "The argument's name as the model sees it.", examples: ["repository"] }).optional(),
  },
  { description: "One argument of a tool." },
).refine(({ value, ...rest }) => value === undefined || (rest.default === undefined && rest.name === undefined), {
  error: "must not have a `default` or a `name` beside a `value`, which hides it.",
});

const modelName = /^[A-Za-z0-9_-]{1,64}$/;

const override = section(
  {
    name: z
      .string()
      .regex(modelName, { error: "must be 1 to 64 letters, digits, _ or -." })
      .meta({ description: "The whole name that models see, without a namespace.", examples: ["new_issue"] })
      .optional(),
    title: template({ description: "Stands for the server's own title, which people see.", examples: ["New issue"] }).optional(),
    description: template({
      description: "Stands for the server's own description, which models read.",
      examples: ["Opens an issue in our shop's repository."],
    }).optional(),
    arguments: z.record(z.string(), argument).meta({ description: "Changes to single arguments, by name." }).optional(),
    results: ownResults("the tool's").optional(),
  },
  { description: "How one tool is shown." },
).transform(({ arguments: given, ...rest }): Override => {
  const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return given === undefined ? kept : { ...kept, arguments: new Map(Object.entries(given)) as NonNullable<Override["arguments"]> };
});

export const tools: z.ZodType<ToolsShape> = section(
  {
    allow: texts({
      description: "The server's tools that are offered, by their own names; `*` stands for anything. Default: all.",
      examples: [["search_*"]],
    }).optional(),
    deny: texts({ description: "Those of them that are not.", examples: [["delete_*"]] }).optional(),
    override: z.record(z.string(), override).meta({ description: "How single tools are shown, by their own names." }).prefault({}),
  },
  { description: "Which of the server's tools are offered, and how." },
);
