/** The part of docs/protocol.md that is made here. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("../../docs/protocol.md", import.meta.url));
const START = "<!-- matrix -->\n";
const END = "<!-- /matrix -->\n";

/** @throws Error when the page has lost its markers */
export function readTables(): string {
  const { from, to, text } = read();
  return text.slice(from, to);
}

/** @throws Error when the page has lost its markers */
export function writeTables(tables: string): void {
  const { from, to, text } = read();
  writeFileSync(PAGE, text.slice(0, from) + tables + text.slice(to));
}

function read(): { text: string; from: number; to: number } {
  const text = readFileSync(PAGE, "utf8");
  const [start, to] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || to < start) throw new Error(`${PAGE} has no "${START.trim()}" with a "${END.trim()}" after it.`);
  return { text, from: start + START.length, to };
}
