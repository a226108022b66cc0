/** Finds tools by what they say of themselves: BM25 over weighted fields. Pure; who owns it decides when it works. */

import type { Item, Section, Snapshot } from "../catalog/item.ts";
import { weightsOf } from "./fields.ts";
import { best, type Candidate } from "./ranking.ts";
import { Scorer } from "./scorer.ts";
import { ServerPrior } from "./server-prior.ts";
import { Vocabulary } from "./vocabulary.ts";

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
  /** How much each tool is used, from 0 to 1 for the one that is used most; a soft advantage. */
  readonly usage?: (item: Item) => number;
}

/** How soon a further occurrence of a word stops counting. */
const SATURATION = 2;
const LIMIT = 10;
/** How much a tool gains that is used more than any other. */
const USAGE_GAIN = 0.15;
/** So many documents that are gone are carried along before everything is read anew. */
const SPARE = 1000;

interface Document {
  readonly item: Item;
  /** The number of its server's part. */
  readonly part: number;
}

/** One server's tools in the index. */
interface Part {
  readonly items: readonly Item[];
  readonly section: Section | undefined;
  readonly documents: number[];
}

export class ToolIndex {
  #vocabulary = new Vocabulary();
  #scorer = new Scorer(this.#vocabulary);
  readonly #parts = new Map<string, Part>();
  #documents: (Document | undefined)[] = [];
  #partCount = 0;
  #size = 0;

  /** How many tools can be found. */
  get size(): number {
    return this.#size;
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
      this.#parts.delete(server);
      for (const document of part.documents) {
        this.#removeTool(document, part.section);
        yield;
      }
    }
    if (this.#documents.length > 2 * this.#size + SPARE) this.#clear();
    for (const [server, items] of wanted) {
      if (!this.#parts.has(server)) yield* this.#add(server, items, snapshot.sections.get(server));
    }
  }

  /** The tools that fit the query best, best first; of equals, the one that comes first by its name. Never throws, whatever the text. */
  search(query: string, { limit = LIMIT, only, usage }: SearchOptions = {}): Hit[] {
    const scored = this.#scorer.score(query, this.#size, this.#documents.length);
    const prior = new ServerPrior();
    const candidates: Candidate[] = [];
    for (const document of scored.documents) {
      const found = this.#documents[document];
      if (found === undefined || only?.(found.item.name, found.item) === false) continue;
      const score = scored.scores[document] ?? 0;
      prior.note(found.part, score);
      candidates.push({ ...found, score });
    }
    this.#scorer.clear(scored);
    for (const candidate of candidates) {
      const { part, item, score } = candidate;
      candidate.score = prior.raise(part, score) * (1 + USAGE_GAIN * (usage?.(item) ?? 0));
    }
    return best(candidates, limit).map(({ item, score }) => ({ name: item.name, item, score }));
  }

  *#add(server: string, items: readonly Item[], section: Section | undefined): Generator<void, void, void> {
    const part: Part = { items, section, documents: [] };
    this.#parts.set(server, part);
    const number = this.#partCount++;
    for (const item of items) {
      part.documents.push(this.#addTool({ item, part: number }, section));
      yield;
    }
  }

  #addTool(added: Document, section: Section | undefined): number {
    const document = this.#documents.push(added) - 1;
    for (const [term, weight] of weightsOf(added.item, section)) {
      this.#vocabulary.add(term, document, (weight * (SATURATION + 1)) / (weight + SATURATION));
    }
    this.#size++;
    return document;
  }

  /** The terms are found anew in its text: to keep them for each tool would double what the index takes. */
  #removeTool(document: number, section: Section | undefined): void {
    const removed = this.#documents[document];
    if (removed === undefined) return;
    for (const term of weightsOf(removed.item, section).keys()) this.#vocabulary.remove(term);
    this.#documents[document] = undefined;
    this.#size--;
  }

  /** More is gone than there: everything is read anew. */
  #clear(): void {
    this.#vocabulary = new Vocabulary();
    this.#scorer = new Scorer(this.#vocabulary);
    this.#parts.clear();
    this.#documents = [];
    this.#size = 0;
  }
}

function isSame(part: Part, items: readonly Item[] | undefined, section: Section | undefined): boolean {
  if (items?.length !== part.items.length || section?.instructions !== part.section?.instructions) return false;
  return part.documents.length === items.length && items.every((item, at) => item === part.items[at]);
}
