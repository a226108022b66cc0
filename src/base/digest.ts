import { createHash } from "node:crypto";
import { isObject } from "./json.ts";

/** A piece of text that is ready, or a value that is not. */
type Step = { readonly text: string } | { readonly value: unknown };

/**
 * JSON with object keys in order, so that equal values have equal text (RFC 8785 in spirit: no number rewriting is needed
 * here). Iterative: values of clients and servers may be nested more deeply than the stack.
 */
export function canonicalJson(value: unknown): string {
  const done: string[] = [];
  const todo: Step[] = [{ value }];
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    if ("text" in step) done.push(step.text);
    else for (const next of stepsOf(step.value).toReversed()) todo.push(next);
  }
  return done.join("");
}

function stepsOf(value: unknown): Step[] {
  if (Array.isArray(value)) {
    const items = value.flatMap((item, index): Step[] => [{ text: index === 0 ? "" : "," }, { value: item }]);
    return [{ text: "[" }, ...items, { text: "]" }];
  }
  if (!isObject(value)) return [{ text: JSON.stringify(value) ?? "null" }];
  const keys = Object.keys(value)
    .toSorted()
    .filter((key) => value[key] !== undefined);
  const members = keys.flatMap((key, index): Step[] => [
    { text: `${index === 0 ? "" : ","}${JSON.stringify(key)}:` },
    { value: value[key] },
  ]);
  return [{ text: "{" }, ...members, { text: "}" }];
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
