/** Which of a server's tools are offered: allow and deny patterns, in which `*` stands for any run of characters. */

import type { ToolRules } from "../config/config.ts";

/**
 * Compiles patterns into one test that is true when any of them matches the whole text. Case matters.
 * Takes time linear in the text for each `*`, whatever the pattern.
 */
export function compilePatterns(patterns: readonly string[]): (text: string) => boolean {
  if (patterns.includes("*")) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const globs = patterns.filter((pattern) => pattern.includes("*")).map((pattern) => pattern.split("*"));
  return (text) => exact.has(text) || globs.some((parts) => matches(text, parts));
}

/** `parts` are the literal pieces between the stars; each is looked for once, as far left as it goes. */
function matches(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  const end = text.length - last.length;
  if (!text.startsWith(first) || end < first.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Says why a tool of this name is not offered; undefined when it is. Deny wins over allow. */
export type Filter = (origin: string) => string | undefined;

/** The filter of one server's rules, over the server's own tool names. */
export function compileFilter({ allow, deny }: Pick<ToolRules, "allow" | "deny">): Filter {
  const allowed = compilePatterns(allow);
  const denied = compilePatterns(deny);
  return (origin) => {
    if (denied(origin)) return "Denied by `tools.deny` of its server.";
    return allowed(origin) ? undefined : "Not among `tools.allow` of its server.";
  };
}
