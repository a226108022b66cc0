/** The index of tools: how long a search takes, how long it is built and what it takes, on catalogs that are made. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ToolIndex } from "../../src/selection/tool-index.ts";
import { MadeCatalog } from "../made-catalog.ts";
import type { Row } from "../row.ts";
import { quantile } from "../stats.ts";
import type { Scenario } from "./scenario.ts";

const sizes = [
  { tools: 2_800, p95: 1 },
  { tools: 50_000, p95: 10 },
];
const questions = 400;
/** Each question is asked so often in a round, and its shortest time counts: what else the machine does is not ours. */
const times = 4;

export const search: Scenario = async ({ rounds, effort }) => sizes.flatMap((size) => measure(size, rounds, Math.ceil(questions * effort)));

function measure({ tools, p95 }: { tools: number; p95: number }, rounds: number, count: number): Row[] {
  const catalog = new MadeCatalog(tools);
  const before = heapAfterCollection();
  const index = new ToolIndex();
  const { whole, longest } = build(index, catalog);
  const megabytes = (heapAfterCollection() - before) / 1024 ** 2;
  const asked = catalog.questions(count);
  const taken = Array.from({ length: rounds }, () => asked.map((question) => shortest(() => index.search(question))));
  const of = `of ${tools.toLocaleString("en")} made tools`;
  return [
    {
      figure: `${of}, p95`,
      unit: "ms",
      toolyard: taken.map((round) => quantile(round, 0.95)),
      bound: { on: "value", sense: "at most", limit: p95 },
    },
    { figure: `${of}, p50`, unit: "ms", toolyard: taken.map((round) => quantile(round, 0.5)) },
    { figure: `index ${of}, built`, unit: "ms", toolyard: [whole] },
    { figure: `index ${of}, longest single step of building`, unit: "ms", toolyard: [longest] },
    { figure: `index ${of}, memory`, unit: "MB", toolyard: [megabytes] },
  ];
}

function build(index: ToolIndex, { snapshot }: MadeCatalog): { whole: number; longest: number } {
  let [whole, longest] = [0, 0];
  const steps = index.applying(snapshot);
  for (;;) {
    const start = performance.now();
    const { done } = steps.next();
    const took = performance.now() - start;
    whole += took;
    longest = Math.max(longest, took);
    if (done === true) break;
  }
  return { whole, longest };
}

function shortest(work: () => unknown): number {
  return Math.min(...Array.from({ length: times }, () => timed(work)));
}

/** In ms. */
function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** In bytes; what typed arrays hold included. */
function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 2; round++) runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
