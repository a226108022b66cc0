/** Names of the tools that Toolyard itself offers beside those of servers. No server's tool is ever shown under one of them. */
export const OWN_NAMES: ReadonlySet<string> = new Set(["find_tools", "describe_tool", "call_tool", "read_tool", "read_result"]);

/** Why a server's tool cannot have the name that somebody chose for it. */
export function ownNameFault(name: string): string | undefined {
  return OWN_NAMES.has(name) ? `Its name \`${name}\` is one of Toolyard's own tools; give it another with \`tools.override\`.` : undefined;
}
