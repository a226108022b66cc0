import { ERRORS } from "../../src/base/errors.ts";

/** docs/errors.md: the table of errors. */
export function errorsPage(): string {
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
  return `# Errors

Made from the table in \`src/base/errors.ts\` by \`npm run docs\`; change it there.

Every error that leaves Toolyard carries one of these codes. *Again* says whether the same request may succeed later without a
change. The last three columns say how it reaches a client: as the answer to \`tools/call\`, as the JSON-RPC error of any other
method, and as the HTTP status where it ends an HTTP request. A server's own JSON-RPC error passes through unchanged.

| Code | What happened | What to do | Again | In \`tools/call\` | JSON-RPC | HTTP |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
