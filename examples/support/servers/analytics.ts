/** The demo's analytics server: how customers use the product, by month. On stdio. */

import { McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure, table } from "../../answer.ts";
import { serve } from "../../serve.ts";

const months = ["2026-08", "2026-09", "2026-10", "2026-11"] as const;
const metrics = {
  logins: "People who logged in at least once",
  exports: "Exports that were started",
  failed_exports: "Exports that did not finish",
  api_calls: "Calls to the API",
} as const;

type Metric = keyof typeof metrics;
const metricNames = Object.keys(metrics) as [Metric, ...Metric[]];

/** By customer and metric, a number for each month. */
const usage: Readonly<Record<string, Readonly<Record<Metric, readonly number[]>>>> = {
  "C-101": {
    logins: [41, 44, 46, 47],
    exports: [22, 20, 23, 31],
    failed_exports: [0, 1, 0, 19],
    api_calls: [81_200, 84_900, 90_100, 93_400],
  },
  "C-102": { logins: [2, 2, 3, 3], exports: [1, 0, 1, 0], failed_exports: [0, 0, 0, 0], api_calls: [0, 0, 0, 0] },
  "C-103": { logins: [9, 9, 11, 12], exports: [4, 4, 5, 5], failed_exports: [0, 0, 0, 0], api_calls: [300, 280, 310, 290] },
  "C-104": { logins: [14, 13, 13, 12], exports: [8, 7, 9, 6], failed_exports: [0, 0, 1, 0], api_calls: [0, 0, 120, 140] },
  "C-105": {
    logins: [38, 40, 35, 22],
    exports: [12, 14, 13, 9],
    failed_exports: [1, 0, 0, 1],
    api_calls: [22_000, 23_500, 22_900, 21_700],
  },
};

const readOnly = { readOnlyHint: true, idempotentHint: true, openWorldHint: false } as const;

function make(): McpServer {
  const server = new McpServer(
    { name: "analytics", version: "1.0.0" },
    { instructions: "Usage by month. Customers are named by their CRM id, as C-101." },
  );
  server.registerTool(
    "query",
    {
      title: "Query usage",
      description: "One metric by month, of one customer or of all together.",
      inputSchema: z.object({
        metric: z.enum(metricNames),
        customer: z.string().optional().describe("The customer's CRM id; without it, the sum over all"),
      }),
      outputSchema: z.object({ metric: z.string(), values: z.record(z.string(), z.number()) }),
      annotations: readOnly,
    },
    ({ metric, customer }) => {
      const chosen = customer === undefined ? Object.values(usage) : [usage[customer]].filter((known) => known !== undefined);
      if (chosen.length === 0) return failure(`There is no usage of ${customer}. Known are ${Object.keys(usage).join(", ")}.`);
      const sums = months.map((_, at) => chosen.reduce((sum, one) => sum + (one[metric][at] ?? 0), 0));
      const values = Object.fromEntries(months.map((month, at) => [month, sums[at] ?? 0]));
      return answer(table(["month", metric], Object.entries(values)), { metric, values });
    },
  );
  server.registerTool(
    "list_metrics",
    { title: "List metrics", description: "What can be queried, and what each metric counts.", annotations: readOnly },
    () => answer(table(["metric", "counts"], Object.entries(metrics))),
  );
  return server;
}

await serve(make);
