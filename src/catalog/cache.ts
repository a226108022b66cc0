/**
 * What each server listed last, and the era that it spoke, as one private file for each server: at the next start
 * it is served at once. A cache: nothing in it is needed, and whatever is wrong with it costs a warning.
 */

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Era } from "../base/call.ts";
import type { Clock } from "../base/clock.ts";
import { sha256 } from "../base/digest.ts";
import { messageOf } from "../base/errors.ts";
import { isObject, objectOr, stringOr, type JsonObject } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { ServerConfig } from "../config/config.ts";
import type { EraMemory } from "../upstream/life/dial.ts";
import { LIST_NAMES, type Keeping, type ListName, type RawLists } from "../upstream/listing/raw-lists.ts";

const FORMAT = 1;
/** A server may learn the modern era at any update; it is asked again after so long. */
const LEGACY_MS = 24 * 60 * 60 * 1000;
/** A server that was not there in time is waited for again after so long. */
const MISSED_MS = 24 * 60 * 60 * 1000;
/** Files kept for one server's name: other configurations of it, and temporary ones of a process that was killed. */
const SIBLINGS = 16;

export interface ListCache extends EraMemory {
  /** What the server listed last under this very configuration; undefined when nothing usable is kept. Never rejects. */
  read(server: ServerConfig): Promise<RawLists | undefined>;
  /** Keeps what the server lists, in the background; what was kept just so before costs nothing. */
  write(server: ServerConfig, lists: RawLists): void;
  /** Was the server, when it was last tried, not there in time? Then a start need not wait for it again. Known once it was read. */
  missed(server: ServerConfig): boolean;
  /** Keeps that the server was not there in time, until it lists something. */
  noteMissed(server: ServerConfig): void;
  /** Resolves when all that was to be kept is on disk. Never rejects. */
  flush(): Promise<void>;
}

interface Verdict {
  readonly era: Era;
  readonly version: string;
  /** Clock time, ms. */
  readonly at: number;
}

interface Entry {
  readonly lists?: RawLists | undefined;
  readonly verdict?: Verdict | undefined;
  /** When it was last not there in time: Clock time, ms. */
  readonly missed?: number | undefined;
}

/** @param options `folder`: made when it is not there */
export function openListCache(options: { folder: string; clock: Clock; logger: Logger }): ListCache {
  return new FileListCache(options.folder, options.clock, options.logger);
}

