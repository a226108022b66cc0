/** Finds tools by what they say of themselves: BM25 over weighted fields. Pure; who owns it decides when it works. */

import type { Item, Section, Snapshot } from "../catalog/item.ts";
import { FIELDS, fieldsOf, type FieldName } from "./fields.ts";
import { PostingList } from "./postings.ts";
import { stem } from "./stem.ts";
import { wordsOf } from "./words.ts";

export interface Hit {
  /** Exposed name. */
  readonly name: string;
  readonly item: Item;
  /** Comparable within one search only. */
  readonly score: number;
}

export interface SearchOptions {
  /** At most so many hits; 10 when nothing is said. */
  readonly limit?: number;
  /** Which tools may be found; all when nothing is said. */
  readonly only?: (name: string, item: Item) => boolean;
  /** How much each tool has been used, from 0 to 1; a soft advantage. */
  readonly usage?: (item: Item) => number;
}

/** How soon a further occurrence of a word stops counting. */
const SATURATION = 1.2;
const LIMIT = 10;
/** How much a tool gains that is used more than any other. */
const USAGE_GAIN = 0.15;

interface Document {
  readonly item: Item;
  readonly terms: readonly string[];
}

interface Part {
  readonly items: readonly Item[];
  readonly instructions: string | undefined;
  readonly documents: readonly number[];
}

export class ToolIndex {
  readonly #postings = new Map<string, PostingList>();
  readonly #parts = new Map<string, Part>();
  #documents: (Document | undefined)[] = [];
  #live = 0;
  #scores = new Float64Array(1024);

  /** How many tools can be found. */
  get size(): number {
    return this.#live;
  }

  /** Takes a state of the catalog, at once. Servers of which nothing changed cost next to nothing. */
  apply(snapshot: Snapshot): void {
    const steps = this.applying(snapshot);
    while (steps.next().done !== true);
  }

  /** As {@link ToolIndex.apply}, in steps of one tool each; a search between two steps finds what is there so far. */
  *applying(snapshot: Snapshot): Generator<void, void, void> {
    const wanted = Map.groupBy(snapshot.tools, (item) => item.server);
    for (const [server, part] of this.#parts) {
      if (isSame(part, wanted.get(server), snapshot.sections.get(server))) continue;
      this.#remove(part);
      this.#parts.delete(server);
    }
    if (this.#documents.length > 2 * this.#live + 1000) this.#clear();
    for (const [server, items] of wanted) {
      if (this.#parts.has(server)) continue;
      yield* this.#add(server, items, snapshot.sections.get(server));
    }
  }

  /** The tools that fit the query best, best first. Never throws, whatever the text. */
  search(query: string, options: SearchOptions = {}): Hit[] {
    const counts = new Map<string, number>();
    for (const word of wordsOf(query)) counts.set(stem(word), 1);
    if (this.#scores.length < this.#documents.length) this.#scores = new Float64Array(this.#documents.length * 2);
    const scores = this.#scores;
    const seen: number[] = [];
    for (const [term, count] of counts) {
      const list = this.#postings.get(term);
      if (list === undefined || list.live === 0) continue;
      list.score(count * Math.log(1 + (this.#live - list.live + 0.5) / (list.live + 0.5)), scores, seen);
    }
    return this.#take(seen, options)
      .toSorted(better)
      .slice(0, options.limit ?? LIMIT);
  }

  #take(seen: readonly number[], { only, usage }: SearchOptions): Hit[] {
    const hits: Hit[] = [];
    for (const document of seen) {
      const score = this.#scores[document] ?? 0;
      this.#scores[document] = 0;
      const item = this.#documents[document]?.item;
      if (item === undefined || only?.(item.name, item) === false) continue;
      hits.push({ name: item.name, item, score: score * (1 + USAGE_GAIN * (usage?.(item) ?? 0)) });
    }
    return hits;
  }

  *#add(server: string, items: readonly Item[], section: Section | undefined): Generator<void, void, void> {
    const documents: number[] = [];
    this.#parts.set(server, { items, instructions: section?.instructions, documents });
    for (const item of items) {
      documents.push(this.#addTool(item, section));
      yield;
    }
  }

  #addTool(item: Item, section: Section | undefined): number {
    const document = this.#documents.length;
    const weights = weightsOf(item, section);
    for (const [term, weight] of weights) {
      const list = this.#postings.get(term) ?? new PostingList();
      this.#postings.set(term, list);
      list.add(document, (weight * (SATURATION + 1)) / (weight + SATURATION));
    }
    this.#documents.push({ item, terms: [...weights.keys()] });
    this.#live++;
    return document;
  }

  #remove({ documents }: Part): void {
    for (const document of documents) {
      for (const term of this.#documents[document]?.terms ?? []) {
        const list = this.#postings.get(term);
        if (list !== undefined && --list.live === 0) this.#postings.delete(term);
      }
      this.#documents[document] = undefined;
      this.#live--;
    }
  }

  /** More is gone than there: everything is read anew. */
  #clear(): void {
    this.#postings.clear();
    this.#parts.clear();
    this.#documents = [];
    this.#live = 0;
  }
}

function better(a: Hit, b: Hit): number {
  return b.score - a.score || (a.name < b.name ? -1 : 1);
}

function isSame(part: Part, items: readonly Item[] | undefined, section: Section | undefined): boolean {
  if (items === undefined || items.length !== part.items.length || section?.instructions !== part.instructions) return false;
  return items.every((item, at) => item === part.items[at]);
}

/** How much each term of the tool counts, all fields together. */
function weightsOf(item: Item, section: Section | undefined): Map<string, number> {
  const weights = new Map<string, number>();
  const texts = fieldsOf(item, section);
  for (const field of Object.keys(FIELDS) as FieldName[]) {
    const { weight, length, slope } = FIELDS[field];
    const words = wordsOf(texts[field]);
    const each = weight / (1 - slope + slope * (words.length / length));
    for (const word of words) {
      const term = stem(word);
      weights.set(term, (weights.get(term) ?? 0) + each);
    }
  }
  return weights;
}
