/** What a question wants, as the catalog has it: for each wanted term the postings that may stand for it. */

import { relatedTo } from "./lexicon/related.ts";
import type { PostingList } from "./postings.ts";
import type { Clause, Wanted } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How much rarer words count more: 1 is BM25's own. */
const RARITY = 1.2;
/** A repeated word counts as often as it stands there, to this power. */
const REPETITION = 0.5;
/** What a guess at a mistyped word is worth. */
const GUESS = 0.3;
/** What more than this share of all tools say, or so many, tells nothing in another word's place. */
const COMMON = { share: 0.25, tools: 1_000 };
/** Of a long question so many terms count, those that say most, and none any more when so many entries of lists are to be read. */
const MOST = { terms: 64, entries: 100_000 };

interface Choice {
  readonly list: PostingList;
  /** How rare the term is, times how much of the wanted one it is worth. */
  readonly factor: number;
}

export interface Concept {
  readonly choices: readonly Choice[];
  /** What it weighs in the whole question. */
  readonly weight: number;
  /** How often it stands there. */
  readonly count: number;
}

/** How rare a term is that so many of `size` documents have. */
export function rarity(having: number, size: number): number {
  return Math.log(1 + (size - having + 0.5) / (having + 0.5)) ** RARITY;
}

/** How much a word of this weight counts that stands there so often. */
export function emphasis(weight: number, count: number): number {
  return weight * count ** REPETITION;
}

/** The concepts of all clauses by their term; what nothing in the catalog can stand for is left out. */
export function conceptsOf(clauses: readonly Clause[], vocabulary: Vocabulary, size: number): ReadonlyMap<string, Concept> {
  const wanted = new Map<string, { first: Wanted; count: number }>();
  for (const clause of clauses) {
    for (const [term, each] of clause) {
      const known = wanted.get(term);
      if (known === undefined) wanted.set(term, { first: each, count: each.count });
      else known.count += each.count;
    }
  }
  const concepts = new Map<string, Concept>();
  for (const [term, { first, count }] of wanted) {
    const choices = choicesOf(first, vocabulary, size);
    if (choices.length > 0) concepts.set(term, { choices, weight: emphasis(first.weight, count), count });
  }
  return weightiest(concepts);
}

function weightiest(concepts: ReadonlyMap<string, Concept>): ReadonlyMap<string, Concept> {
  const weighed = [...concepts].map(([term, concept]) => {
    const { choices, weight, count } = concept;
    const factor = choices.reduce((most, choice) => Math.max(most, choice.factor), 0);
    const entries = choices.reduce((sum, { list }) => sum + list.size, 0);
    return { term, concept, weight: weight * factor, entries: entries * count };
  });
  const kept = new Map<string, Concept>();
  let read = 0;
  for (const { term, concept, entries } of weighed.toSorted((a, b) => b.weight - a.weight)) {
    read += entries;
    if (kept.size === MOST.terms || (kept.size > 0 && read > MOST.entries)) break;
    kept.set(term, concept);
  }
  return kept;
}

function choicesOf({ term, joined }: Wanted, vocabulary: Vocabulary, size: number): Choice[] {
  const own = vocabulary.find(term);
  const limit = own === undefined ? Number.POSITIVE_INFINITY : rarity(own.live, size);
  const common = Math.min(COMMON.share * size, COMMON.tools);
  const choices: Choice[] = [];
  const consider = (other: string, share: number, most: number): void => {
    const list = vocabulary.find(other);
    if (list !== undefined && (other === term || list.live < common))
      choices.push({ list, factor: share * Math.min(most, rarity(list.live, size)) });
  };
  consider(term, 1, limit);
  if (joined !== undefined) consider(joined, 1, Number.POSITIVE_INFINITY);
  for (const [other, share] of relatedTo(term)) consider(other, share, limit);
  if (choices.length === 0) for (const other of vocabulary.near(term)) consider(other, GUESS, limit);
  return choices;
}
