/** Finds tools by what they say of themselves: BM25 over weighted fields. Pure; who owns it decides when it works. */

import type { Item, Section, Snapshot } from "../catalog/item.ts";
import { BestFirst } from "./best-first.ts";
import { weightsOf } from "./fields.ts";
import { Scorer, type Scored } from "./scorer.ts";
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

/** One server's tools in the index. */
interface Part {
  readonly items: readonly Item[];
  readonly section: Section | undefined;
  readonly documents: number[];
}

export class ToolIndex {
  #vocabulary = new Vocabulary();
  #scorer = new Scorer(this.#vocabulary);
  readonly #prior = new ServerPrior();
  readonly #parts = new Map<string, Part>();
  /** By document; what is gone leaves a hole. */
  #items: (Item | undefined)[] = [];
  /** The number of the server's part, by document. */
  #partOf = new Int32Array(64);
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
    if (this.#items.length > 2 * this.#size + SPARE) this.#clear();
    for (const [server, items] of wanted) {
      if (!this.#parts.has(server)) yield* this.#add(server, items, snapshot.sections.get(server));
    }
  }

  /** The tools that fit the query best, best first; of equals, the one that comes first by its name. Never throws, whatever the text. */
  search(query: string, options: SearchOptions = {}): Hit[] {
    const scored = this.#scorer.score(query, this.#size, this.#items.length);
    this.#weighServers(scored, options);
    const best = this.#rank(scored, options);
    this.#scorer.clear(scored);
    return best.kept.flatMap(({ document, score }) => {
      const item = this.#items[document];
      return item === undefined ? [] : [{ name: item.name, item, score }];
    });
  }

  /** Servers are judged by what may be seen of them; what may not has no score from here on. */
  #weighServers({ reached: { ids, size }, scores }: Scored, { only }: SearchOptions): void {
    const prior = this.#prior;
    prior.begin(this.#partCount);
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      if (only !== undefined && !this.#isSeen(document, only)) scores[document] = 0;
      else prior.note(this.#partOf[document] ?? 0, scores[document] ?? 0);
    }
    prior.weigh();
  }

  #isSeen(document: number, only: NonNullable<SearchOptions["only"]>): boolean {
    const item = this.#items[document];
    return item !== undefined && only(item.name, item);
  }

  #rank({ reached: { ids, size }, scores }: Scored, { limit = LIMIT, usage }: SearchOptions): BestFirst {
    const best = new BestFirst(limit, (document) => this.#items[document]?.name ?? "");
    let floor = 0;
    for (let at = 0; at < size; at++) {
      const document = ids[at] ?? 0;
      const score = scores[document] ?? 0;
      const item = score < floor || score === 0 ? undefined : this.#items[document];
      if (item === undefined) continue;
      const raised = this.#prior.raise(this.#partOf[document] ?? 0, score);
      if (!best.offer(document, raised * (1 + USAGE_GAIN * (usage?.(item) ?? 0)))) continue;
      floor = this.#prior.floor(best.worst / (1 + USAGE_GAIN));
    }
    return best;
  }

  *#add(server: string, items: readonly Item[], section: Section | undefined): Generator<void, void, void> {
    const part: Part = { items, section, documents: [] };
    this.#parts.set(server, part);
    const number = this.#partCount++;
    for (const item of items) {
      part.documents.push(this.#addTool(item, number, section));
      yield;
    }
  }

  #addTool(item: Item, part: number, section: Section | undefined): number {
    const document = this.#items.push(item) - 1;
    if (document === this.#partOf.length) this.#partOf = grown(this.#partOf);
    this.#partOf[document] = part;
    for (const [term, weight] of weightsOf(item, section)) {
      this.#vocabulary.add(term, document, (weight * (SATURATION + 1)) / (weight + SATURATION));
    }
    this.#size++;
    return document;
  }

  /** The terms are found anew in its text: to keep them for each tool would double what the index takes. */
  #removeTool(document: number, section: Section | undefined): void {
    const item = this.#items[document];
    if (item === undefined) return;
    for (const term of weightsOf(item, section).keys()) this.#vocabulary.remove(term);
    this.#items[document] = undefined;
    this.#size--;
  }

  /** More is gone than there: everything is read anew. */
  #clear(): void {
    this.#vocabulary = new Vocabulary();
    this.#scorer = new Scorer(this.#vocabulary);
    this.#parts.clear();
    this.#partCount = 0;
    this.#items = [];
    this.#size = 0;
  }
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function isSame(part: Part, items: readonly Item[] | undefined, section: Section | undefined): boolean {
  if (items?.length !== part.items.length || section?.instructions !== part.section?.instructions) return false;
  return part.documents.length === items.length && items.every((item, at) => item === part.items[at]);
}
