/**
 * `npm run soak [-- --minutes N | --hours N] [--seed N] [--keep]`: everything at once for so long, 10 minutes by default.
 * Exit code 0 when nothing came of it that must not; `--keep` writes the figures into bench/RESULTS.md.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withSection } from "./results.ts";
import { soak, type SoakResult } from "./soak.ts";

const RESULTS = join(import.meta.dirname, "../../bench/RESULTS.md");
const TITLE = "Soak";

const { values } = parseArgs({
  options: { minutes: { type: "string" }, hours: { type: "string" }, seed: { type: "string" }, keep: { type: "boolean" } },
});
const minutes = values.hours === undefined ? Number(values.minutes ?? 10) : Number(values.hours) * 60;
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write("Usage: npm run soak [-- --minutes N | --hours N] [--seed N] [--keep]\n");
  process.exitCode = 2;
} else {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`Soak of ${minutes} minutes, seed ${seed}.`);
  const result = await soak({ seconds: minutes * 60, seed, say });
  say(`\n${tableOf(result)}\n`);
  for (const fault of result.faults) say(`✗ ${fault}`);
  say(result.faults.length === 0 ? "Nothing lost, nothing crossed, nothing left." : "");
  if (values.keep === true) writeFileSync(RESULTS, withSection(readFileSync(RESULTS, "utf8"), TITLE, sectionOf(result)));
  process.exitCode = result.faults.length === 0 ? 0 : 1;
}

function sectionOf(result: SoakResult): string {
  const verdict =
    result.faults.length === 0 ? "Nothing was lost, nothing crossed, nothing is left." : `Not well: ${result.faults.join("; ")}`;
  return [
    `Written by \`npm run soak -- --keep\`, ${new Date().toISOString().slice(0, 10)}, seed ${result.seed}: 20 servers of all kinds and both eras that crash, hang, restart and`,
    "send garbage, a configuration that is saved again and again, and ten clients of both eras at a time, of which half vanish without goodbye. Each call carries a word",
    "that nobody else uses. The gateway is looked at when nobody calls, before the first fault and after the last.",
    "",
    tableOf(result),
    "",
    verdict,
  ].join("\n");
}

function tableOf({ seconds, tally, before, after, samples, heapSlope }: SoakResult): string {
  const codes = [...tally.codes].toSorted(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  const failed = [...tally.codes.values()].reduce((sum, each) => sum + each, 0);
  const most = (what: "residentMb" | "descriptors" | "children"): number => Math.max(...samples.map((each) => each[what]));
  const rows: readonly (readonly [string, string])[] = [
    ["time", `${Math.round(seconds)} s`],
    ["faults", `${tally.faults}`],
    ["calls answered", `${tally.calls}, of them ${failed} with an error (${((100 * failed) / Math.max(1, tally.calls)).toFixed(1)} %)`],
    ["errors", codes.join(", ") || "none"],
    ["calls whose client had left", `${tally.vanished}`],
    ["lost, crossed, run twice, or failed without a fault", `${tally.wrongs}`],
    ["descriptors before / after / most", `${before.descriptors} / ${after.descriptors} / ${most("descriptors")}`],
    ["timers before / after", `${before.timers} / ${after.timers}`],
    ["children before / after / most", `${before.children} / ${after.children} / ${most("children")}`],
    ["resident memory before / after / most", `${mb(before.residentMb)} / ${mb(after.residentMb)} / ${mb(most("residentMb"))}`],
    ["slope of the heap's floor", `${heapSlope.toFixed(1)} MB an hour`],
    ["processor time of the gateway", `${(after.cpuSeconds - before.cpuSeconds).toFixed(0)} s`],
  ];
  return ["| figure | value |", "|---|---|", ...rows.map(([figure, value]) => `| ${figure} | ${value} |`)].join("\n");
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`;
}
