/**
 * Ranks tools by what they mean, with vectors of an endpoint that the operator named. Everything is best effort: vectors of tools are
 * fetched in the background, a search waits for that of its query for a moment only, and an endpoint that fails is left alone for a while.
 */

import { join } from "node:path";
import { sleep, type Clock } from "../../base/clock.ts";
import { sha256 } from "../../base/digest.ts";
import { messageOf } from "../../base/errors.ts";
import { stringOr } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import type { Item } from "../../catalog/item.ts";
import type { EmbeddingsConfig } from "../../config/config.ts";
import type { HttpCarrier } from "../../wire/http/carrier.ts";
import { EmbeddingsEndpoint } from "./endpoint.ts";
import { likeness, type Vector } from "./vector.ts";
import { readVectors, writeVectors } from "./vector-file.ts";

export interface MeaningParts {
  readonly config: EmbeddingsConfig;
  readonly carrier: HttpCarrier;
  /** Where vectors are kept. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A search waits so long for the vector of its query, in ms. */
const PATIENCE_MS = 300;
/** A request that has taken so long is given up; an endpoint that failed is asked again after so long. In ms. */
const REQUEST_MS = 20_000;
const REST_MS = 60_000;
const BATCH = 64;
/** Characters of a tool's text; models cut off what is longer. */
const LONGEST = 2_000;
const QUERIES = 128;

export class Meaning {
  readonly #parts: MeaningParts;
  readonly #endpoint: EmbeddingsEndpoint;
  readonly #file: string;
  readonly #end = new AbortController();
  #vectors: Map<string, Vector> | undefined;
  readonly #queries = new Map<string, Vector>();
  #learning: Promise<void> | undefined;
  #restsUntil = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(parts: MeaningParts) {
    this.#parts = parts;
    this.#endpoint = new EmbeddingsEndpoint(parts.carrier, parts.config);
    this.#file = join(parts.folder, `${sha256(`${parts.config.url} ${parts.config.model}`).slice(0, 24)}.json`);
  }

  /** Fetches the vectors of these tools that are not known yet, in the background. */
  learn(items: readonly Item[]): void {
    this.#learning ??= this.#learn(items).finally(() => (this.#learning = undefined));
  }

  /** Ids of the tools that mean what the query does, best first; none where that cannot be said in time. Never rejects. */
  async rank(query: string, items: readonly Item[], limit: number): Promise<string[]> {
    const vectors = this.#vectors;
    if (vectors === undefined || vectors.size === 0) return [];
    const wanted = await this.#vectorOf(query);
    if (wanted === undefined) return [];
    const likenesses = items.flatMap((item) => {
      const vector = vectors.get(digestOf(item));
      return vector === undefined ? [] : [{ id: item.id, likeness: likeness(wanted, vector) }];
    });
    const sorted = likenesses.toSorted((a, b) => b.likeness - a.likeness || (a.id < b.id ? -1 : 1));
    return sorted.slice(0, limit).map(({ id }) => id);
  }

  /** Ends every request. Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#learning;
    this.#parts.carrier.close();
  }

  async #vectorOf(query: string): Promise<Vector | undefined> {
    const known = this.#queries.get(query);
    if (known !== undefined) return known;
    const late = new AbortController();
    const asked = this.#embed([query.slice(0, LONGEST)]).then((vectors) => {
      late.abort();
      const vector = vectors?.[0];
      if (vector !== undefined) this.#keepQuery(query, vector);
      return vector;
    });
    return await Promise.race([asked, sleep(this.#parts.clock, PATIENCE_MS, late.signal).then(() => this.#queries.get(query))]);
  }

  #keepQuery(query: string, vector: Vector): void {
    this.#queries.set(query, vector);
    const [oldest] = this.#queries.keys();
    if (this.#queries.size > QUERIES && oldest !== undefined) this.#queries.delete(oldest);
  }

  /** Undefined where the endpoint fails, which is said once, or rests after it has failed. Never rejects. */
  async #embed(texts: readonly string[]): Promise<Vector[] | undefined> {
    const { clock, logger, config } = this.#parts;
    if (clock.now() < this.#restsUntil || this.#end.signal.aborted) return undefined;
    const late = new AbortController();
    const cancel = clock.after(REQUEST_MS, () => late.abort(new Error(`it did not answer within ${REQUEST_MS / 1000} s`)));
    try {
      const vectors = await this.#endpoint.embed(texts, AbortSignal.any([late.signal, this.#end.signal]));
      this.#isFailing = false;
      return vectors;
    } catch (error) {
      if (this.#end.signal.aborted) return undefined;
      this.#restsUntil = clock.now() + REST_MS;
      const reason = messageOf(late.signal.aborted ? late.signal.reason : error);
      if (!this.#isFailing) logger.warn("The endpoint for embeddings fails; searches go by words alone.", { url: config.url, reason });
      this.#isFailing = true;
      return undefined;
    } finally {
      cancel();
    }
  }

  async #learn(items: readonly Item[]): Promise<void> {
    const vectors = (this.#vectors ??= await readVectors(this.#file));
    const texts = new Map(items.map((item) => [digestOf(item), textOf(item)]));
    const missing = [...texts].filter(([digest]) => !vectors.has(digest));
    let hasNew = false;
    for (let at = 0; at < missing.length; at += BATCH) {
      const batch = missing.slice(at, at + BATCH);
      const made = await this.#embed(batch.map(([, text]) => text));
      if (made === undefined) break;
      hasNew = true;
      for (const [index, [digest]] of batch.entries()) {
        const vector = made[index];
        if (vector !== undefined) vectors.set(digest, vector);
      }
    }
    if (hasNew) await this.#keep(vectors, texts);
  }

  /** What no tool has any more goes, unless there is room. */
  async #keep(vectors: ReadonlyMap<string, Vector>, used: ReadonlyMap<string, string>): Promise<void> {
    const isRoomy = vectors.size < 2 * used.size + BATCH;
    const kept = isRoomy ? vectors : new Map([...vectors].filter(([digest]) => used.has(digest)));
    await writeVectors(this.#file, kept).catch((error: unknown) => {
      this.#parts.logger.warn("Embeddings cannot be kept.", { file: this.#file, reason: messageOf(error) });
    });
  }
}

const digests = new WeakMap<Item, string>();

function digestOf(item: Item): string {
  const known = digests.get(item);
  if (known !== undefined) return known;
  const made = sha256(textOf(item)).slice(0, 32);
  digests.set(item, made);
  return made;
}

function textOf({ server, origin, definition }: Item): string {
  const title = stringOr(definition["title"]);
  const description = stringOr(definition["description"]);
  return [`${server}: ${origin}`, title, description].filter(Boolean).join("\n").slice(0, LONGEST);
}
