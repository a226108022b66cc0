/** Writes the pages that are made from tables in the code. With --check it only says whether they are up to date. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, schemaFile } from "./pages/configuration.ts";
import { errorsPage } from "./pages/errors.ts";

const root = join(import.meta.dirname, "..");

const pages: ReadonlyMap<string, string> = new Map([
  ["docs/errors.md", errorsPage()],
  ["docs/configuration.md", configurationPage()],
  ["toolyard.schema.json", schemaFile()],
]);

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

const stale = [...pages].filter(([path, text]) => current(path) !== text);
const names = stale.map(([path]) => path).join(", ");
if (process.argv.includes("--check")) {
  if (names !== "") console.error(`Not up to date: ${names}. Run \`npm run docs\` and commit the result.`);
  process.exitCode = names === "" ? 0 : 1;
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  console.log(names === "" ? "Everything is up to date." : `Written: ${names}`);
}
