/** `toolyard keys`: API keys of the gateways of this user. A running gateway takes note within a second. */

import { ToolyardError } from "../../base/errors.ts";
import { pathsFrom } from "../../base/paths.ts";
import type { Config } from "../../config/config.ts";
import { replaceFile } from "../../config/file/atomic.ts";
import { withLock } from "../../config/file/lock.ts";
import { loadConfig } from "../../config/load.ts";
import { didYouMean } from "../../config/nearest.ts";
import { keyFileIn, readKeys } from "../../gateway/auth/key-file.ts";
import { identityFault, isExpired, mintKey, writeKeys, type Key, type KeyScope, type KeySurface } from "../../gateway/auth/key.ts";
import { EXIT } from "../exit.ts";
import { locate } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { paint, type Output, type Word } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";

export interface CreateOptions extends CommonOptions {
  readonly identity?: string;
  readonly toolset?: readonly string[];
  readonly server?: readonly string[];
  readonly surface?: KeySurface;
  /** Milliseconds from now. */
  readonly expires?: number;
}

const COLUMNS = [
  { title: "ID" },
  { title: "IDENTITY", flexible: true },
  { title: "FOR", flexible: true },
  { title: "MADE" },
  { title: "EXPIRES" },
];

export async function create(output: Output, options: CreateOptions): Promise<number> {
  const { identity = "", toolset = [], server = [], surface, expires } = options;
  const fault = identityFault(identity);
  if (fault !== undefined) throw new ToolyardError("USAGE", `An identity ${fault}`, { mend: "For example: --identity alice" });
  const config = await configOf(options);
  if (config !== undefined) refuseUnknown({ toolsets: toolset, servers: server }, config);
  const now = Date.now();
  const scope = toolset.length + server.length === 0 ? undefined : { toolsets: toolset, servers: server };
  const { key, secret } = mintKey({ identity, scope, surface, expiresAt: expires === undefined ? undefined : now + expires }, now);
  await edit((keys) => [...keys, key]);
  if (output.json) output.value({ ...shown(key), key: secret });
  else tellMade(key, secret, output);
  if (config?.gateway.auth.keys === false) {
    output.say(paint("yellow", "note: "), `${config.file ?? "The configuration"} asks nobody for a key. Set gateway.auth.keys to true.`);
  }
  return EXIT.good;
}

export async function list(output: Output): Promise<number> {
  const keys = await readKeys(fileOfUser());
  if (output.json) output.value(keys.map(shown), 2);
  else if (keys.length === 0) output.say("There are no keys. toolyard keys create --identity NAME makes one.");
  else for (const line of table(COLUMNS, keys.map(rowOf), output.width)) output.data(...line);
  return EXIT.good;
}

/** @throws UNKNOWN_NAME when one of them is not there; then none is revoked */
export async function revoke(output: Output, _options: CommonOptions, ids: readonly string[]): Promise<number> {
  await edit((keys) => {
    const known = new Set(keys.map(({ id }) => id));
    for (const id of ids) if (!known.has(id)) throw unknownKey(id);
    return keys.filter(({ id }) => !ids.includes(id));
  });
  if (output.json) output.value({ revoked: ids });
  else
    output.say(
      `Revoked: ${ids.join(", ")}. Running gateways end what was opened with ${ids.length === 1 ? "it" : "them"} within a second.`,
    );
  return EXIT.good;
}

function fileOfUser(): string {
  return keyFileIn(pathsFrom(process.env).state);
}

async function edit(change: (keys: readonly Key[]) => readonly Key[]): Promise<void> {
  const file = fileOfUser();
  await withLock(file, async () => await replaceFile(file, writeKeys(change(await readKeys(file))), 0o600));
}

/** Who gives the whole key in place of its id has shown it to whoever reads this terminal, but not through us. */
function unknownKey(id: string): ToolyardError {
  const what = /^[0-9a-f]{12}$/.test(id) ? `There is no key ${id}.` : "A key is named by its id, 12 characters of 0-9 and a-f.";
  return new ToolyardError("UNKNOWN_NAME", what, { mend: "toolyard keys list shows all of them." });
}

/** Undefined where there is none that can be read: keys may be made before it. */
async function configOf(options: CommonOptions): Promise<Config | undefined> {
  try {
    const { file, paths, inputs } = await locate(options);
    return await loadConfig(file, { inputs, stateDir: paths.state });
  } catch (error) {
    if (options.config !== undefined) throw error;
    return undefined;
  }
}

function refuseUnknown({ toolsets, servers }: KeyScope, config: Config): void {
  refuseOthers("toolset", toolsets, [...config.toolsets.keys()]);
  refuseOthers("server", servers, [...config.servers.keys(), ...config.rejected.keys()]);
}

function refuseOthers(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const mend = known.length === 0 ? `The configuration has no ${what}s.` : `There are: ${known.join(", ")}.`;
  throw new ToolyardError("USAGE", `There is no ${what} "${unknown}".${didYouMean(unknown, known)}`, { mend });
}

/** All but the digest, for programs. */
function shown({ id, identity, scope, surface, createdAt, expiresAt }: Key): Record<string, unknown> {
  return {
    id,
    identity,
    ...scope,
    ...(surface === undefined ? {} : { surface }),
    createdAt: new Date(createdAt).toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString(), expired: isExpired({ expiresAt }, Date.now()) }),
  };
}

function tellMade(key: Key, secret: string, output: Output): void {
  output.data(secret);
  const until = key.expiresAt === undefined ? "" : ` until ${day(key.expiresAt)}`;
  output.say(`Key ${key.id} of ${key.identity}, for ${scopeText(key)}${until}. It is shown this once.`);
  output.say(`Clients send it as the header  Authorization: Bearer KEY`);
}

function rowOf(key: Key): Word[] {
  const { id, identity, createdAt, expiresAt } = key;
  const over = expiresAt !== undefined && isExpired({ expiresAt }, Date.now());
  const expires = expiresAt === undefined ? "never" : day(expiresAt);
  return [id, identity, scopeText(key), day(createdAt), over ? paint("red", `${expires} (over)`) : expires];
}

function scopeText({ scope, surface }: Pick<Key, "scope" | "surface">): string {
  const manner = surface === undefined ? "" : `, shown as ${surface}`;
  if (scope === undefined) return `everything${manner}`;
  const servers = scope.servers.map((name) => `server ${name}`);
  return [...scope.toolsets.map((name) => `toolset ${name}`), ...servers].join(", ") + manner;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
