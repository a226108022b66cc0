/** How well each document answers a question. The formula, and why it is so, stand in docs/selection.md. */

import { conceptsOf, emphasis, rarity, type Concept } from "./concepts.ts";
import { clausesOf, type Clause } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How much a document gains that has all that was asked for, over one that has next to nothing of it. */
const COVERAGE = 0.85;
/** The part of a score that comes from the one clause that the document fits best. */
const CLAUSE = 0.4;
/** A clause is answered when its best document has so much of what a single, rarest word would give. */
const ENOUGH = 0.75;

export interface Scored {
  /** All that have anything of what is wanted. */
  readonly documents: readonly number[];
  /** By document; good until {@link Scorer.clear}. */
  readonly scores: Float64Array;
}

/** How much a concept counts in the whole question, and in one clause of it. */
interface Emphasis {
  readonly part: number;
  readonly here: number;
}

/** The documents that have been reached: by the question, and by one clause of it. */
interface Reached {
  readonly documents: number[];
  readonly touched: number[];
}

/** One search at a time. All arrays are kept, and are zero between two searches. */
export class Scorer {
  readonly #vocabulary: Vocabulary;
  #capacity = 0;
  #total = new Float64Array();
  #coverage = new Float64Array();
  #fitting = new Float64Array();
  #clause = new Float64Array();
  #best = new Float64Array();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /**
   * @param size how many documents there are
   * @param capacity all documents have smaller numbers than this
   */
  score(question: string, size: number, capacity: number): Scored {
    this.#reserve(capacity);
    const clauses = clausesOf(question);
    const concepts = conceptsOf(clauses, this.#vocabulary, size);
    const documents: number[] = [];
    for (const clause of clauses) {
      const touched = this.#scoreClause(clause, concepts, documents);
      if (clauses.length > 1) this.#noteFit(touched, ENOUGH * rarity(1, size));
    }
    this.#cover(documents, concepts);
    if (clauses.length > 1) this.#fuse(documents);
    return { documents, scores: this.#total };
  }

  /** Ends the use of a result. */
  clear({ documents }: Scored): void {
    for (const document of documents) this.#total[document] = 0;
  }

  /** Adds what each document has of the clause to its total, and to its score in this clause. */
  #scoreClause(clause: Clause, concepts: ReadonlyMap<string, Concept>, documents: number[]): number[] {
    const touched: number[] = [];
    for (const [term, { count, weight }] of clause) {
      const concept = concepts.get(term);
      if (concept === undefined) continue;
      const part = (concept.weight * count) / concept.count;
      this.#addConcept(concept, { part, here: emphasis(weight, count) }, { documents, touched });
    }
    return touched;
  }

  #addConcept(concept: Concept, { part, here }: Emphasis, { documents, touched }: Reached): void {
    const [best, total, inClause, coverage] = [this.#best, this.#total, this.#clause, this.#coverage];
    for (const document of this.#findBest(concept)) {
      const value = best[document] ?? 0;
      best[document] = 0;
      if (total[document] === 0) documents.push(document);
      if (inClause[document] === 0) touched.push(document);
      total[document] = (total[document] ?? 0) + value * part;
      coverage[document] = (coverage[document] ?? 0) + part;
      inClause[document] = (inClause[document] ?? 0) + value * here;
    }
  }

  /** Of all that may stand for a concept the best counts, not the sum: many synonyms are no better than the word itself. */
  #findBest({ choices }: Concept): number[] {
    const found: number[] = [];
    const best = this.#best;
    for (const { list, factor } of choices) {
      const { documents, impacts, size } = list;
      for (let at = 0; at < size; at++) {
        const document = documents[at] ?? 0;
        const before = best[document] ?? 0;
        const value = factor * (impacts[at] ?? 0);
        if (before === 0) found.push(document);
        if (value > before) best[document] = value;
      }
    }
    return found;
  }

  /** Each clause is a wish of its own; one that next to nothing in the catalog answers to gives its best a small fit only. */
  #noteFit(touched: readonly number[], enough: number): void {
    const clause = this.#clause;
    const most = largest(clause, touched);
    const scale = Math.min(1, most / enough) / most;
    for (const document of touched) {
      this.#fitting[document] = Math.max(this.#fitting[document] ?? 0, (clause[document] ?? 0) * scale);
      clause[document] = 0;
    }
  }

  #cover(documents: readonly number[], concepts: ReadonlyMap<string, Concept>): void {
    let wanted = 0;
    for (const { weight } of concepts.values()) wanted += weight;
    for (const document of documents) {
      const share = (this.#coverage[document] ?? 0) / wanted;
      this.#total[document] = (this.#total[document] ?? 0) * (1 + COVERAGE * share);
      this.#coverage[document] = 0;
      this.#clause[document] = 0;
    }
  }

  #fuse(documents: readonly number[]): void {
    const fitting = this.#fitting;
    const scale = largest(this.#total, documents) / largest(fitting, documents);
    for (const document of documents) {
      this.#total[document] = (1 - CLAUSE) * (this.#total[document] ?? 0) + CLAUSE * scale * (fitting[document] ?? 0);
      fitting[document] = 0;
    }
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    this.#capacity = Math.ceil(capacity * 1.25);
    this.#total = new Float64Array(this.#capacity);
    this.#coverage = new Float64Array(this.#capacity);
    this.#fitting = new Float64Array(this.#capacity);
    this.#clause = new Float64Array(this.#capacity);
    this.#best = new Float64Array(this.#capacity);
  }
}

function largest(values: Float64Array, documents: readonly number[]): number {
  let most = Number.MIN_VALUE;
  for (const document of documents) most = Math.max(most, values[document] ?? 0);
  return most;
}
