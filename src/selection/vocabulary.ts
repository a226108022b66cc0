/** All terms of the catalog with their postings, and what a mistyped one was probably meant to be. */

import { PostingList } from "./postings.ts";

/** Shorter words are too easily others. */
const SHORTEST_MISTYPED = 5;
const GUESSES = 3;

export class Vocabulary {
  readonly #lists = new Map<string, PostingList>();
  /** Terms by their first two letters: who mistypes seldom does so at the beginning. */
  readonly #byStart = new Map<string, Set<string>>();

  /** The postings of a term that some tool has. */
  find(term: string): PostingList | undefined {
    return this.#lists.get(term);
  }

  add(term: string, document: number, impact: number): void {
    const list = this.#lists.get(term) ?? this.#insert(term);
    list.add(document, impact);
  }

  /** One document with this term is gone. */
  remove(term: string): void {
    const list = this.#lists.get(term);
    if (list === undefined || --list.live > 0) return;
    this.#lists.delete(term);
    this.#byStart.get(startOf(term))?.delete(term);
  }

  /** Terms that are one slip away from an unknown one. */
  near(term: string): string[] {
    if (term.length < SHORTEST_MISTYPED) return [];
    const near: string[] = [];
    for (const candidate of this.#byStart.get(startOf(term)) ?? []) {
      if (near.length === GUESSES) break;
      if (isOneSlip(term, candidate)) near.push(candidate);
    }
    return near;
  }

  #insert(term: string): PostingList {
    const list = new PostingList();
    this.#lists.set(term, list);
    const start = startOf(term);
    const siblings = this.#byStart.get(start);
    if (siblings === undefined) this.#byStart.set(start, new Set([term]));
    else siblings.add(term);
    return list;
  }
}

function startOf(term: string): string {
  return term.slice(0, 2);
}

/** One letter left out, put in, replaced, or swapped with its neighbour. */
function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || short.length < SHORTEST_MISTYPED - 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  const isSwapped = short[at] === long[at + 1] && short[at + 1] === long[at];
  return short.slice(at + 1) === long.slice(at + 1) || (isSwapped && short.slice(at + 2) === long.slice(at + 2));
}
