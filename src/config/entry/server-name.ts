/** Names of servers: keys of a Map here, but elsewhere file names, parts of URLs and of tool ids. */

import { quote, type Path, type Problem } from "../problems.ts";

const MAX_LENGTH = 64;

/** Names by which JavaScript itself could be tripped up. */
const RESERVED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), "prototype"]);

/** What is wrong with a server's name, as a predicate; undefined where nothing is. */
function faultOf(name: string): string | undefined {
  if (name === "") return "must not be empty.";
  if (RESERVED.has(name)) return "is a name that JavaScript itself uses.";
  if (name === "." || name === "..") return "is a folder, not a name.";
  if (/[/\\]/.test(name)) return "must not hold / or \\.";
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return "must not hold characters that cannot be seen.";
  if (name.trim() !== name) return "must not begin or end with a space.";
  if (name.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters long.`;
  return undefined;
}

/** The names that are refused, each with its reason: bad ones, and those equal to an earlier one but for case. */
export function refusedNames(names: readonly string[]): Map<string, Problem> {
  const refused = new Map<string, Problem>();
  const earlier = new Map<string, string>();
  for (const name of names) {
    const fault = faultOf(name) ?? takenBy(earlier.get(folded(name)));
    if (fault === undefined) earlier.set(folded(name), name);
    else refused.set(name, { path: pathOf(name), says: fault, key: true, mend: "Give the server another name." });
  }
  return refused;
}

function takenBy(earlier: string | undefined): string | undefined {
  return earlier === undefined ? undefined : `differs from ${quote(earlier)} only in case.`;
}

function pathOf(name: string): Path {
  return ["mcpServers", name];
}

function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
