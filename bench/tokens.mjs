// What a model's window is spared: the tools of real servers, all of them beside what the search shows, and what searching
// itself costs. Counted with a real tokenizer (o200k), which also says how far our own estimate is off.
//
//   node bench/tokens.mjs CATALOG      CATALOG: a folder of JSON files, one a server: { name, tools: […], instructions? }

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

const { openToolyard } = await import("../src/index.ts");
const { tokensOf } = await import("../src/selection/tokens.ts");

const folder = process.argv[2] ?? process.env.TOOL_CATALOG;
if (folder === undefined) {
  console.error("Say where the definitions of real servers are: node bench/tokens.mjs FOLDER, or TOOL_CATALOG=FOLDER.");
  process.exit(2);
}

const SIZES = [10, 20, 38];
const EACH = 3;

const shown = ({ name, description, inputSchema }) => JSON.stringify({ name, description, inputSchema });
const counted = (tools) => tools.reduce((sum, tool) => sum + countTokens(shown(tool)), 0);
const share = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const number = (value) => Math.round(value).toLocaleString("en-US");
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const servers = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .toSorted()
  .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")))
  .filter(({ tools }) => tools?.length > 0);

printError(servers);
console.log("");
console.log("| servers | tools | all, tokens | shown, tools | shown, tokens | spared | one search, tokens | searches until it is even |");
console.log("|---|---|---|---|---|---|---|---|");
for (const size of SIZES) await printRow(spread(servers, size));

/** So many servers out of all, evenly over their names. */
function spread(all, size) {
  return Array.from(
    { length: Math.min(size, all.length) },
    (_, index) => all[Math.floor((index * all.length) / Math.min(size, all.length))],
  );
}

function printError(all) {
  const tools = all.flatMap((server) => server.tools);
  const errors = tools.map((tool) => Math.abs(tokensOf(tool) / countTokens(shown(tool)) - 1)).toSorted((a, b) => a - b);
  const ofServers = all.map((server) => Math.abs(server.tools.reduce((sum, tool) => sum + tokensOf(tool), 0) / counted(server.tools) - 1));
  const total = tools.reduce((sum, tool) => sum + tokensOf(tool), 0) / counted(tools) - 1;
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  console.log("| estimate of tokens | mean error of a tool | p95 | worst | worst server | all together |");
  console.log("|---|---|---|---|---|---|");
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const [p95, worst] = [errors[Math.floor(errors.length * 0.95)], errors.at(-1)];
  console.log(
    `| ${tools.length} tools | ${percent(mean)} | ${percent(p95)} | ${percent(worst)} | ${percent(Math.max(...ofServers))} | ${percent(total)} |`,
  );
}

async function printRow(chosen) {
  const directory = mkdtempSync(join(tmpdir(), "toolyard-tokens-"));
  const paths = { config: directory, cache: directory, state: directory, runtime: directory };
  const yard = await openToolyard({ mcpServers: entriesOf(chosen) }, { paths });
  try {
    await yard.ready();
    const view = yard.view({ surface: "search" });
    const [all, few] = [yard.tools(), view.tools()];
    const cost = median(await Promise.all(queriesFor(chosen).map((query) => costOfSearch(view, query))));
    const [whole, part] = [counted(all), counted(few)];
    const cells = [chosen.length, number(all.length), number(whole), few.length, number(part), share(whole - part, whole), number(cost)];
    console.log(`| ${[...cells, number((whole - part) / cost)].join(" | ")} |`);
  } finally {
    await yard.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function entriesOf(chosen) {
  const local = (tool) => ({ ...tool, call: () => "" });
  return Object.fromEntries(
    chosen.map(({ name, tools, instructions }) => [
      name,
      { tools: tools.map(local), ...(instructions && { instructions: { text: instructions } }) },
    ]),
  );
}

/** What a model would ask for some tools of each server: their first sentence. */
function queriesFor(chosen) {
  return chosen.flatMap(({ tools }) =>
    tools.slice(0, EACH).map(({ name, description }) => /^[^.\n]+/.exec(description ?? name)?.[0] ?? name),
  );
}

/** The call and its answer, as they stand in the conversation. */
async function costOfSearch(view, query) {
  const args = { queries: [query] };
  const { content } = await view.callTool("find_tools", args);
  return countTokens(JSON.stringify({ name: "find_tools", arguments: args })) + countTokens(content[0].text);
}
