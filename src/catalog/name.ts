/**
 * Exposed names: what clients and models call a tool or prompt. A name depends on the configuration and on
 * the server's own list alone, in whatever order it came; other servers never matter.
 */

import { sha256 } from "../base/digest.ts";

export interface NameRules {
  readonly server: string;
  /** Empty: bare names. */
  readonly namespace: string;
  readonly separator: string;
  readonly maxLength: number;
  /** What the host itself puts before every name; its length is kept free. */
  readonly hostPrefix: string;
  /** Names that are given away already, so that no other may take them. */
  readonly taken?: ReadonlySet<string>;
}

interface Candidate {
  readonly origin: string;
  /** Prefixed and legal, but not yet shortened. */
  readonly name: string;
  /** Nothing was done to it but to put the prefix before it. */
  readonly untouched: boolean;
  /** Replaced, too long, or taken: needs a hash in any company. */
  readonly lossy: boolean;
}

/** Hash digits, tried in turn until the names differ; the first suffices unless somebody builds collisions. */
const DIGITS = [6, 12, 24, 48];

/** A namespace as it is compared: `My-Server` and `my_server` are one. */
function foldNamespace(namespace: string): string {
  return namespace.toLowerCase().replaceAll("-", "_");
}

/** The text with every character that models may not see in a name made `_`. */
function legalName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/gu, "_");
}

/** How long an exposed name may be. */
export function nameLimit(rules: Pick<NameRules, "maxLength" | "hostPrefix">): number {
  return rules.maxLength - rules.hostPrefix.length;
}

/** What all exposed names of a namespace begin with. */
export function namePrefix(rules: Pick<NameRules, "namespace" | "separator">): string {
  return rules.namespace === "" ? "" : legalName(rules.namespace + rules.separator);
}

/**
 * The exposed names of one server's tools (or prompts), by their own names.
 *
 * Entries that are no string or empty get none, and neither does one for which the limit leaves no room.
 */
export function exposedNames(origins: readonly unknown[], rules: NameRules): Map<string, string> {
  const distinct = new Set(origins.filter((origin) => typeof origin === "string"));
  distinct.delete("");
  const candidates = [...distinct].map((origin) => candidateOf(origin, rules));
  const names = plainNames(candidates);
  const rest = candidates.filter((candidate) => !names.has(candidate.origin));
  addHashed(names, rest, rules);
  return names;
}

/**
 * The name with `_` and a hash of the tool's id at its end, cut so that it fits.
 *
 * @returns undefined where that would cut into the prefix
 */
export function hashedName(
  name: string,
  id: string,
  { limit, prefix, digits = 6 }: { limit: number; prefix: string; digits?: number },
): string | undefined {
  const tail = `_${sha256(id).slice(0, digits)}`;
  const room = limit - tail.length;
  return room < prefix.length ? undefined : name.slice(0, room) + tail;
}

function candidateOf(origin: string, rules: NameRules): Candidate {
  const rest = withoutStutter(origin, rules);
  const legal = legalName(rest);
  const name = namePrefix(rules) + legal;
  const lossy = legal !== rest || name.length > nameLimit(rules) || rules.taken?.has(name) === true;
  return { origin, name, untouched: rest === origin, lossy };
}

/** The tool's name without the namespace that it repeats, as in `linear_getViewer` of `linear`. */
function withoutStutter(origin: string, { namespace, separator }: NameRules): string {
  const start = origin.slice(0, namespace.length);
  if (namespace === "" || foldNamespace(start) !== foldNamespace(legalName(namespace))) return origin;
  const rest = origin.slice(namespace.length);
  const joint = separator !== "" && rest.startsWith(separator) ? separator.length : /^[_.:/ -]/.test(rest) ? 1 : 0;
  return joint > 0 && rest.length > joint ? rest.slice(joint) : origin;
}

/** Gives the plain name to whoever alone has a right to it: of several, to the one that needed no change. */
function plainNames(candidates: readonly Candidate[]): Map<string, string> {
  const groups = Map.groupBy(
    candidates.filter((candidate) => !candidate.lossy),
    (candidate) => candidate.name,
  );
  const names = new Map<string, string>();
  for (const [name, group] of groups) {
    const keeper = group.length === 1 ? group[0] : group.find((candidate) => candidate.untouched);
    if (keeper !== undefined) names.set(keeper.origin, name);
  }
  return names;
}

function addHashed(names: Map<string, string>, candidates: readonly Candidate[], rules: NameRules): void {
  const used = new Set([...names.values(), ...(rules.taken ?? [])]);
  let open = candidates;
  for (const digits of DIGITS) {
    for (const [name, owners] of Map.groupBy(open, (candidate) => withHash(candidate, rules, digits))) {
      const [owner, rival] = owners;
      if (name === undefined || owner === undefined || rival !== undefined || used.has(name)) continue;
      names.set(owner.origin, name);
      used.add(name);
    }
    open = open.filter(({ origin }) => !names.has(origin));
  }
}

function withHash({ origin, name }: Candidate, rules: NameRules, digits: number): string | undefined {
  return hashedName(name, `${rules.server}/${origin}`, { limit: nameLimit(rules), prefix: namePrefix(rules), digits });
}
