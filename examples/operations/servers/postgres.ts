/** PostgreSQL inside this process (PGlite), seeded with the demo shop. */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { PGlite, types, type Results } from "@electric-sql/pglite";
import type { Cell } from "../../answer.ts";
import { SEED } from "./seed.ts";

/** What a statement gave. */
export interface Rows {
  readonly columns: string[];
  readonly rows: Cell[][];
  /** Rows changed by an INSERT, UPDATE or DELETE. */
  readonly affected: number;
}

export interface Postgres {
  /** Runs one statement that cannot change anything: whatever it does is rolled back. */
  read(sql: string, parameters?: readonly Cell[]): Promise<Rows>;
  /** Runs one statement in a transaction of its own. */
  write(sql: string): Promise<Rows>;
  close(): Promise<void>;
}

/** An empty cluster takes seconds to make and always looks the same, so it is kept beside the installed package. */
const CACHE = new URL("../../../node_modules/.cache/toolyard-examples/", import.meta.url);

/** Text for everything that JSON has no exact value for: timestamps, 64-bit integers, decimals, bytes. */
const asText = (value: string): string => value;
const PARSERS = Object.fromEntries(
  [types.INT8, types.NUMERIC, types.DATE, types.TIMESTAMP, types.TIMESTAMPTZ, types.BYTEA].map((type) => [type, asText]),
);

export async function openPostgres(): Promise<Postgres> {
  const database = await openCluster();
  await database.exec(SEED);
  const run = (sql: string, parameters: readonly Cell[], readOnly: boolean): Promise<Rows> =>
    database.transaction(async (transaction) => {
      if (readOnly) await transaction.exec("SET TRANSACTION READ ONLY");
      const results = await transaction.query<unknown[]>(sql, [...parameters], { rowMode: "array", parsers: PARSERS });
      if (readOnly) await transaction.rollback();
      return toRows(results);
    });
  return {
    read: (sql, parameters = []) => run(sql, parameters, true),
    write: (sql) => run(sql, [], false),
    close: () => database.close(),
  };
}

async function openCluster(): Promise<PGlite> {
  const manifest = new URL("../../../node_modules/@electric-sql/pglite/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const file = new URL(`postgres-${version}.tar`, CACHE);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined) {
    const opened = await PGlite.create({ loadDataDir: new Blob([kept]) }).catch(() => undefined);
    if (opened !== undefined) return opened;
  }
  const database = await PGlite.create();
  await keep(database, file);
  return database;
}

/** Keeps the empty cluster for the next start; where that cannot be written, the next start is as slow as this one. */
async function keep(database: PGlite, file: URL): Promise<void> {
  const partial = new URL(`${file.href}.${process.pid}`);
  try {
    const dump = await database.dumpDataDir("none");
    await mkdir(CACHE, { recursive: true });
    await writeFile(partial, Buffer.from(await dump.arrayBuffer()));
    await rename(partial, file);
  } catch {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

function toRows(results: Results<unknown[]>): Rows {
  return {
    columns: results.fields.map((field) => field.name),
    rows: results.rows.map((row) => row.map(toCell)),
    affected: results.affectedRows ?? 0,
  };
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}
