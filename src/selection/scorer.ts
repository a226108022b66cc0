/** How well each document answers a question. The formula, and why it is so, stand in docs/selection.md. */

import { conceptsOf, emphasis, rarity, type Concept } from "./concepts.ts";
import { clausesOf, type Clause } from "./question.ts";
import { Reached } from "./reached.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How much a document gains that has all that was asked for, over one that has next to nothing of it. */
const COVERAGE = 0.85;
/** The part of a score that comes from the one clause that the document fits best. */
const CLAUSE = 0.4;
/** A clause is answered when its best document has so much of what a single, rarest word would give. */
const ENOUGH = 0.75;

export interface Scored {
  /** All that have anything of what is wanted. */
  readonly reached: Reached;
  /** By document; good until {@link Scorer.clear}. */
  readonly scores: Float64Array;
}

/** How much a concept counts in the whole question, and in one clause of it. */
interface Emphasis {
  readonly part: number;
  readonly here: number;
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
  /** Documents of the question, of the clause, and of the concept that is being scored. */
  readonly #reached = new Reached();
  readonly #touched = new Reached();
  readonly #found = new Reached();

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
    const isOne = clauses.length < 2;
    for (const clause of clauses) {
      this.#scoreClause(clause, concepts, isOne);
      if (!isOne) this.#noteFit(ENOUGH * rarity(1, size));
    }
    this.#cover(concepts);
    if (!isOne) this.#fuse();
    return { reached: this.#reached, scores: this.#total };
  }

  /** Ends the use of a result. */
  clear({ reached: { ids, size } }: Scored): void {
    for (let at = 0; at < size; at++) this.#total[ids[at] ?? 0] = 0;
  }

  /** Adds what each document has of the clause to its total and, unless it is the only one, to its score in this clause. */
  #scoreClause(clause: Clause, concepts: ReadonlyMap<string, Concept>, isOnly: boolean): void {
    this.#touched.begin(this.#capacity);
    for (const [term, { count, weight }] of clause) {
      const concept = concepts.get(term);
      if (concept === undefined) continue;
      this.#findBest(concept);
      const part = (concept.weight * count) / concept.count;
      this.#addConcept({ part, here: isOnly ? 0 : emphasis(weight, count) });
    }
  }

  /** Of all that may stand for a concept the best counts, not the sum: many synonyms are no better than the word itself. */
  #findBest({ choices }: Concept): void {
    const found = this.#found;
    const best = this.#best;
    found.begin(this.#capacity);
    for (const { list, factor } of choices) {
      const { documents, impacts, size } = list;
      for (let at = 0; at < size; at++) {
        const document = documents[at] ?? 0;
        const before = best[document] ?? 0;
        const value = factor * (impacts[at] ?? 0);
        if (before === 0) found.add(document);
        if (value > before) best[document] = value;
      }
    }
  }

  #addConcept({ part, here }: Emphasis): void {
    const [best, total, inClause, coverage] = [this.#best, this.#total, this.#clause, this.#coverage];
    const [reached, touched] = [this.#reached, this.#touched];
    const { ids, size } = this.#found;
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      const value = best[document] ?? 0;
      best[document] = 0;
      const before = total[document] ?? 0;
      if (before === 0) reached.add(document);
      total[document] = before + value * part;
      coverage[document] = (coverage[document] ?? 0) + part;
      if (here === 0) continue;
      const fit = inClause[document] ?? 0;
      if (fit === 0) touched.add(document);
      inClause[document] = fit + value * here;
    }
  }

  /** Each clause is a wish of its own; one that next to nothing in the catalog answers to gives its best a small fit only. */
  #noteFit(enough: number): void {
    const [clause, fitting] = [this.#clause, this.#fitting];
    const most = largest(clause, this.#touched);
    const scale = Math.min(1, most / enough) / most;
    const { ids, size } = this.#touched;
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      fitting[document] = Math.max(fitting[document] ?? 0, (clause[document] ?? 0) * scale);
      clause[document] = 0;
    }
  }

  #cover(concepts: ReadonlyMap<string, Concept>): void {
    const [total, coverage] = [this.#total, this.#coverage];
    let wanted = 0;
    for (const { weight } of concepts.values()) wanted += weight;
    const { ids, size } = this.#reached;
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      total[document] = (total[document] ?? 0) * (1 + (COVERAGE * (coverage[document] ?? 0)) / wanted);
      coverage[document] = 0;
    }
  }

  #fuse(): void {
    const [total, fitting] = [this.#total, this.#fitting];
    const scale = (CLAUSE * largest(total, this.#reached)) / largest(fitting, this.#reached);
    const { ids, size } = this.#reached;
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      total[document] = (1 - CLAUSE) * (total[document] ?? 0) + scale * (fitting[document] ?? 0);
      fitting[document] = 0;
    }
  }

  #reserve(capacity: number): void {
    if (capacity > this.#capacity) {
      this.#capacity = Math.ceil(capacity * 1.25);
      this.#total = new Float64Array(this.#capacity);
      this.#coverage = new Float64Array(this.#capacity);
      this.#fitting = new Float64Array(this.#capacity);
      this.#clause = new Float64Array(this.#capacity);
      this.#best = new Float64Array(this.#capacity);
    }
    this.#reached.begin(this.#capacity);
  }
}

function largest(values: Float64Array, { ids, size }: Reached): number {
  let most = Number.MIN_VALUE;
  for (let at = 0; at < size; at++) most = Math.max(most, values[ids[at] ?? 0] ?? 0);
  return most;
}
