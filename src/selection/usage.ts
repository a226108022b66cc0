/**
 * What has been called with success, kept over restarts: whoever used a tool yesterday more likely means that one today.
 * A note costs a call nothing but a count in memory; a small private file gets what has come together from time to time.
 */

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Cancel, Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { isObject, objectOr } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { Item } from "../catalog/item.ts";
import { replaceFile } from "../config/file/atomic.ts";
import { UseCounts } from "./use-counts.ts";

const FORMAT = 1;
/** How long counts wait in memory; a process that is killed loses no more. */
const SAVE_MS = 30_000;
/** So many calls, and no fewer, are a habit: a single one moves little. */
const HABIT = 8;
/** Everything that is offered, where no toolset is asked for. */
const NO_TOOLSET = "";

export interface UsageParts {
  /** The file; its folder is made when it is not there. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Usage {
  readonly #parts: UsageParts;
  /** All that is known, of other processes too. */
  #known: UseCounts;
  /** What of it is not in the file yet. */
  #fresh = new UseCounts();
  #shares = new Map<string, ReadonlyMap<string, number>>();
  #timer: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(parts: UsageParts, known: UseCounts) {
    this.#parts = parts;
    this.#known = known;
  }

  /** What was kept; nothing where that cannot be read. Never rejects. */
  static async open(parts: UsageParts): Promise<Usage> {
    return new Usage(parts, await load(parts));
  }

  /** A call of this tool has succeeded. @param tool its id, `server/tool` */
  note(toolset: string | undefined, tool: string): void {
    if (this.#closed) return;
    const count = { weight: 1, at: this.#parts.clock.now() };
    this.#known.note(toolset ?? NO_TOOLSET, tool, count);
    this.#fresh.note(toolset ?? NO_TOOLSET, tool, count);
    this.#shares.delete(toolset ?? NO_TOOLSET);
    this.#timer ??= this.#parts.clock.after(SAVE_MS, () => void this.flush());
  }

  /** For a search in this toolset: from 0 for a tool that nobody uses to 1 for one that is used out of habit, and most. */
  of(toolset: string | undefined): (item: Pick<Item, "id">) => number {
    const shares = this.#sharesOf(toolset ?? NO_TOOLSET);
    return ({ id }) => shares.get(id) ?? 0;
  }

  /** Resolves when everything is in the file. Never rejects. */
  flush(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    if (!this.#fresh.isEmpty) this.#writing = this.#writing.then(() => this.#save());
    return this.#writing;
  }

  /** Keeps what is left to keep; what is noted afterwards is not. Never rejects. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  /** The hundredth call says less than the second, so shares grow with the logarithm. */
  #sharesOf(toolset: string): ReadonlyMap<string, number> {
    const made = this.#shares.get(toolset);
    if (made !== undefined) return made;
    const weights = this.#known.weights(toolset, this.#parts.clock.now());
    const most = Math.log1p(Math.max(HABIT, ...weights.values()));
    const shares = new Map([...weights].map(([tool, weight]) => [tool, Math.log1p(weight) / most]));
    this.#shares.set(toolset, shares);
    return shares;
  }

  /** With what other processes have added meanwhile. What cannot be written is tried again with the next save. */
  async #save(): Promise<void> {
    const { file, clock, logger } = this.#parts;
    const fresh = this.#fresh;
    this.#fresh = new UseCounts();
    try {
      const all = await load(this.#parts);
      all.add(fresh);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await replaceFile(file, JSON.stringify({ format: FORMAT, toolsets: all.toJson(clock.now()) }), 0o600);
      all.add(this.#fresh);
      this.#known = all;
      this.#shares.clear();
    } catch (error) {
      this.#fresh.add(fresh);
      logger.warn("Which tools are used most cannot be kept.", { file, reason: messageOf(error) });
    }
  }
}

async function load({ file, clock, logger }: UsageParts): Promise<UseCounts> {
  try {
    const { format, toolsets } = objectOr(JSON.parse(await readFile(file, "utf8")));
    return UseCounts.fromJson(format === FORMAT ? toolsets : {}, clock.now());
  } catch (error) {
    const missing = isObject(error) && error["code"] === "ENOENT";
    if (!missing) logger.warn("Which tools are used most cannot be read, and is counted anew.", { file, reason: messageOf(error) });
    return new UseCounts();
  }
}
