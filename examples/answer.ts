/** What the demo servers' tools answer with: MCP results made of text, and text made of rows. */

import type { CallToolResult } from "@modelcontextprotocol/server";

/** One table cell as it came out of a database or was computed. */
export type Cell = string | number | boolean | null;

/** A successful result; `structured` is the same answer for programs. */
export function answer(text: string, structured?: Record<string, unknown>): CallToolResult {
  const content: CallToolResult["content"] = [{ type: "text", text }];
  return structured === undefined ? { content } : { content, structuredContent: structured };
}

/** A result that tells the model what went wrong, so that it can try something else. */
export function failure(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

/** Rows as an aligned text table, numbers to the right. */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const numeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === "number"));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join(" | ")
      .trimEnd();
  return [line(columns), widths.map((width) => "-".repeat(width)).join("-+-"), ...cells.map(line)].join("\n");
}
