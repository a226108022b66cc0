/** Which other terms may stand for a term, and how much of it they are worth. Knows no catalog: general words alone. */

import { stem } from "../stem.ts";
import { wordsOf } from "../words.ts";
import { SYNONYMS } from "./synonyms.ts";
import { TOPICS } from "./topics.ts";
import { TRANSLATIONS } from "./translations.ts";

const SYNONYM = 0.35;
const TOPIC = 0.2;
const TRANSLATION = 0.75;

type Related = ReadonlyMap<string, number>;

const none: Related = new Map();
let made: ReadonlyMap<string, Related> | undefined;

/** Stems that are worth something where `term` is wanted. */
export function relatedTo(term: string): Related {
  made ??= make();
  return made.get(term) ?? none;
}

/** Made when it is first needed: a start does not pay for it. */
function make(): ReadonlyMap<string, Related> {
  const all = new Map<string, Map<string, number>>();
  const relate = (from: string, to: string, share: number): void => {
    const others = all.get(from) ?? new Map<string, number>();
    all.set(from, others);
    if (from !== to) others.set(to, Math.max(share, others.get(to) ?? 0));
  };
  for (const row of groups(TOPICS)) pairs(row, (from, to) => relate(from, to, TOPIC));
  for (const row of groups(SYNONYMS)) pairs(row, (from, to) => relate(from, to, SYNONYM));
  for (const row of groups(TRANSLATIONS)) {
    pairs(row, (from, to) => {
      if (isLatin(from) !== isLatin(to)) relate(from, to, TRANSLATION);
    });
  }
  return all;
}

function groups(table: string): string[][] {
  return table
    .trim()
    .split("\n")
    .map((row) => row.split(" ").map(termOf));
}

/** Of a longer Chinese word its first pair of signs, by which it is found. */
function termOf(word: string): string {
  return isLatin(word) ? stem(word) : (wordsOf(word)[0] ?? word);
}

function pairs(row: readonly string[], take: (from: string, to: string) => void): void {
  for (const from of row) for (const to of row) take(from, to);
}

function isLatin(word: string): boolean {
  return /^[a-z0-9]/.test(word);
}
