import { ToolyardError } from "../base/errors.ts";
import type { Config, ServerConfig } from "./config.ts";
import { Namespaces } from "./entry/namespace.ts";
import { parseConfig, type ConfigOptions } from "./load.ts";

/**
 * A configuration with one server more, another in its place, or one less: for changes at run time.
 *
 * @param entry as in `mcpServers`; undefined removes the server
 * @throws CONFIG_INVALID when the entry is wrong, or its namespace cannot be told from another's
 */
export function withEntry(present: Config, name: string, entry: unknown, options: ConfigOptions): Config {
  const servers = new Map(present.servers);
  const rejected = new Map(present.rejected);
  rejected.delete(name);
  if (entry === undefined) servers.delete(name);
  else servers.set(name, entryOf(present, name, entry, options));
  return { ...present, servers, rejected };
}

function entryOf(present: Config, name: string, entry: unknown, options: ConfigOptions): ServerConfig {
  const alone = parseConfig({ mcpServers: { [name]: entry } }, options);
  const wrong = alone.rejected.get(name);
  if (wrong !== undefined) throw wrong;
  const server = alone.servers.get(name);
  if (server === undefined) throw new ToolyardError("CONFIG_INVALID", `The entry of "${name}" could not be read.`);
  checkNamespace(present, server);
  return server;
}

function checkNamespace({ naming, servers }: Config, added: ServerConfig): void {
  const namespaces = new Namespaces(naming);
  for (const { name, namespace } of servers.values()) if (name !== added.name) namespaces.claim(name, namespace);
  const problem = namespaces.claim(added.name, added.namespace);
  if (problem !== undefined)
    throw new ToolyardError("CONFIG_INVALID", `${problem.path.join(".")} ${problem.says}`, { mend: problem.mend ?? "" });
}
