/** `selection`, and what a toolset says otherwise: how many tools a model is shown. */

import { z } from "zod";
import type { SelectionConfig, SelectionOverride } from "../config.ts";
import { choice, section, template, text, whole, type About } from "./fields.ts";

const MODES = ["auto", "all", "search"] as const;

/** The least leave room for the tools that find the others, and for what those say. */
const tools = (about: About) => whole({ min: 5, max: 10_000 }, 30, about);
const tokens = (about: About) => whole({ min: 1_000, max: 10_000_000 }, 8_000, about);
const patterns = (about: About) =>
  z.array(z.string().regex(/^[^/]+\/.+$/, { error: 'must be a server and a tool, such as "github/search_*".' })).meta({ ...about });

/** Before placeholders are replaced. */
export type SelectionShape = SelectionConfig & {
  readonly embeddings?: { readonly url: string; readonly model: string; readonly headers: Readonly<Record<string, string>> } | undefined;
};

export const selection: z.ZodType<SelectionShape> = section(
  {
    mode: choice(MODES, "auto", {
      description:
        "Which tools a model is shown. `auto`: all, while they fit the budget, and else as `search`. `search`: those of `pins`, and with them `find_tools`, `describe_tool` and `call_tool`, by which it reaches the others. `all`: every one.",
      examples: ["search"],
    }),
    budget: section(
      {
        tools: tools({ description: "So many tools at the most, those of Toolyard counted.", examples: [20] }),
        tokens: tokens({ description: "So many tokens of the model's window at the most, as an estimate.", examples: [5_000] }),
      },
      { description: "How much a model is shown." },
    ).prefault({}),
    pins: patterns({
      description:
        "Tools that are shown in any case, as `server/tool`, by the names that the servers give, the most important first; `*` stands for anything. What goes beyond the budget is left out.",
      examples: [["github/search_*"]],
    }).prefault([]),
    embeddings: section(
      {
        url: template({
          description:
            "The address before `/embeddings`, as OpenAI and those that follow it have it. What tools say of themselves, and queries, are sent there.",
          examples: ["http://127.0.0.1:11434/v1"],
        }),
        model: text({ description: "The model that makes the vectors.", examples: ["nomic-embed-text"] }),
        headers: z
          .record(z.string(), z.string())
          .meta({
            description: "Sent with each request, such as the key of the endpoint.",
            examples: [{ Authorization: "Bearer ${secret:embeddings}" }],
          })
          .prefault({}),
      },
      { description: "Lets searches go by meaning too. Without it, and while the endpoint fails, they go by words alone." },
    ).optional(),
  },
  { description: "How many tools a model is shown. What it is not shown can still be called by its name." },
);

const instead = (key: string, example?: unknown): About => {
  const description = `Stands for \`selection.${key}\` in this toolset.`;
  return example === undefined ? { description } : { description, examples: [example] };
};

/** The keys of a toolset that stand for those of `selection`. */
export const selectionKeys: { readonly [Key in keyof Required<SelectionOverride>]: z.ZodType<SelectionOverride[Key]> } = {
  mode: z
    .literal(MODES, { error: 'must be "auto", "all" or "search".' })
    .meta({ ...instead("mode", "all") })
    .optional(),
  budget: section(
    {
      tools: tools(instead("budget.tools", 20)).unwrap().optional(),
      tokens: tokens(instead("budget.tokens", 5_000)).unwrap().optional(),
    },
    instead("budget"),
  ).optional(),
  pins: patterns(instead("pins", ["crm/get_*"])).optional(),
};
