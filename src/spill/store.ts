/** The large results of this process: who may read which, for how long, and how much there may be of them. */

import { randomBytes } from "node:crypto";
import type { Body } from "../base/body.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { ToolyardError } from "../base/errors.ts";
import { SpillFolder } from "./folder.ts";
import type { Kept, KeptPart } from "./jobs.ts";
import type { Query } from "./query.ts";
import type { Reading } from "./window.ts";
import { sizeText } from "./text.ts";
import { Workshop } from "./workshop.ts";

export interface SpillLimits {
  /** How long a result is kept, in ms. */
  readonly keepMs: number;
  /** Bytes of all together. */
  readonly total: number;
  /** Bytes of one identity. */
  readonly perIdentity: number;
}

const LIMITS: SpillLimits = { keepMs: 3_600_000, total: 1024 ** 3, perIdentity: 256 * 1024 ** 2 };
/** Handles of which is remembered why they name nothing any more. */
const MOST_GONE = 1_000;

/** Who may read a result: an identity, by way of one kind of View. */
export interface Owner {
  readonly identity: string;
  /** Two Views that show the same have the same. */
  readonly view: string;
}

interface Entry extends Owner {
  readonly expires: number;
  readonly parts: readonly KeptPart[];
  readonly size: number;
}

type Gone = Owner & { readonly why: string };

export interface StoreParts {
  /** The folder of all processes of a user. */
  readonly folder: string;
  readonly clock: Clock;
  readonly limits?: Partial<SpillLimits>;
}

export class SpillStore {
  readonly #clock: Clock;
  readonly #limits: SpillLimits;
  readonly #folder: SpillFolder;
  readonly #workshop: Workshop;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #gone = new Map<string, Gone>();
  #cancelExpiry: Cancel = () => {};

  constructor({ folder, clock, limits }: StoreParts) {
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
    this.#folder = new SpillFolder(folder);
    this.#workshop = new Workshop(clock);
  }

  /** Removes what earlier processes have left. Never rejects. */
  sweep(): Promise<void> {
    return this.#folder.sweep(this.#limits.keepMs);
  }

  /**
   * Keeps a result, and says what the model gets in its place; undefined for one that has nothing to keep: a question, a task.
   *
   * @param characters of the preview, about
   * @throws STORE_UNAVAILABLE when it cannot be written, or is larger than all that may be kept
   */
  async keep(result: Body, owner: Owner, characters: number): Promise<Kept | undefined> {
    const bytes = copyOf(result);
    const { perIdentity, total, keepMs } = this.#limits;
    if (bytes.length > Math.min(perIdentity, total))
      throw new ToolyardError("STORE_UNAVAILABLE", `It has ${sizeText(bytes.length)}, more than is kept.`);
    const handle = `r_${randomBytes(16).toString("base64url")}`;
    const room = { handle, kept: durationText(keepMs), characters };
    const kept = await this.#workshop.do({ kind: "keep", bytes, file: this.#folder.fileOf(handle), room }, [bytes.buffer]);
    if (kept.parts.length === 0) return undefined;
    this.#entries.set(handle, { ...owner, parts: kept.parts, size: kept.size, expires: this.#clock.now() + keepMs });
    this.#makeRoom(owner.identity);
    this.#waitForExpiry();
    return kept;
  }

  /** @param most bytes of the answer @throws RESULT_UNKNOWN, INVALID_ARGUMENTS, STORE_UNAVAILABLE */
  async read(query: Query, owner: Owner, most: number): Promise<Reading> {
    const { parts } = this.#find(query.handle, owner);
    const part = parts[query.part - 1];
    if (part === undefined) throw new ToolyardError("INVALID_ARGUMENTS", `There is no part ${query.part}: it has ${parts.length}.`);
    return await this.#workshop.do({ kind: "read", file: this.#folder.fileOf(query.handle), part, query, most });
  }

  /** Ends the thread and removes everything that is kept. Never rejects. */
  async close(): Promise<void> {
    this.#cancelExpiry();
    this.#entries.clear();
    await this.#workshop.close();
    await this.#folder.close();
  }

  /** Another's handle is as unknown as one that never was. @throws RESULT_UNKNOWN */
  #find(handle: string, owner: Owner): Entry {
    const entry = this.#entries.get(handle);
    if (entry !== undefined && isOf(entry, owner)) return entry;
    const gone = this.#gone.get(handle);
    const why = gone !== undefined && isOf(gone, owner) ? gone.why : "There is no result with this handle.";
    throw new ToolyardError("RESULT_UNKNOWN", why, { mend: "Call the tool again." });
  }

  #makeRoom(identity: string): void {
    const { perIdentity, total } = this.#limits;
    const own = (): [string, Entry][] => [...this.#entries].filter(([, entry]) => entry.identity === identity);
    this.#drop(own(), perIdentity, "of one caller");
    this.#drop([...this.#entries], total, "of all callers");
  }

  /** The oldest go, until the rest has its room. */
  #drop(entries: readonly [string, Entry][], most: number, whose: string): void {
    let size = entries.reduce((sum, [, entry]) => sum + entry.size, 0);
    for (const [handle, entry] of entries) {
      if (size <= most) return;
      size -= entry.size;
      this.#forget(handle, entry, `It made room for newer results: ${sizeText(most)} ${whose} are kept.`);
    }
  }

  #forget(handle: string, { identity, view }: Entry, why: string): void {
    this.#entries.delete(handle);
    this.#gone.set(handle, { identity, view, why });
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > MOST_GONE && oldest !== undefined) this.#gone.delete(oldest);
    void this.#folder.remove(handle);
  }

  #waitForExpiry(): void {
    this.#cancelExpiry();
    const [oldest] = this.#entries.values();
    if (oldest !== undefined) this.#cancelExpiry = this.#clock.after(oldest.expires - this.#clock.now(), () => this.#expire());
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [handle, entry] of this.#entries) {
      if (entry.expires > now) break;
      this.#forget(handle, entry, `It has expired: results are kept for ${durationText(this.#limits.keepMs)}.`);
    }
    this.#waitForExpiry();
  }
}

function isOf(entry: Owner, { identity, view }: Owner): boolean {
  return entry.identity === identity && entry.view === view;
}

/** In memory of its own, which a thread can take over. */
function copyOf({ parts }: Body): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    copy.set(part, at);
    at += part.length;
  }
  return copy;
}

function durationText(ms: number): string {
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.round(ms / 1000)} s`;
}