class FileListCache implements ListCache {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #missed = new Map<string, number>();
  /** Digests of the lists that this process has written, by file: lists that are read anew are mostly the same. */
  readonly #written = new Map<string, string>();
  /** What is not on disk yet, by file. */
  readonly #pending = new Map<string, Entry>();
  /** What was told already, each with its file. */
  readonly #warned = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, clock: Clock, logger: Logger) {
    this.#folder = folder;
    this.#clock = clock;
    this.#logger = logger;
  }

  async read(server: ServerConfig): Promise<RawLists | undefined> {
    if (!server.cache) return undefined;
    const { lists, verdict, missed } = await this.#load(server);
    if (missed !== undefined) this.#missed.set(fileOf(server), missed);
    if (verdict !== undefined) this.#verdicts.set(fileOf(server), verdict);
    return lists;
  }

  write(server: ServerConfig, lists: RawLists): void {
    const file = fileOf(server);
    const digest = sha256(JSON.stringify({ ...lists, keeping: undefined }));
    if (this.#written.get(file) === digest && !this.#missed.has(file)) return;
    this.#written.set(file, digest);
    this.#missed.delete(file);
    this.#keep(server, { lists, missed: undefined });
  }

  missed(server: ServerConfig): boolean {
    const age = this.#clock.now() - (this.#missed.get(fileOf(server)) ?? Number.NEGATIVE_INFINITY);
    return age >= 0 && age < MISSED_MS;
  }

  noteMissed(server: ServerConfig): void {
    this.#written.delete(fileOf(server));
    this.#keep(server, { missed: this.#clock.now() });
  }

  recall(server: ServerConfig): Era | undefined {
    const verdict = this.#verdicts.get(fileOf(server));
    return verdict === undefined || this.#isStale(verdict) ? undefined : verdict.era;
  }

  /** A verdict that still holds keeps its age: it may have been used and not found anew. */
  remember(server: ServerConfig, era: Era, version: string): void {
    const known = this.#verdicts.get(fileOf(server));
    if (known?.era === era && known.version === version && !this.#isStale(known)) return;
    const verdict = { era, version, at: this.#clock.now() };
    this.#verdicts.set(fileOf(server), verdict);
    this.#keep(server, { verdict });
  }

  flush(): Promise<void> {
    return this.#writing;
  }

  #isStale({ era, at }: Verdict): boolean {
    const age = this.#clock.now() - at;
    return era === "legacy" && (age < 0 || age >= LEGACY_MS);
  }

  #keep(server: ServerConfig, change: Entry): void {
    if (!server.cache) return;
    const file = fileOf(server);
    this.#pending.set(file, { ...this.#pending.get(file), ...change });
    this.#writing = this.#writing.then(() => this.#save(server, file));
  }

  async #save(server: ServerConfig, file: string): Promise<void> {
    const change = this.#pending.get(file);
    if (change === undefined) return;
    this.#pending.delete(file);
    try {
      const entry = { ...(await this.#load(server)), ...change };
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#replace(file, JSON.stringify({ format: FORMAT, server: server.name, fingerprint: server.fingerprint, ...entry }));
      await this.#prune(server);
    } catch (error) {
      this.#warn(server, "cannot be kept", error);
    }
  }

  async #replace(file: string, text: string): Promise<void> {
    const temporary = join(this.#folder, `${file}.${randomUUID()}`);
    try {
      await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
      await rename(temporary, join(this.#folder, file));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async #prune(server: ServerConfig): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(stemOf(server)));
    if (names.length <= SIBLINGS) return;
    const aged = await Promise.all(names.map(async (name) => ({ name, at: await writtenAt(join(this.#folder, name)) })));
    const old = aged.toSorted((a, b) => b.at - a.at).slice(SIBLINGS);
    await Promise.all(old.map(({ name }) => rm(join(this.#folder, name), { force: true })));
  }

  async #load(server: ServerConfig): Promise<Entry> {
    try {
      const text = await readFile(join(this.#folder, fileOf(server)), "utf8");
      const entry = entryFrom(JSON.parse(text), server);
      if (entry === undefined) this.#warn(server, "are not what this version keeps for it, and are ignored");
      return entry ?? {};
    } catch (error) {
      if (!isObject(error) || error["code"] !== "ENOENT") this.#warn(server, "cannot be read, and are ignored", error);
      return {};
    }
  }

  #warn(server: ServerConfig, what: string, error?: unknown): void {
    const file = join(this.#folder, fileOf(server));
    if (this.#warned.has(`${file} ${what}`)) return;
    this.#warned.add(`${file} ${what}`);
    const reason = error === undefined ? {} : { reason: messageOf(error) };
    this.#logger.warn(`The cached lists of the server "${server.name}" ${what}.`, { server: server.name, file, ...reason });
  }
}

/** Server names may hold what a file system trips over, and two configurations may use one for different servers. */
function fileOf(server: ServerConfig): string {
  return `${stemOf(server)}${sha256(server.fingerprint).slice(0, 24)}.json`;
}

function stemOf(server: ServerConfig): string {
  return `${sha256(server.name).slice(0, 24)}-`;
}

/** When the file was written; 0 where another process has just removed it. */
async function writtenAt(path: string): Promise<number> {
  return await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

function entryFrom(value: unknown, server: ServerConfig): Entry | undefined {
  const { format, server: name, fingerprint, lists, verdict, missed } = objectOr(value);
  if (format !== FORMAT || name !== server.name || fingerprint !== server.fingerprint) return undefined;
  return {
    lists: isObject(lists) ? listsFrom(lists) : undefined,
    verdict: verdictFrom(objectOr(verdict)),
    missed: typeof missed === "number" ? missed : undefined,
  };
}

function listsFrom({ tools, prompts, resources, templates, instructions, capabilities, keeping }: JsonObject): RawLists | undefined {
  if (!Array.isArray(tools) || !Array.isArray(prompts) || !Array.isArray(resources) || !Array.isArray(templates)) return undefined;
  const lists = { tools, prompts, resources, templates, instructions: stringOr(instructions), capabilities: objectOr(capabilities) };
  return keeping === undefined ? lists : { ...lists, keeping: keepingFrom(objectOr(keeping)) };
}

function keepingFrom(all: JsonObject): Partial<Record<ListName, Keeping>> {
  const known = LIST_NAMES.flatMap((name) => {
    const { until, isPrivate } = objectOr(all[name]);
    return typeof until === "number" ? [[name, { until, isPrivate: isPrivate !== false }] as const] : [];
  });
  return Object.fromEntries(known);
}

function verdictFrom({ era, version, at }: JsonObject): Verdict | undefined {
  if ((era !== "legacy" && era !== "modern") || typeof version !== "string" || typeof at !== "number") return undefined;
  return { era, version, at };
}
