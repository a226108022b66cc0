/** What `read_result` is asked for. */

import type { Body } from "../base/body.ts";
import { ToolyardError } from "../base/errors.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";

/** Numbers count from where the text begins that is read: the part, or what the pointer names. */
export interface Query {
  readonly handle: string;
  /** From 1. */
  readonly part: number;
  readonly pointer?: string | undefined;
  /** Bytes. */
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
  /** From 1. */
  readonly line?: number | undefined;
  readonly lines?: number | undefined;
  readonly search?: string | undefined;
  readonly regex?: string | undefined;
  /** Characters before and behind a match. */
  readonly context: number;
  /** Matches, or elements of an array, to be left out. */
  readonly skip: number;
}

const MOST_CONTEXT = 2_000;

const whole = (minimum: number, description: string): JsonObject => ({ type: "integer", minimum, description });

export const querySchema: JsonObject = {
  type: "object",
  properties: {
    handle: { type: "string", description: "As the preview names it." },
    part: whole(1, "As the preview numbers them; 1 without it."),
    pointer: { type: "string", description: 'JSON Pointer, as "/rows/0/name"; the rest then counts within that value.' },
    offset: whole(0, "First byte."),
    length: whole(1, "Bytes."),
    line: whole(1, "First line."),
    lines: whole(1, "How many."),
    search: { type: "string", description: "Literal text to find: gives places, pointers, the text around." },
    regex: { type: "string", description: "As search, a JavaScript pattern." },
    context: { ...whole(0, "Characters around a match; 80 without it."), maximum: MOST_CONTEXT },
    skip: whole(0, "Matches or array elements to leave out."),
  },
  required: ["handle"],
};

/** @throws INVALID_ARGUMENTS */
export function parseQuery(args: Body): Query {
  const handle = text(args, "handle");
  if (handle === undefined) throw wrong("`handle` is missing.");
  const [search, regex] = [text(args, "search"), text(args, "regex")];
  if (search !== undefined && regex !== undefined) throw wrong("`search` and `regex` cannot both be given.");
  if (search === "" || regex === "") throw wrong("What is searched for must not be empty.");
  return {
    handle,
    part: number(args, "part", 1) ?? 1,
    pointer: text(args, "pointer"),
    offset: number(args, "offset", 0),
    length: number(args, "length", 1),
    line: number(args, "line", 1),
    lines: number(args, "lines", 1),
    search,
    regex,
    context: Math.min(number(args, "context", 0) ?? 80, MOST_CONTEXT),
    skip: number(args, "skip", 0) ?? 0,
  };
}

function text(args: Body, key: string): string | undefined {
  const value = given(args, key);
  if (value === undefined || typeof value === "string") return value;
  throw wrong(`\`${key}\` must be a string.`);
}

/** Some models write numbers as texts. */
function number(args: Body, key: string, least: number): number | undefined {
  const value = given(args, key);
  const read = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (read === undefined) return undefined;
  if (typeof read === "number" && Number.isSafeInteger(read) && read >= least) return read;
  throw wrong(`\`${key}\` must be a whole number from ${least} on.`);
}

/** Some models write null for what they leave out. */
function given(args: Body, key: string): JsonValue | undefined {
  return args.get(key) ?? undefined;
}

function wrong(says: string): ToolyardError {
  return new ToolyardError("INVALID_ARGUMENTS", says, { mend: "See the schema of read_result." });
}
