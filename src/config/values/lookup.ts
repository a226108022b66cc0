/** Where the values of placeholders come from. The only file of this folder that reads the environment. */

import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Found, Lookup, Source } from "./interpolate.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Sources {
  readonly env: Environment;
  /** Values of `${input:x}`, as given by `--input x=…`. */
  readonly inputs: ReadonlyMap<string, string>;
  /** The state directory, which holds `secrets/`. */
  readonly stateDir: string;
  /** What relative paths are relative to. */
  readonly baseDir: string;
}

/** The environment of this process. */
export function ownEnvironment(): Environment {
  return process.env;
}

export function lookupIn(sources: Sources): Lookup {
  const readers: Readonly<Record<Source, (name: string) => Found>> = {
    env: (name) => fromEnvironment(name, sources.env),
    file: (name) => fromFile(resolvePath(name, sources.baseDir)),
    secret: (name) => fromSecrets(name, sources),
    input: (name) => fromInputs(name, sources),
  };
  return (source, name) => readers[source](name);
}

/** An absolute path; `~/` is the home directory. */
export function resolvePath(path: string, baseDir: string): string {
  return /^~(?:\/|$)/.test(path) ? join(homedir(), path.slice(1)) : resolve(baseDir, path);
}

function fromEnvironment(name: string, env: Environment): Found {
  const value = env[name];
  if (value !== undefined) return { value };
  return { says: `needs the variable ${name}, which is not set.`, mend: `Set ${name}, or give a default: \${env:${name}:-…}.` };
}

function fromFile(path: string): Found {
  try {
    return { value: withoutLastBreak(readFileSync(path, "utf8")) };
  } catch {
    return { says: `needs the file ${path}, which cannot be read.`, mend: "Create it, or correct the path." };
  }
}

function fromSecrets(name: string, { env, stateDir }: Sources): Found {
  const variable = variableOf("TOOLYARD_SECRET_", name);
  const value = env[variable];
  if (value !== undefined) return { value };
  const path = join(stateDir, "secrets", name);
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) {
    return { says: `needs the secret ${name}, which is not kept.`, mend: `Put it into ${path} (mode 600), or set ${variable}.` };
  }
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    return { says: `needs the secret ${name}, whose file others can read.`, mend: `Run chmod 600 ${path}.` };
  }
  return fromFile(path);
}

function fromInputs(name: string, { env, inputs }: Sources): Found {
  const variable = variableOf("TOOLYARD_INPUT_", name);
  const value = inputs.get(name) ?? env[variable];
  if (value !== undefined) return { value };
  return { says: `needs the input ${name}, which was not given.`, mend: `Give it with --input ${name}=…, or set ${variable}.` };
}

function variableOf(prefix: string, name: string): string {
  return prefix + name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function withoutLastBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}
