/** Writes what is made from tables in the code: docs/errors.md. With --check only says whether it is up to date. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ERRORS } from "../src/base/errors.ts";

const root = join(import.meta.dirname, "..");

const generated: Record<string, string> = {
  "docs/errors.md": errorsPage(),
};

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, error]) => {
    const call = error.inCall === "isError" ? "a result with `isError`" : `error ${error.rpc}`;
    const cells = [
      `<a id="${code}"></a>\`${code}\``,
      error.meaning,
      error.mend,
      error.retryable ? "yes" : "no",
      call,
      error.rpc,
      error.http,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "# Errors",
    "",
    "Made from the table in `src/base/errors.ts` by `npm run docs`; change it there.",
    "",
    "Every error that leaves Toolyard carries one of these codes. *Again* says whether the same request may succeed later without a",
    "change. The last three columns say how it reaches a client: as the answer to `tools/call`, as the JSON-RPC error of any other",
    "method, and as the HTTP status where it ends an HTTP request. A server's own JSON-RPC error passes through unchanged.",
    "",
    "| Code | What happened | What to do | Again | In `tools/call` | JSON-RPC | HTTP |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

const stale = Object.keys(generated).filter((path) => current(path) !== generated[path]);
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`Not up to date: ${stale.join(", ")}. Run \`npm run docs\` and commit the result.`);
    process.exitCode = 1;
  }
} else {
  for (const path of stale) writeFileSync(join(root, path), generated[path] ?? "");
  console.log(stale.length > 0 ? `Written: ${stale.join(", ")}` : "Everything is up to date.");
}
