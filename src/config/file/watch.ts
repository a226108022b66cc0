/**
 * Watches a configuration file. What the file system tells is taken as a hint only: what counts is whether the text
 * that can be read under the file's name has changed, however an editor or a deployment put it there.
 */

import { lstat, readlink } from "node:fs/promises";
import { dirname, join, parse, resolve, sep } from "node:path";
import type { FSWatcher } from "chokidar";
import { type Cancel, type Clock, systemClock } from "../../base/clock.ts";
import { messageOf, ToolyardError, toToolyardError } from "../../base/errors.ts";
import type { Config } from "../config.ts";
import { checkConfigText, type ConfigOptions, readConfigText, stateDirOf } from "../load.ts";
import { trustLedger } from "./trust.ts";

/** Saves come in several events, and people save several times. */
const SETTLE_MS = 200;

/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40;

export interface WatchEvents {
  /** The file has another text than before, and it is valid. */
  config(config: Config): void;
  /** The file has gone or is no longer valid; the configuration that runs stays. */
  problem(error: ToolyardError): void;
}

export interface WatchOptions extends ConfigOptions {
  readonly clock?: Clock;
  /** Milliseconds without a hint before the file is read. */
  readonly settleMs?: number;
}

/** A watched file; ends with {@link ConfigWatch.close}. */
export class ConfigWatch {
  readonly #file: string;
  readonly #events: WatchEvents;
  readonly #options: WatchOptions;
  /** What was last seen; undefined while there is no file. */
  #text: string | undefined;
  #points: ReadonlySet<string> = new Set();
  #watcher: FSWatcher | undefined;
  #cancel: Cancel = () => {};
  #checking: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(file: string, text: string, events: WatchEvents, options: WatchOptions) {
    this.#file = file;
    this.#text = text;
    this.#events = events;
    this.#options = options;
  }

  /**
   * Begins to watch, and resolves once no later change can be missed; one made since `text` was read is told at once.
   *
   * @param text of the configuration that runs
   */
  static async open(file: string, text: string, events: WatchEvents, options: WatchOptions = {}): Promise<ConfigWatch> {
    const watch = new ConfigWatch(file, text, events, options);
    await watch.#start();
    return watch;
  }

  /** Ends it; nothing is told after that. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#watcher?.close();
    await this.#checking;
  }

  async #start(): Promise<void> {
    const { watch } = await import("chokidar");
    const { watch: folders } = await this.#turn();
    const ignored = (path: string): boolean => !this.#points.has(path) && !this.#folders().has(path);
    const watcher = watch(folders, { depth: 0, ignoreInitial: true, followSymlinks: false, ignored });
    this.#watcher = watcher;
    watcher.on("all", () => this.#hint());
    watcher.on("error", (error) => this.#events.problem(unwatchedError(this.#file, error)));
    await new Promise<void>((ready) => void watcher.once("ready", ready));
    this.#hint();
  }

  #folders(): Set<string> {
    return new Set([...this.#points].map((point) => dirname(point)));
  }

  /** Turns to the paths on which the file's text hangs now; says which folders have to be watched for them, and which no longer. */
  async #turn(): Promise<{ watch: string[]; leave: string[] }> {
    const pointsBefore = this.#points;
    const foldersBefore = this.#folders();
    this.#points = new Set(await this.#findPoints());
    const fresh = [...this.#points].filter((point) => !pointsBefore.has(point));
    const folders = this.#folders();
    return { watch: fresh.map((point) => dirname(point)), leave: [...foldersBefore].filter((folder) => !folders.has(folder)) };
  }

  /** To trust a changed file changes only the ledger of trust. */
  async #findPoints(): Promise<string[]> {
    const points = await pointsOf(this.#file);
    return this.#options.mustBeTrusted === true ? [...points, ...(await pointsOf(trustLedger(stateDirOf(this.#options))))] : points;
  }

  #hint(): void {
    if (this.#closed) return;
    const { clock = systemClock, settleMs = SETTLE_MS } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(settleMs, () => {
      this.#checking = this.#checking.then(() => this.#check());
    });
  }

  async #check(): Promise<void> {
    try {
      await this.#follow();
      const text = await readConfigText(this.#file);
      if (text === this.#text) return;
      this.#text = text;
      const config = await checkConfigText(text, this.#file, this.#options);
      if (!this.#closed) this.#events.config(config);
    } catch (error) {
      this.#tell(toToolyardError(error));
    }
  }

  async #follow(): Promise<void> {
    const { watch, leave } = await this.#turn();
    if (this.#closed) return;
    if (watch.length > 0) this.#watcher?.add(watch);
    if (leave.length > 0) this.#watcher?.unwatch(leave);
  }

  #tell(error: ToolyardError): void {
    const gone = error.code === "CONFIG_NOT_FOUND";
    const known = gone && this.#text === undefined;
    if (gone || error.code === "CONFIG_UNTRUSTED") this.#text = undefined;
    if (!known && !this.#closed) this.#events.problem(gone ? goneError(this.#file) : error);
  }
}

function unwatchedError(file: string, cause: unknown): ToolyardError {
  const mend = "Changes to it are read at the next start; raise the system's limit of watched files if it says so.";
  return new ToolyardError("STORE_UNAVAILABLE", `${file} cannot be watched: ${messageOf(cause)}.`, { mend }, cause);
}

function goneError(file: string): ToolyardError {
  const message = `${file} is gone; what it said last goes on.`;
  return new ToolyardError("CONFIG_NOT_FOUND", message, { mend: "Put it back; it is read as soon as it is there." });
}

/** Every path whose replacement changes what `file` means: the file itself and each symbolic link on the way to it. */
export async function pointsOf(file: string): Promise<string[]> {
  const points: string[] = [];
  let todo = resolve(file);
  for (let links = 0; links < MAX_LINKS; links++) {
    const link = await firstLink(todo);
    if (link === undefined) break;
    points.push(link.path);
    todo = join(link.target, link.rest);
  }
  return [...points, todo];
}

/** The first component of an absolute path that is a symbolic link. */
async function firstLink(path: string): Promise<{ path: string; target: string; rest: string } | undefined> {
  const { root } = parse(path);
  const names = path.slice(root.length).split(sep);
  for (let count = 1; count <= names.length; count++) {
    const part = join(root, ...names.slice(0, count));
    const stats = await lstat(part).catch(() => undefined);
    if (stats?.isSymbolicLink() !== true) continue;
    return { path: part, target: resolve(dirname(part), await readlink(part)), rest: join(...names.slice(count), ".") };
  }
  return undefined;
}
