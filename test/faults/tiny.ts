/** Servers of a few lines, for tests that start hundreds of processes or need one that Node cannot be. */

import type { StdioEntry } from "../support/fixture.ts";

/** A shell is there in a millisecond. `afterCall` is what it does once it has answered a call. */
export function shellServer(afterCall = ":", env: Record<string, string> = {}): StdioEntry {
  const script = `
answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$id" "$1"; }
while IFS= read -r line; do
  id=\${line#*'"id":'}; id=\${id%%[,\\}]*}
  case $line in
    *'"method":"initialize"'*) answer '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"method":"tools/list"'*) answer '"result":{"tools":[{"name":"pid","inputSchema":{"type":"object"}}]}' ;;
    *'"method":"tools/call"'*) answer '"result":{"content":[{"type":"text","text":"'$$'"}]}'; ${afterCall} ;;
    *'"method":"notifications/'*) ;;
    *) answer '"error":{"code":-32601,"message":"Method not found"}' ;;
  esac
done`;
  return { command: "/bin/sh", args: ["-c", literal(script)], env };
}

/** Runs this JavaScript in place of a server. */
export function scriptServer(script: string): StdioEntry {
  return { command: process.execPath, args: ["-e", literal(script)], env: {} };
}

/** What a shell and JavaScript expand, a configuration must not. */
function literal(script: string): string {
  return script.replaceAll("${", () => "$${");
}
