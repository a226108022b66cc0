/** From a file or an object to a {@link Config}. */

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ToolyardError } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import { pathsFrom } from "../base/paths.ts";
import type { Config, Naming, ServerConfig } from "./config.ts";
import { parseDocument } from "./document.ts";
import { claimOf, readEntry, type EntryContext } from "./entry/entry.ts";
import { checkFile } from "./file-rules.ts";
import { Namespaces } from "./entry/namespace.ts";
import { inOurWords, type Locate, type Problem, problemsError, problemsOf } from "./problems.ts";
import { requireTrust } from "./file/trust.ts";
import { fileSchema } from "./schema/file.ts";
import { type Environment, lookupIn, ownEnvironment } from "./values/lookup.ts";
import { refusedNames } from "./entry/server-name.ts";

export interface ConfigOptions {
  /** Where `${env:…}` and the XDG directories are read from; default: the environment of this process. */
  readonly env?: Environment;
  /** Holds `secrets/`; default: the user's state directory. */
  readonly stateDir?: string;
  /** Values of `${input:x}`. */
  readonly inputs?: ReadonlyMap<string, string>;
  /** What relative paths are relative to, and where programs are started; default: the folder of the file, else the working directory. */
  readonly baseDir?: string;
  /** False for what did not come from the operator (an API, a page): placeholders then stay as they are. Default true. */
  readonly expand?: boolean;
  /** Refuses a file whose content has not been trusted ({@link Located.mustBeTrusted}). Default false. */
  readonly mustBeTrusted?: boolean;
  /** Makes fingerprints comparable across processes; default: a random one of this process. */
  readonly fingerprintKey?: string | Uint8Array;
}

/**
 * Reads and checks a configuration file.
 *
 * @throws CONFIG_NOT_FOUND when there is no such file
 * @throws CONFIG_UNTRUSTED when it must be trusted and is not
 * @throws CONFIG_INVALID when it cannot be read, or is wrong elsewhere than inside one server's entry; lists every problem
 */
export async function loadConfig(file: string, options: ConfigOptions = {}): Promise<Config> {
  return checkConfigText(await readConfigText(file), file, options);
}

/** As {@link loadConfig}, for a text that has just been read. */
export async function checkConfigText(text: string, file: string, options: ConfigOptions = {}): Promise<Config> {
  if (options.mustBeTrusted === true) await requireTrust(file, text, stateDirOf(options));
  return parseConfigText(text, file, options);
}

/** As {@link loadConfig}, for a text whose trust is nobody's question. */
export function parseConfigText(text: string, file: string, options: ConfigOptions = {}): Config {
  const { value, locate, problems } = parseDocument(text, file);
  const inEntry = problems.filter(({ path }) => path.length > 2 && path[0] === "mcpServers");
  const elsewhere = problems.filter((problem) => !inEntry.includes(problem));
  if (value === undefined) throw problemsError(elsewhere, locate);
  return interpret(value, { file, locate, elsewhere, inEntry }, { baseDir: dirname(resolve(file)), ...options });
}

/**
 * Checks a configuration given as an object.
 *
 * @throws CONFIG_INVALID when it is wrong elsewhere than inside one server's entry; lists every problem
 */
export function parseConfig(value: unknown, options: ConfigOptions = {}): Config {
  return interpret(value, { file: undefined, locate: () => undefined, elsewhere: [], inEntry: [] }, options);
}

/** The text of a configuration file. @throws CONFIG_NOT_FOUND, CONFIG_INVALID */
export async function readConfigText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const missing = isObject(error) && error["code"] === "ENOENT";
    const code = missing ? "CONFIG_NOT_FOUND" : "CONFIG_INVALID";
    const message = missing ? `There is no file ${file}.` : `${file} cannot be read.`;
    throw new ToolyardError(code, message, missing ? {} : { mend: "It must be a file that you may read." }, error);
  }
}

/** Where a configuration came from, and what is already known to be wrong with it. */
interface Origin {
  readonly file: string | undefined;
  readonly locate: Locate;
  readonly elsewhere: readonly Problem[];
  readonly inEntry: readonly Problem[];
}

function interpret(value: unknown, origin: Origin, options: ConfigOptions): Config {
  const context = entryContext(options);
  const entries = entriesOf(value);
  const parsed = fileSchema.safeParse(value, inOurWords);
  if (!parsed.success) throw problemsError([...origin.elsewhere, ...problemsOf(parsed.error.issues, [])], origin.locate);
  const names = entries.map(([name]) => name);
  const { gateway, selection, problems } = checkFile(parsed.data, names, context.placeholders);
  const elsewhere = [...origin.elsewhere, ...problems];
  if (elsewhere.length > 0) throw problemsError(elsewhere, origin.locate);
  const { naming, toolsets, discovery, results, limits } = parsed.data;
  return {
    file: origin.file,
    ...readServers(entries, naming, origin, context),
    naming,
    toolsets: new Map(Object.entries(toolsets)),
    selection,
    discovery,
    results,
    limits,
    gateway,
  };
}

type Entries = readonly (readonly [string, unknown])[];

/** The entries as they stand there; zod would leave out one that is called `__proto__`. */
function entriesOf(value: unknown): Entries {
  const servers = isObject(value) ? value["mcpServers"] : undefined;
  return isObject(servers) ? Object.entries(servers) : [];
}

/** The state directory that these options mean. */
export function stateDirOf({ stateDir, env = ownEnvironment() }: ConfigOptions): string {
  return stateDir ?? pathsFrom(env).state;
}

function entryContext(options: ConfigOptions): EntryContext {
  const env = options.env ?? ownEnvironment();
  const baseDir = options.baseDir ?? process.cwd();
  const sources = { env, baseDir, inputs: options.inputs ?? new Map(), stateDir: stateDirOf(options) };
  return {
    folders: { base: baseDir, start: options.baseDir },
    placeholders: options.expand === false ? "literal" : lookupIn(sources),
    fingerprintKey: options.fingerprintKey,
  };
}

function readServers(entries: Entries, naming: Naming, origin: Origin, context: EntryContext): Pick<Config, "servers" | "rejected"> {
  const servers = new Map<string, ServerConfig>();
  const rejected = new Map<string, ToolyardError>();
  const refused = refusedNames(entries.map(([name]) => name));
  const namespaces = new Namespaces(naming);
  for (const [name, entry] of entries) {
    const wrongName = refused.get(name);
    const clash = wrongName === undefined ? claimNamespace(name, entry, namespaces) : wrongName;
    const twice = origin.inEntry.filter(({ path }) => path[1] === name);
    const { server, problems = [] } = clash === undefined ? readEntry(name, entry, context) : { server: undefined, problems: [clash] };
    const all = [...twice, ...problems];
    if (server === undefined || all.length > 0) rejected.set(name, problemsError(all, origin.locate, name));
    else servers.set(name, server);
  }
  return { servers, rejected };
}

/** Also an entry that turns out to be wrong keeps its namespace, so that the names of others do not hang on its health; a disabled one does not. */
function claimNamespace(name: string, entry: unknown, namespaces: Namespaces): Problem | undefined {
  const { namespace, disabled } = claimOf(name, entry);
  return disabled ? undefined : namespaces.claim(name, namespace);
}
