/** The kinds of field that the schema is made of, each with its check, its default, and what the JSON Schema and the documentation say of it. */

import { z } from "zod";
import { didYouMean } from "../nearest.ts";
import { oneOf, quote } from "../problems.ts";
import { parseDuration, parseRate, parseSize } from "./units.ts";

/** What is said about a field: `examples` are shown in the documentation, the first one only. */
export interface About {
  readonly description: string;
  readonly examples?: readonly unknown[];
}

type Field<T> = z.ZodType<T>;

/** A field that has a value even where the file gives none. */
type Filled<T> = z.ZodPrefault<Field<T>>;

/**
 * An object that refuses keys it does not know, and names the nearest that it does.
 *
 * @param later keys that belong to a later version
 */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  about: About,
  later: readonly string[] = [],
): z.ZodObject<Shape, z.core.$strict> {
  const explain = (key: string): string =>
    later.includes(key) ? "is not available in this version." : `is not a known key.${didYouMean(key, Object.keys(shape))}`;
  const error = (issue: z.core.$ZodRawIssue): string | undefined =>
    issue.code === "unrecognized_keys" ? issue.keys.map(explain).join("\n") : undefined;
  return z.strictObject(shape, { error }).meta({ ...about });
}

export function text(about: About): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ ...about });
}

/** Text in which placeholders are replaced; may be empty. */
export function template(about: About): z.ZodString {
  return z.string().meta({ ...about });
}

export function texts(about: About): z.ZodArray<z.ZodString> {
  return z.array(z.string().min(1)).meta({ ...about });
}

export function flag(about: About): z.ZodBoolean {
  return z.boolean().meta({ ...about });
}

export function choice<const T extends string>(words: readonly T[], fallback: NoInfer<T>, about: About): Filled<T> {
  const says = `must be ${oneOf(words.map(quote))}.`;
  const error = ({ input }: { input?: unknown }): string => (typeof input === "string" ? says + didYouMean(input, words) : says);
  return z
    .literal(words, { error })
    .meta({ ...about })
    .prefault(fallback as never);
}

export function whole(range: { min: number; max: number }, fallback: number, about: About): Filled<number> {
  const error = `must be a whole number from ${range.min} to ${range.max}.`;
  return z
    .int({ error })
    .min(range.min, { error })
    .max(range.max, { error })
    .meta({ ...about })
    .prefault(fallback);
}

export function duration(min: string, max: string, about: About): Field<number> {
  const says = `must be a duration from ${min} to ${max}, such as "250ms", "60s" or "10m".`;
  return quantity(parseDuration, { min, max }, says, { title: "duration", type: ["string", "integer"], ...about });
}

export function size(min: string, max: string, about: About): Field<number> {
  const says = `must be a size from ${min} to ${max}, such as "128KB" or "10MB".`;
  return quantity(parseSize, { min, max }, says, { title: "size", type: ["string", "integer"], ...about });
}

export function rate(about: About): Field<{ count: number; windowMs: number }> {
  const says = 'must be a count from 1 to 1000 in a window from 1s to 1h, such as "5/60s".';
  return z
    .unknown()
    .meta({ title: "rate", type: "string", ...about })
    .transform((value, context) => {
      const found = parseRate(value);
      const fits = found !== undefined && found.count >= 1 && found.count <= 1000 && found.windowMs >= 1000 && found.windowMs <= 3_600_000;
      return fits ? found : refuse(context, says);
    });
}

interface Quantity extends About {
  readonly title: string;
  readonly type: readonly string[];
}

function quantity(
  parse: (value: unknown) => number | undefined,
  { min, max }: { min: string; max: string },
  says: string,
  { description, ...about }: Quantity,
): Field<number> {
  const least = parse(min) ?? 0;
  const most = parse(max) ?? 0;
  return z
    .unknown()
    .meta({ ...about, description: `${description} From ${min} to ${max}.` })
    .transform((value, context) => {
      const found = parse(value);
      return found !== undefined && found >= least && found <= most ? found : refuse(context, says);
    });
}

/** Ends a transform with one problem. */
export function refuse(context: z.core.$RefinementCtx, says: string): never {
  context.issues.push({ code: "custom", message: says, input: undefined });
  return z.NEVER;
}
