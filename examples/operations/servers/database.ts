/** The demo's database server: PostgreSQL with the shop of `seed.ts`, over Streamable HTTP (`--port N`, else a free port). */

import { McpServer, type CallToolResult } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure, table } from "../../answer.ts";
import { serve } from "../../serve.ts";
import { openPostgres, type Rows } from "./postgres.ts";

const SCHEMA_URI = "database://schema";
const MAX_ROWS = 200;

const TABLES = `
SELECT c.relname AS "table", pg_catalog.obj_description(c.oid) AS description
FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace
ORDER BY 1`;

const COLUMNS = `
SELECT column_name AS "column", data_type AS type, is_nullable = 'YES' AS nullable
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1
ORDER BY ordinal_position`;

const postgres = await openPostgres();

const statement = z.object({ sql: z.string().min(1).describe("One SQL statement, in PostgreSQL's dialect") });
const rowsShape = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).describe("Exact numbers and times come as text"),
  rowCount: z.number().int().describe(`All rows; at most ${MAX_ROWS} of them are in rows`),
});

function make(): McpServer {
  const server = new McpServer(
    { name: "database", version: "1.0.0" },
    { instructions: "The shop's PostgreSQL database. Look at list_tables and describe_table before you write a query; all times are UTC." },
  );
  server.registerTool(
    "query",
    {
      title: "Query the database",
      description: "Runs one SQL statement that only reads, such as SELECT, and returns its rows. It cannot change data.",
      inputSchema: statement,
      outputSchema: rowsShape,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ sql }) => answerRows(postgres.read(sql)),
  );
  server.registerTool(
    "execute",
    {
      title: "Change the database",
      description: "Runs one SQL statement that changes data or tables (INSERT, UPDATE, DELETE, CREATE …) and commits it.",
      inputSchema: statement,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    ({ sql }) => explainErrors(async () => answer(`Done. Rows affected: ${(await postgres.write(sql)).affected}.`)),
  );
  server.registerTool(
    "list_tables",
    {
      title: "List tables",
      description: "Lists the tables of the database and what each holds.",
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    () => answerRows(postgres.read(TABLES)),
  );
  server.registerTool(
    "describe_table",
    {
      title: "Describe a table",
      description: "Shows the columns of one table, with their types.",
      inputSchema: z.object({ table: z.string().describe("A name that list_tables gave") }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ table: name }) => describeTable(name),
  );
  server.registerResource(
    "schema",
    SCHEMA_URI,
    { title: "Schema", description: "Every table with its columns", mimeType: "text/plain" },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: "text/plain", text: await schema() }] }),
  );
  return server;
}

function answerRows(pending: Promise<Rows>): Promise<CallToolResult> {
  return explainErrors(async () => {
    const { columns, rows } = await pending;
    const shown = rows.slice(0, MAX_ROWS);
    const count = `(${rows.length} ${rows.length === 1 ? "row" : "rows"}${shown.length < rows.length ? `, the first ${MAX_ROWS} shown` : ""})`;
    return answer(`${table(columns, shown)}\n${count}`, { columns, rows: shown, rowCount: rows.length });
  });
}

function describeTable(name: string): Promise<CallToolResult> {
  return explainErrors(async () => {
    const columns = await postgres.read(COLUMNS, [name]);
    if (columns.rows.length > 0) return answerRows(Promise.resolve(columns));
    const tables = await postgres.read(TABLES);
    return failure(`There is no table "${name}". There are: ${tables.rows.map(([known]) => known).join(", ")}.`);
  });
}

async function schema(): Promise<string> {
  const tables = await postgres.read(TABLES);
  const parts: string[] = [];
  for (const [name, description] of tables.rows) {
    const { columns, rows } = await postgres.read(COLUMNS, [name ?? null]);
    parts.push(`${name}: ${description ?? ""}\n${table(columns, rows)}`);
  }
  return parts.join("\n\n");
}

/** Gives the database's own message to the model, with the hint and the place that PostgreSQL adds. */
async function explainErrors(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    const { message, code, detail, hint, position } = error as Error & Partial<Record<"code" | "detail" | "hint" | "position", string>>;
    const place = position === undefined ? "" : ` At character ${position}.`;
    return failure([`${message}${code === undefined ? "" : ` (SQLSTATE ${code})`}.${place}`, detail, hint].filter(Boolean).join(" "));
  }
}

await serve(make, { port: 0, close: () => postgres.close() });
