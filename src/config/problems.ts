/** What is wrong with a configuration, in words. Names keys and places, never the value of one: it may be a secret. */

import type { z } from "zod";
import { ToolyardError } from "../base/errors.ts";

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** What is wrong there, as a predicate: `must be true or false`. */
  readonly says: string;
  /** The mend for this very case, as a sentence. */
  readonly mend?: string | undefined;
  /** True where the key itself is at fault and not its value. */
  readonly key?: boolean;
}

export interface Place {
  /** `toolyard.json:12:5` */
  readonly at: string;
  readonly offset: number;
}

/** Says where a problem stands; undefined where there is no text. */
export type Locate = (problem: Problem) => Place | undefined;

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

/** The problems that zod found, at `base` within the whole configuration. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], base: Path): Problem[] {
  return issues.flatMap((issue) => problemsOfOne(issue, base));
}

function problemsOfOne(issue: z.core.$ZodIssue, base: Path): Problem[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys") {
    const lines = issue.message.split("\n");
    return issue.keys.map((key, index) => ({ path: [...path, key], says: lines[index] ?? "is not a known key.", key: true }));
  }
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((branch) => branch.every(isInside));
    if (meant !== undefined) return problemsOf(meant, path);
  }
  return [{ path, says: issue.message }];
}

/** True where the value was of the right kind and only something inside it was wrong. */
function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === "unrecognized_keys";
}

/** How a shape is read: zod speaks our words where a field has none of its own, and compiles nothing for what is read once. */
export const inOurWords: z.core.ParseContext<z.core.$ZodIssue> = { error: predicateOf, jitless: true };

function predicateOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_type" && issue.input === undefined) return "is missing.";
  if (issue.code === "invalid_type") return `must be ${TYPES[String(issue["expected"])] ?? "something else"}.`;
  if (issue.code === "too_small") return "must not be empty.";
  return "is not valid.";
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** `mcpServers.github.args[2]`; keys that are no plain words are quoted. */
function pathText(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_$][\w$-]*$/.test(step) ? `.${step}` : `[${quote(step)}]`;
  });
  return steps.join("").replace(/^\./, "");
}

/** A word of somebody else's in quotes, with all that cannot be seen made visible. */
export function quote(word: string): string {
  const visible = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return JSON.stringify(word).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, visible);
}

/** One CONFIG_INVALID for all of `problems`, of which there is at least one, in the order in which they stand. */
export function problemsError(problems: readonly Problem[], locate: Locate, server?: string): ToolyardError {
  const placed = problems.map((problem) => ({ place: locate(problem), text: sentence(problem), mend: problem.mend }));
  const [first, ...others] = placed.toSorted((one, other) => (one.place?.offset ?? 0) - (other.place?.offset ?? 0));
  const lines = [first?.text ?? "", ...others.map(({ place, text }) => (place === undefined ? text : `${place.at}: ${text}`))];
  return new ToolyardError("CONFIG_INVALID", lines.join("\n"), {
    ...(server !== undefined && { server }),
    ...(first?.place !== undefined && { at: first.place.at }),
    ...(others.length === 0 && first?.mend !== undefined && { mend: first.mend }),
  });
}

function sentence({ path, says }: Problem): string {
  return path.length === 0 ? `The configuration ${says}` : `${pathText(path)} ${says}`;
}
