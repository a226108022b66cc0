import { dirname } from "node:path";
import type { Config, ServerConfig } from "./config.ts";
import { Namespaces } from "./entry/namespace.ts";
import { refusedNames } from "./entry/server-name.ts";
import { parseConfig, type ConfigOptions } from "./load.ts";
import { type Problem, problemsError } from "./problems.ts";

/**
 * A configuration with one server more, another in its place, or one less: for changes at run time.
 *
 * @param entry as in `mcpServers`; undefined removes the server
 * @throws CONFIG_INVALID when the entry is wrong, or its name or namespace cannot be told from another's
 */
export function withEntry(present: Config, name: string, entry: unknown, options: ConfigOptions = {}): Config {
  const servers = new Map(present.servers);
  const rejected = new Map(present.rejected);
  rejected.delete(name);
  if (entry === undefined) servers.delete(name);
  else servers.set(name, entryOf(present, name, entry, options));
  return { ...present, servers, rejected };
}

function entryOf(present: Config, name: string, entry: unknown, options: ConfigOptions): ServerConfig {
  const baseDir = present.file === undefined ? {} : { baseDir: dirname(present.file) };
  const { servers, rejected } = parseConfig({ mcpServers: { [name]: entry } }, { ...baseDir, ...options });
  const server = servers.get(name);
  if (server === undefined) throw rejected.get(name) ?? problemsError([], () => undefined, name);
  const problem = clashOf(present, server);
  if (problem !== undefined) throw problemsError([problem], () => undefined, name);
  return server;
}

function clashOf({ naming, servers }: Config, added: ServerConfig): Problem | undefined {
  const others = [...servers.values()].filter(({ name }) => name !== added.name);
  const refused = refusedNames([...others.map(({ name }) => name), added.name]).get(added.name);
  if (refused !== undefined || added.disabled) return refused;
  const namespaces = new Namespaces(naming);
  for (const { name, namespace, disabled } of others) if (!disabled) namespaces.claim(name, namespace);
  return namespaces.claim(added.name, added.namespace);
}
