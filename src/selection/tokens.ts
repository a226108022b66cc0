/**
 * How many tokens of a model's window a tool takes. An estimate, as each model counts otherwise: calibrated on real tools
 * against a real tokenizer (its error stands in bench/RESULTS.md). Pure.
 */

import type { JsonObject } from "../base/json.ts";

/** What one piece of text costs: a word, a run of punctuation, up to three digits, a run of white space, a letter of another script. */
const COST = { word: 1, marks: 1.1, digits: 1.2, space: 1.1, other: 1.2 } as const;

const DIGITS_TOGETHER = 3;

const [LOWER, UPPER, DIGIT, SPACE, MARK, OTHER] = [0, 1, 2, 3, 4, 5];

/** By character code; all beyond are {@link OTHER}. */
const KINDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/[0-9]/.test(character)) return DIGIT;
  return /\s/.test(character) ? SPACE : MARK;
});

/** Tokens of a text; `camelCase` and `snake_case` are several words, as for tokenizers. */
export function tokensIn(text: string): number {
  let tokens = 0;
  let before = OTHER;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const kind = KINDS[text.charCodeAt(at)] ?? OTHER;
    run = kind === before ? run + 1 : 1;
    tokens += costOf(kind, before, run);
    before = kind;
  }
  return Math.ceil(tokens);
}

/** @param run which one of its kind in a row this character is */
function costOf(kind: number, before: number, run: number): number {
  switch (kind) {
    case LOWER:
      return run === 1 && before !== UPPER ? COST.word : 0;
    case UPPER:
      return run === 1 ? COST.word : 0;
    case DIGIT:
      return run % DIGITS_TOGETHER === 1 ? COST.digits : 0;
    case SPACE:
      return run === 2 ? COST.space : 0;
    case MARK:
      return run === 1 ? COST.marks : 0;
    default:
      return COST.other;
  }
}

const known = new WeakMap<JsonObject, number>();

/** Tokens of a tool's definition: of that in it which hosts show to models. */
export function tokensOf(definition: JsonObject): number {
  const counted = known.get(definition);
  if (counted !== undefined) return counted;
  const { name, description, inputSchema } = definition;
  const tokens = tokensIn(JSON.stringify({ name, description, inputSchema }));
  known.set(definition, tokens);
  return tokens;
}
