import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "@modelcontextprotocol/client";
import { startServer, type StartedServer } from "../../start-server.ts";
import { callText, connect, eras } from "../../test-client.ts";

let started: StartedServer;
beforeAll(async () => {
  started = await startServer(new URL("database.ts", import.meta.url));
});
afterAll(() => started.close());

describe.each(eras)("database server, %s era", (era) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect(started, era);
  });
  afterAll(() => client.close());

  it("lists its tools and says which of them only read", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["query", true],
      ["execute", false],
      ["list_tables", true],
      ["describe_table", true],
    ]);
  });

  it("answers a query with a table and with structured rows", async () => {
    const result = await client.callTool({
      name: "query",
      arguments: { sql: "SELECT id, severity, opened_at FROM incidents WHERE resolved_at IS NULL ORDER BY id" },
    });
    expect(result.structuredContent).toEqual({
      columns: ["id", "severity", "opened_at"],
      rows: [
        [6, 3, "2026-11-19 11:20:00+00"],
        [7, 1, "2026-11-20 14:05:00+00"],
      ],
      rowCount: 2,
    });
    expect(result.content).toEqual([
      { type: "text", text: expect.stringMatching(/^id \| severity \| opened_at\n.*\n.*\n 7 \|.*\n\(2 rows\)$/s) },
    ]);
  });

  it("holds the story of incident 7: orders fail from the deployment until the old pool is back", async () => {
    const sql = "SELECT count(*)::int AS failed, sum(total) AS total, min(placed_at)::text AS first FROM orders WHERE status = 'failed'";
    const { structuredContent } = await client.callTool({ name: "query", arguments: { sql } });
    expect(structuredContent).toMatchObject({ rows: [[4, "519.50", "2026-11-20 14:00:00+00"]] });
  });

  it("shows at most 200 rows and says how many there are", async () => {
    const { structuredContent } = await client.callTool({ name: "query", arguments: { sql: "SELECT generate_series(1, 1000) AS n" } });
    expect(structuredContent).toMatchObject({ rowCount: 1000, rows: { length: 200 } });
  });

  it.each([
    ["selec 1", 'ERROR: syntax error at or near "selec" (SQLSTATE 42601). At character 1.'],
    ["SELECT * FROM nope", 'ERROR: relation "nope" does not exist (SQLSTATE 42P01). At character 15.'],
    ["SELECT 1 / 0", "ERROR: division by zero (SQLSTATE 22012)."],
    ["DELETE FROM orders", "ERROR: cannot execute DELETE in a read-only transaction (SQLSTATE 25006)."],
    ["SELECT 1; DROP TABLE orders", "ERROR: cannot insert multiple commands into a prepared statement (SQLSTATE 42601)."],
  ])("answers %s with the database's own message", async (sql, message) => {
    expect(await callText(client, "query", { sql })).toBe(message);
  });

  it.each(["COMMIT", "SET search_path = nowhere", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"])(
    "keeps nothing of %s in a query",
    async (sql) => {
      await callText(client, "query", { sql });
      expect(await callText(client, "query", { sql: "SHOW search_path" })).toContain("public");
      expect(await callText(client, "query", { sql: "DELETE FROM orders" })).toContain("read-only");
    },
  );

  it("changes data by execute alone", async () => {
    expect(await callText(client, "execute", { sql: `CREATE TABLE notes_${era} (text text)` })).toBe("Done. Rows affected: 0.");
    expect(await callText(client, "execute", { sql: `INSERT INTO notes_${era} VALUES ('a'), ('b')` })).toBe("Done. Rows affected: 2.");
    expect(await callText(client, "query", { sql: `SELECT count(*)::int AS n FROM notes_${era}` })).toMatch(/^n\n-\n2\n/);
    expect(await callText(client, "execute", { sql: `DROP TABLE notes_${era}` })).toBe("Done. Rows affected: 0.");
    expect(await callText(client, "execute", { sql: "INSERT INTO orders VALUES (1)" })).toMatch(/^ERROR: null value in column "customer"/);
  });

  it("describes its tables, and names them where one is unknown", async () => {
    expect(await callText(client, "list_tables")).toMatch(/deployments.*incidents.*orders.*services/s);
    expect(await callText(client, "describe_table", { table: "incidents" })).toContain("timestamp with time zone");
    expect(await callText(client, "describe_table", { table: "x'; --" })).toMatch(
      /^ERROR: There is no table "x'; --"\. There are: deployments, /,
    );
  });

  it("offers its schema as a resource", async () => {
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(["database://schema"]);
    const { contents } = await client.readResource({ uri: "database://schema" });
    expect(contents).toMatchObject([{ text: expect.stringMatching(/deployments: .*placed_at/s) }]);
  });
});

describe("database server, on the wire", () => {
  const post = (headers: Record<string, string>, body: string): Promise<Response> =>
    fetch(started.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
      body,
    });

  it.each([
    ["a foreign origin", { origin: "https://evil.example" }, "{}", 403],
    ["a forgotten session", { "mcp-session-id": "gone" }, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, 404],
    ["no session", {}, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, 400],
    ["what is no JSON", {}, "{", 400],
  ])("refuses %s", async (_, headers, body, status) => {
    expect((await post(headers, body)).status).toBe(status);
  });

  it("knows only its one path", async () => {
    expect((await fetch(new URL("/", started.url))).status).toBe(404);
  });
});
