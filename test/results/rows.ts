/** A server on stdio whose one tool returns 4 MB of rows. Hand-written JSON-RPC, legacy era. */

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/** The text that `rows` returns: always the same. */
export function rowsText(): string {
  const rows = Array.from({ length: 32_000 }, (_, id) => ({
    id,
    customer: `Kunde ${id}`,
    city: id === 20_417 ? "Zürich" : "Bern",
    orders: [{ sku: `S-${id % 97}`, count: id % 5 }],
    note: id % 3 === 0 ? null : "— nothing of note —",
  }));
  return JSON.stringify({ total: rows.length, rows, next: null });
}

const TOOL = {
  name: "rows",
  description: "All customers.",
  inputSchema: { type: "object" },
  outputSchema: { type: "object", properties: { total: { type: "number" } } },
};

function answer(method: string): unknown {
  if (method === "initialize")
    return { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "rows", version: "1" } };
  if (method === "tools/list") return { tools: [TOOL] };
  if (method !== "tools/call") return undefined;
  const text = rowsText();
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) as unknown };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line) as { id?: number; method: string };
    if (message.id === undefined) return;
    const result = answer(message.method);
    const outcome = result === undefined ? { error: { code: -32601, message: "Not here." } } : { result };
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: message.id, ...outcome })}\n`);
  });
}
