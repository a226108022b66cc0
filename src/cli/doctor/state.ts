/** What lies in the directories of Toolyard: whose it is, and what no longer belongs to anything. Nothing is changed. */

import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isObject, type JsonObject } from "../../base/json.ts";
import type { Config } from "../../config/config.ts";
import { GATEWAY } from "../../open.ts";
import { cautionForFolder } from "../../store/private.ts";
import type { Place } from "../place.ts";
import type { Finding } from "./finding.ts";

const OTHERS = 0o077;
/** A draft of so many ms belongs to a process that died while it wrote. */
const OLD_DRAFT_MS = 60_000;

/** @param config undefined where there is none that can be read: then nothing is known of servers */
export async function examineState(place: Place, config: Config | undefined): Promise<Finding[]> {
  const { state, cache, runtime } = place.paths;
  const folders = [...new Set([state, cache, runtime])];
  const found = await Promise.all([
    ...folders.map((folder) => examineModes(folder)),
    examineLedger(join(state, "processes")),
    examineRecords(runtime),
    config === undefined ? [] : examineCache(join(cache, "lists"), config),
    examineDrafts(place.file),
  ]);
  const all = found.flat();
  return all.length > 0 ? all : [{ about: "files", level: "good", says: `Nothing stale, nothing that others can read. ${state}` }];
}

async function examineModes(folder: string): Promise<Finding[]> {
  const caution = await cautionForFolder(folder);
  const open = caution === undefined ? [] : [{ about: folder, level: "bad" as const, says: caution }];
  const files = await filesIn(folder);
  const readable = await Promise.all(files.map(async (file) => ({ file, mode: await modeOf(file) })));
  const exposed = process.platform === "win32" ? [] : readable.filter(({ mode }) => (mode & OTHERS) !== 0);
  return [
    ...open,
    ...exposed.map(({ file }): Finding => ({ about: file, level: "bad", says: "Others can read it.", mend: `Run chmod 600 ${file}` })),
  ];
}

/** Process groups whose Toolyard was killed: the next start ends them. */
async function examineLedger(folder: string): Promise<Finding[]> {
  const entries = await Promise.all((await filesIn(folder)).map(readJson));
  const left = entries.filter((entry) => typeof entry?.["owner"] === "number" && !isAlive(entry["owner"]));
  const alive = left.flatMap((entry) => (typeof entry?.["pid"] === "number" && isAlive(entry["pid"]) ? [entry["pid"]] : []));
  if (left.length === 0) return [];
  const says = `${count(left.length, "server")} of a Toolyard that was killed; ${alive.length === 0 ? "none" : alive.join(", ")} still run.`;
  return [{ about: "processes", level: "hint", says, mend: "The next start of Toolyard ends them and tidies up." }];
}

/** Of gateways that no longer run. */
async function examineRecords(folder: string): Promise<Finding[]> {
  const records = (await filesIn(folder)).filter((file) => file.endsWith(".json"));
  const dead = await Promise.all(
    records.map(async (file) => {
      const pid = (await readJson(file))?.["pid"];
      return typeof pid !== "number" || !isAlive(pid) ? [file] : [];
    }),
  );
  return dead.flat().map((file) => ({
    about: basename(file),
    level: "hint",
    says: "The record of a gateway that no longer runs.",
    mend: `The next gateway of that configuration takes it over; else: rm ${file.replace(/\.json$/, ".*")}`,
  }));
}

/** Lists of servers that this configuration does not have; another one may. Those of gateways that were asked are of no harm. */
async function examineCache(folder: string, { servers, rejected }: Config): Promise<Finding[]> {
  const files = await filesIn(folder);
  const named = await Promise.all(files.map(async (file) => ({ file, server: (await readJson(file))?.["server"] })));
  const unknown = named.filter(
    ({ server }) => typeof server !== "string" || !(servers.has(server) || rejected.has(server) || server === GATEWAY),
  );
  if (unknown.length === 0) return [];
  const names = [...new Set(unknown.map(({ server }) => (typeof server === "string" ? server : "(unreadable)")))];
  const shown = names.length > 6 ? `${names.slice(0, 6).join(", ")}, and ${names.length - 6} more` : names.join(", ");
  const says = `${count(unknown.length, "cached list")} of servers that this configuration does not have: ${shown}.`;
  return [{ about: "cache", level: "note", says, mend: `If no other configuration has them: rm -r ${folder}` }];
}

async function examineDrafts(file: string): Promise<Finding[]> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(`.${basename(file)}.`) && name.endsWith(".tmp")).map((name) => join(folder, name));
  const aged = await Promise.all(drafts.map(async (draft) => ((await ageOf(draft)) > OLD_DRAFT_MS ? [draft] : [])));
  return aged.flat().map((draft) => ({
    about: basename(draft),
    level: "hint",
    says: "A draft of the configuration, whose writer was killed.",
    mend: `Remove it: rm ${draft}`,
  }));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function readJson(file: string): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function modeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ mode }) => mode,
    () => 0,
  );
}

async function ageOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isObject(error) && error["code"] === "EPERM";
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
